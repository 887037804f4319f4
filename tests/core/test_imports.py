"""The rooms import downwards only, and importing loads no more than it must."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import nnmods

HOUSE = Path(nnmods.__file__).parent
LEAVES = {"layers", "activations", "criterions"}
BELOW = {
    "kernels": set(),
    "core": {"kernels"},
    "optim": {"core", "kernels"},
    "data": {"core"},
    "layers": {"core", "kernels"},
    "activations": {"core", "kernels"},
    "criterions": {"core", "kernels"},
    "containers": {"core"},
    "testing": {"core"},
    "analysis": {"core"},
    "training": {"core", "optim", "data"},
}
EVERYTHING = {*BELOW}
BELOW |= {
    "interop": EVERYTHING,
    "drawing": EVERYTHING,
    "lecture": EVERYTHING | {"interop", "drawing"},
    "commands": EVERYTHING | {"interop", "drawing", "lecture"},
    "utils.py": {"core"},
    "__main__.py": {"commands"},
}
LISTED = LEAVES | {"containers"}
FILES = sorted(HOUSE.rglob("*.py"))
ROOMS = sorted({p.relative_to(HOUSE).parts[0] for p in FILES} - {"__init__.py"})


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            if node.module == "nnmods":
                yield from ((f"nnmods.{alias.name}", node) for alias in node.names)
            else:
                yield node.module, node
        elif isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)


@pytest.mark.parametrize("room", ROOMS)
def test_imports_go_downwards(room):
    for path in FILES:
        if path.relative_to(HOUSE).parts[0] == room:
            require_downwards(room, path)


def require_downwards(room, path):
    for name, node in imported(path):
        if name.split(".")[0] != "nnmods":
            continue
        other = name.split(".")[1] if "." in name else "nnmods"
        assert other == room or other in BELOW[room], f"{path} imports {name}"
        if room in LEAVES and other == room and path.name != "__init__.py":
            public = importlib.import_module(f"nnmods.{room}").__all__
            leaves = {alias.name for alias in node.names} & set(public)
            assert not leaves, f"{path} imports {leaves}, expected bases only"


def test_init_files_hold_names_only():
    paths = [p for p in FILES if p.name == "__init__.py" and p.parent != HOUSE]
    assert paths
    for path in paths:
        for node in ast.parse(path.read_text()).body:
            names_only = isinstance(node, (ast.ImportFrom, ast.Expr, ast.Assign))
            assert names_only, f"{path}: {ast.dump(node)}"


def test_importing_loads_neither_scipy_nor_the_extras():
    code = (
        "import sys, nnmods; "
        "print([m for m in ('scipy', 'matplotlib', 'tqdm', 'numpy.random', "
        "'nnmods.training', 'nnmods.data', 'nnmods.interop') if m in sys.modules])"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert out.stdout.strip() == "[]"


PACKAGES = [
    importlib.import_module(".".join(("nnmods", *path.parent.relative_to(HOUSE).parts)))
    for path in FILES
    if path.name == "__init__.py" and path.relative_to(HOUSE).parts[0] in LISTED
]
OFFERED = [
    (p, f, n)
    for p in PACKAGES
    for f in getattr(p, "FILES", ())
    for n in p.FILES[f].split()
]


def test_a_package_offers_the_classes_of_its_files():
    for package, file, name in OFFERED:
        cls = getattr(package, name)
        assert cls.__module__ == f"{package.__name__}.{file}", name
        assert getattr(nnmods, name) is cls, name


def test_every_finished_class_is_offered():
    """What is neither listed nor built upon is forgotten."""
    for room in LISTED:
        for path in (HOUSE / room).rglob("*.py"):
            importlib.import_module(
                ".".join(("nnmods", *path.relative_to(HOUSE).with_suffix("").parts))
            )
    todo, found = [nnmods.Module, nnmods.Criterion], set()
    while todo:
        cls = todo.pop()
        below = cls.__subclasses__()
        todo += below
        ours = cls.__module__.startswith("nnmods.") and "core" not in cls.__module__
        if ours and not below and not cls.__name__.startswith("_"):
            found.add(cls.__name__)
    assert found <= {name for _, _, name in OFFERED}


def test_a_class_is_loaded_when_it_is_first_asked_for():
    code = (
        "import sys, nnmods as nn;"
        "before = set(sys.modules); nn.Linear; new = set(sys.modules) - before;"
        "assert 'nnmods.layers.linear.linear' in new, new;"
        "assert not any('convolution' in name for name in new)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_unknown_names_are_no_attributes():
    for package in (nnmods, nnmods.layers, nnmods.layers.linear):
        with pytest.raises(AttributeError, match="no attribute 'Nonesuch'"):
            _ = package.Nonesuch
        assert "Linear" in dir(package)
