"""What ``nnmods t7 info`` shows of the original Torch7's files, and of odd ones."""

import struct
from pathlib import Path

import pytest

from nnmods.__main__ import main
from nnmods.commands.t7_tree import DEEPEST, Tree
from nnmods.interop.t7.raw import Function, Object, Storage, Table, Tensor

FOLDER = Path(__file__).parents[1] / "t7"
FILES = sorted(path.name for path in FOLDER.glob("*.t7"))


def info(capsys, path, *options):
    """Return the lines that are shown."""
    assert main(["t7", "info", str(path), *options]) == 0
    return capsys.readouterr().out.splitlines()


def lines_of(*objects):
    tree = Tree()
    for raw in objects:
        tree.add(raw)
    return tree.lines, tree


def table(**entries):
    items = [item for k, v in entries.items() for item in (k.encode(), v)]
    return Table(items)


def sequence(*values):
    return Table([item for i, v in enumerate(values) for item in (float(i + 1), v)])


def tensor(storage, *shape):
    strides = [1] * len(shape)
    return Tensor(storage.array.dtype, shape, strides, 0, storage)


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_shown(capsys, name):
    options = ["--unreferenced"] if name.startswith("unreferenced") else []
    lines = info(capsys, FOLDER / name, *options)
    size = (FOLDER / name).stat().st_size
    assert lines[0].startswith(f"{FOLDER / name}: ")
    assert lines[0].endswith(f" {size:,} bytes")
    assert ("ASCII" in lines[0]) == ("ascii" in name)
    assert len([line for line in lines if line.startswith("total: ")]) == 1


def test_lenet(capsys):
    lines = info(capsys, FOLDER / "lenet.binary.t7")
    assert "binary, little-endian, a long has 8 bytes, 39,172 bytes" in lines[0]
    assert lines[1:7] == [
        "nn.Sequential, 4,154 parameters",
        "  modules  table of 11",
        "    [0]  nn.SpatialConvolution, 156 parameters",
        "      dH 1, dW 1, kH 5, kW 5, nInputPlane 1, nOutputPlane 6, padH 0, padW 0",
        "      bias  float32 6",
        "      weight  float32 6 x 1 x 5 x 5",
    ]
    assert "total: 4,154 parameters, 16,616 bytes" in lines  # 4 bytes each


def test_binary_and_ascii_show_the_same(capsys):
    for name in ("lenet", "gmodule", "alltypes", "cyclic", "optim_state"):
        binary = info(capsys, FOLDER / f"{name}.binary.t7")
        assert binary[1:] == info(capsys, FOLDER / f"{name}.ascii.t7")[1:]


def test_shared_parameters_count_once(capsys):
    lines = info(capsys, FOLDER / "shared.binary.t7")
    assert "total: 12 parameters, 96 bytes" in lines


def test_cycles_and_repetitions(capsys):
    lines = info(capsys, FOLDER / "cyclic.binary.t7")
    assert lines[1:-1] == [
        "table of 4",
        "  list  table of 2",
        "    [0]  -> (top)",
        "    [1]  table of 1",
        "      [0]  -> (top)",
        "  self  -> (top)",
        "  t1  float64 2",
        "  t2  -> t1",
    ]


def test_several_objects(capsys):
    lines = info(capsys, FOLDER / "multi.binary.t7")
    assert lines[1:5] == [
        "[0]  table of 1",
        "  a  float64 2",
        "[1]  -> [0].a",
        "[2]  'x'",
    ]


def test_functions_are_named(capsys):
    lines = info(capsys, FOLDER / "functions.binary.t7")
    assert lines[-2:] == ["Not understood:", "  functions: f, g"]
    lines = info(capsys, FOLDER / "model_with_function_field.binary.t7")
    assert "  nn.Sequential.forwardHook (function): (top)" in lines


def test_mode_is_said_where_it_changes(capsys):
    lines = info(capsys, FOLDER / "bn_dropout_eval.binary.t7")
    assert lines[1].endswith(", evaluation mode")
    assert sum(line.endswith("evaluation mode") for line in lines) == 1
    dropout = Object("nn.Dropout", 1, table(p=0.5, train=True))
    net = Object("nn.Sequential", 1, table(modules=sequence(dropout), train=False))
    lines, tree = lines_of(net)
    assert lines[0] == "nn.Sequential, evaluation mode"
    assert lines[2] == "    [0]  nn.Dropout, training mode" and tree.training


def test_unknown_classes_are_shown_and_listed(capsys, tmp_path):
    (tmp_path / "own.t7").write_text(
        "4\n1\n3\nV 1\n8\nmy.Layer\n3\n2\n1\n2\n4\nsize\n1\n7\n"
    )
    lines = info(capsys, tmp_path / "own.t7")
    assert lines[1:] == [
        "my.Layer",
        "  size 7",
        "total: 0 parameters, 0 bytes",
        "Not understood:",
        "  my.Layer (class): (top)",
    ]


