"""print(net): the wiring drawn as Torch7 did."""

import pytest
from cases import MODULES

import nnmods as nn
from nnmods.core.sketch import Sketch
from nnmods.core.wiring_text import wiring_text


def inception():
    return nn.Sequential(
        nn.Linear(4, 3),
        nn.Concat(
            1,
            nn.Sequential(nn.Linear(3, 2), nn.ReLU()),
            nn.Tanh(),
            nn.Decorator(nn.Linear(3, 2)),
        ),
        nn.Identity(),
    )


def test_chain_and_tree():
    assert str(inception()) == (
        "Sequential(\n"
        "  [x -> (0) -> (1) -> (2) -> y]\n"
        "  (0): Linear(4 -> 3)\n"
        "  (1): Concat(1,\n"
        "    x\n"
        "      |`-> (0): Sequential(\n"
        "      |      [x -> (0) -> (1) -> y]\n"
        "      |      (0): Linear(3 -> 2)\n"
        "      |      (1): ReLU()\n"
        "      |    )\n"
        "      |`-> (1): Tanh()\n"
        "       `-> (2): Decorator(\n"
        "             [x -> (0) -> y]\n"
        "             (0): Linear(3 -> 2)\n"
        "           )\n"
        "       ... -> y\n"
        "  )\n"
        "  (2): Identity()\n"
        ")"
    )


def test_back():
    assert wiring_text(inception(), back=True) == (
        "Sequential(\n"
        "  [dC/dx <- (0) <- (1) <- (2) <- dC/dy]\n"
        "  (0): Linear(4 -> 3)\n"
        "  (1): Concat(1,\n"
        "    dC/dx\n"
        "      |`<- (0): Sequential(\n"
        "      |      [dC/dx <- (0) <- (1) <- dC/dy]\n"
        "      |      (0): Linear(3 -> 2)\n"
        "      |      (1): ReLU()\n"
        "      |    )\n"
        "      |`<- (1): Tanh()\n"
        "       `<- (2): Decorator(\n"
        "             [dC/dx <- (0) <- dC/dy]\n"
        "             (0): Linear(3 -> 2)\n"
        "           )\n"
        "       ... <- dC/dy\n"
        "  )\n"
        "  (2): Identity()\n"
        ")"
    )


def test_graph():
    pair, z = nn.Input("pair"), nn.Input()
    first, second = pair.split(2)
    h = nn.Sequential(nn.Tanh())(first.named("first")).named("h")
    net = nn.Graph([pair, z], [nn.CAddTable()([h, second, z]), h])
    assert str(net) == (
        "Graph(\n"
        "  x = [pair, x[1]]\n"
        "  first = pair[0]\n"
        "  (h): Sequential(\n"
        "    [x -> (0) -> y]\n"
        "    (0): Tanh()\n"
        "  ) <- first\n"
        "  (1): CAddTable() <- [h, pair[1], x[1]]\n"
        "  y = [1, h]\n"
        ")"
    )
    assert wiring_text(net, back=True) == (
        "Graph(\n"
        "  dC/dx = [dC/dpair, dC/dx[1]]\n"
        "  dC/dfirst -> pair[0]\n"
        "  (h): Sequential(\n"
        "    [dC/dx <- (0) <- dC/dy]\n"
        "    (0): Tanh()\n"
        "  ) -> first\n"
        "  (1): CAddTable() -> [h, pair[1], x[1]]\n"
        "  dC/dy -> [1, h]\n"
        ")"
    )


def test_slices_and_notes():
    net = nn.ParallelTable(nn.Tanh(), nn.MapTable(nn.Abs()))
    assert str(net) == (
        "ParallelTable(\n"
        "  x\n"
        "    |`[0] -> (0): Tanh()\n"
        "     `[1] -> (1): MapTable(\n"
        "           [x -> (0) -> y] (each entry)\n"
        "           (0): Abs()\n"
        "         )\n"
        "     ... -> y\n"
        ")"
    )


def test_other_wirings_list_their_links():
    net = nn.SeqBRNN(nn.SeqGRU(3, 2), axis=-2)
    assert str(net) == (
        "SeqBRNN(axis=-2,\n"
        "  (0): SeqGRU(3 -> 2) <- x\n"
        "  (1): SeqGRU(3 -> 2) <- x (reversed)\n"
        "  + <- [0, 1 (reversed)]\n"
        "  y = +\n"
        ")"
    )
    assert wiring_text(net, back=True).splitlines()[2:] == [
        "  (1): SeqGRU(3 -> 2) -> x (reversed)",
        "  + -> [0, 1 (reversed)]",
        "  dC/dy -> +",
        ")",
    ]


def test_one_of_several_sources():
    parts = nn.CAdd(2), nn.Linear(3, 2), nn.Linear(2, 2), nn.Tanh()
    line = str(nn.Recurrent(*parts)).splitlines()[4]
    assert line == "  (3): Tanh() <- 0 (first step) or + (later steps)"


class Unknown(nn.Container):
    def push(self, x, visit):
        return visit(1, visit(0, x))


class Quoted(nn.Sequential):
    def __repr__(self):
        return "two\nlines"


class Both(Quoted):
    def sketch(self):
        return Sketch.branches(len(self), "here", dashed=True)


class Holder(nn.Module):
    def __init__(self):
        self.inner = nn.Sequential(nn.Tanh())

    def __repr__(self):
        return f"Holder(\n  {self.inner!r}\n)"


def test_modules_of_a_user():
    net = Unknown(nn.Tanh(), Quoted(nn.Abs()), Both(nn.Abs()), Holder())
    assert str(net) == (
        "Unknown(\n"
        "  x\n"
        "    |`..> (0): Tanh()\n"
        "    |`..> (1): two\n"
        "    |    lines\n"
        "    |`..> (2): Both(\n"
        "    |      x (here)\n"
        "    |         `..> (0): Abs()\n"
        "    |         ... -> y\n"
        "    |    )\n"
        "     `..> (3): Holder(\n"
        "           Sequential(\n"
        "           (0): Tanh()\n"
        "         )\n"
        "         )\n"
        "     ... -> y\n"
        ")"
    )


def test_a_long_chain_is_shortened_at_80_columns():
    def line(n):
        return str(nn.Sequential(*[nn.Tanh() for _ in range(n)])).splitlines()[1]

    assert line(8).endswith(" -> (6) -> (7) -> y]") and len(line(8)) == 66
    assert len(line(9)) == 73 and len(line(10)) == 80
    assert line(11) == "  [x -> (0) -> ... -> (10) -> y]"
    inner = nn.Sequential(nn.Sequential(*[nn.Tanh() for _ in range(10)]))
    assert str(inner).splitlines()[3] == "    [x -> (0) -> ... -> (9) -> y]"


def test_without_children():
    for net in (nn.Sequential(), nn.Concat(1), nn.MapTable()):
        assert str(net) == repr(net)
    x = nn.Input()
    assert str(nn.Graph(x, x)) == "Graph(\n  y = x\n)"
    assert wiring_text(nn.Linear(4, 3)) == "Linear(4 -> 3)"


def test_notes_stand_in_columns():
    notes = {"": ["a"], "1": ["one", "two"], "1.0": ["", "three"], "1.1": [], "2": [""]}
    net = nn.Sequential(nn.Tanh(), nn.ConcatTable(nn.Abs(), nn.Tanh()), nn.Abs())
    assert wiring_text(net, notes) == (
        "Sequential(            a\n"
        "  [x -> (0) -> (1) -> (2) -> y]\n"
        "  (0): Tanh()\n"
        "  (1): ConcatTable(    one  two\n"
        "    x\n"
        "      |`-> (0): Abs()       three\n"
        "       `-> (1): Tanh()\n"
        "       ... -> y\n"
        "  )\n"
        "  (2): Abs()\n"
        ")"
    )


def test_a_very_long_line_does_not_push_notes_away():
    wide = nn.Sequential(nn.Decorator(nn.Tanh()), nn.Tanh())
    wide[0]._arguments = lambda: "w" * 70
    lines = wiring_text(wide, {"0": ["a"], "1": ["b"]}).splitlines()
    assert lines[2] == f"  (0): Decorator({'w' * 70},  a"
    assert lines[6] == "  (1): Tanh()".ljust(62) + "b"


def test_a_deep_network():
    net = nn.Tanh()
    for _ in range(200):
        net = nn.Sequential(net)
    lines = str(net).splitlines()
    assert len(lines) == 601 and lines[400] == f"{'  ' * 200}(0): Tanh()"


@pytest.mark.parametrize("name", MODULES)
def test_only_wirings_are_added_to_the_repr(name):
    """Every line of the repr of a container stands in its text, in order."""
    for case in MODULES[name]:
        net = case.make()
        if not isinstance(net, nn.Container):
            assert str(net) == repr(net)
            continue
        text = iter(str(net).splitlines())
        for line in repr(net).splitlines():
            assert any(line.strip() in other for other in text), line