def test_long_lists_are_folded_and_modules_are_not():
    lines, _ = lines_of(sequence(*map(float, range(105))))
    assert lines == ["table of 105: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ... 95 more"]
    lines, _ = lines_of(sequence(*[Table() for _ in range(12)]))
    assert len(lines) == 12 and lines[-1] == "  ... 2 more"
    lines, _ = lines_of(sequence(*[Object("nn.Tanh", 1, Table()) for _ in range(12)]))
    assert len(lines) == 13 and lines[-1] == "  [11]  nn.Tanh"


def test_depth_is_folded_and_counted(rng):
    storage = Storage(rng.standard_normal(3))
    raw = Object("nn.Mul", 1, table(weight=tensor(storage, 3)))
    for _ in range(20_000):  # far beyond Python's stack
        raw = sequence(raw)
    lines, tree = lines_of(raw)
    assert len(lines) == DEEPEST + 2 and lines[-1].strip() == "..."
    assert tree.parameters.total() == (3, 24)
    raw = Object("nn.Mul", 1, table(weight=tensor(storage, 3)))
    for _ in range(40):
        raw = Object("nn.Sequential", 1, table(modules=sequence(raw)))
    lines, tree = lines_of(raw)
    assert lines[0] == "nn.Sequential, 3 parameters" and lines[-1].strip() == "..."
    assert len(lines) == DEEPEST + 2 and tree.parameters.total() == (3, 24)


def test_memory_of_another(rng):
    storage = Storage(rng.standard_normal(3))
    nets = [
        Object(
            "nn.Own", 1, table(weight=tensor(storage, 3), gradWeight=tensor(storage, 3))
        )
        for _ in range(2)
    ]
    lines, tree = lines_of(sequence(*nets))
    assert lines[1:] == [
        "  [0]  nn.Own, 3 parameters",
        "    weight  float64 3",
        "  [1]  nn.Own, 3 parameters",
        "    weight  float64 3, memory of [0].weight",
    ]
    assert tree.parameters.total() == (3, 24)


def test_weights_of_criterions_are_no_parameters(rng):
    storage = Storage(rng.standard_normal(3))
    raw = Object("nn.WeightedMSECriterion", 1, table(weight=tensor(storage, 3)))
    assert lines_of(raw)[1].parameters.total() == (0, 0)


def test_strings_are_short_and_harmless():
    raw = table(a=b"\x1b[2J", b=b"x" * 100)
    raw.items += [b"\x1b]0;title", 1.0, b"", None, b"\xff", True]
    text = "\n".join(lines_of(raw)[0])
    assert "\x1b" not in text and "... 40 more" in text and "nil" in text


def test_wiring_of_a_graph_is_short():
    net = Object("nn.Tanh", 1, Table())
    node = Object("nngraph.Node", 1, table(id=4.0, data=table(module=net)))
    lines, tree = lines_of(table(modules=sequence(net), node=node))
    assert lines[-1] == "  node  nngraph.Node 4: nn.Tanh" and not tree.unknown
    lines, _ = lines_of(node)
    assert lines == ["nngraph.Node 4: nn.Tanh", "  data.module  nn.Tanh"]


def test_upvalues_that_refer_to_their_function():
    function = Function(8, b"code")
    function.upvalues = sequence(table(value=function))
    lines, tree = lines_of(function)
    assert lines == ["function of 4 bytes, never run"] and tree.functions == [None]


def test_what_stands_before_damage_is_shown(capsys, tmp_path):
    (tmp_path / "cut.t7").write_text("1\n3.5\n2\n100\nshort\n")
    assert main(["t7", "info", str(tmp_path / "cut.t7")]) == 2
    captured = capsys.readouterr()
    assert "\n3.5\n" in captured.out
    assert captured.err.startswith(f"nnmods t7: error: {tmp_path / 'cut.t7'}: byte 8")
    assert captured.err.count("\n") == 1


def test_byte_order_is_said(capsys, tmp_path):
    (tmp_path / "big.t7").write_bytes(struct.pack(">id", 1, 3.5))
    line, *_ = info(capsys, tmp_path / "big.t7")
    assert line.endswith(": binary, big-endian, 12 bytes")


@pytest.mark.parametrize("content", [None, b"", b"PK\3\4 and more"])
def test_files_that_are_none(capsys, tmp_path, content):
    path = tmp_path / "a.t7"
    if content is not None:
        path.write_bytes(content)
    assert main(["t7", "info", str(path)]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1
    assert captured.err.startswith(f"nnmods t7: error: {path}: ")
