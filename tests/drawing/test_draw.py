"""draw: pictures of networks, how they are saved, and what is refused."""

import copy
import pickle
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from cases.params import CASES

import nnmods as nn
from drawing.nets import deep, lecture, shown
from nnmods.core import get_rng
from nnmods.core.tables import copied
from nnmods.testing.compare import leaves


def texts_of(svg):
    """Return the texts in a picture, without titles."""
    name = "{http://www.w3.org/2000/svg}text"
    return ["".join(text.itertext()) for text in ET.fromstring(svg).iter(name)]


def test_the_example_of_the_lecture():
    net, x = lecture()
    picture = nn.draw(net, x)
    texts = texts_of(picture.svg)
    for text in ["x", "w", "y", "C", "dC/dx", "dC/dw", "dC/dy", "1", "dC/dybar"]:
        assert text in texts
    assert texts.count("(C) MSECriterion()") == texts.count("(ybar) G()") == 2
    assert "J: 15 x 32" in texts and "(1 x 15)(15 x 32)" in texts
    alone = texts_of(nn.draw(net, x, gradient=False).svg)
    assert "C" in alone and "1" not in alone and "dC/dw" not in alone


def same(a, b):
    return all(
        np.array_equal(p, q, equal_nan=True)
        for p, q in zip(leaves([a]), leaves([b]), strict=True)
    )


@pytest.mark.parametrize("case", CASES)
def test_any_module_is_drawn_and_left_as_it_is(case, rng):
    net, x = case.make(), case.inputs(rng)
    dC_dy = copied(net.forward(x))
    y, kept, x_before = net.y, copied(net.y), copied(x)
    state, generator = pickle.dumps(net), copy.deepcopy(get_rng().bit_generator.state)
    for picture in (nn.draw(net), nn.draw(net, x)):
        assert picture.dot.startswith("digraph ")
        ET.fromstring(picture.svg)
        assert str(picture) == picture.text
    assert net.y is y and same(y, kept) and same(x, x_before)
    assert pickle.dumps(net) == state
    assert str(get_rng().bit_generator.state) == str(generator)
    net.backward(x, dC_dy)  # of the forward before


def test_a_network_goes_on_as_if_it_had_not_been_drawn():
    nets = []
    for is_drawn in (False, True):
        net = nn.Sequential(
            nn.Linear(4, 3, rng=0), nn.BatchNormalization(3, rng=1), nn.Dropout(0.5)
        )
        x = np.random.default_rng(1).standard_normal((5, 4))
        nn.manual_seed(3)
        for _ in range(2):
            net.forward(x)
            if is_drawn:
                nn.draw(net, 7 * x)
        nets.append([net.forward(x), net[1].running_mean, net[1].running_var])
    assert same(*nets)


def test_a_long_network_is_drawn():
    n = sys.getrecursionlimit() + 200
    picture = nn.draw(deep(1, n)[0], np.ones(3))
    assert len(shown(picture.diagram)) == 7
    more = f"{n - 6} more modules"
    assert more in picture.svg and more in picture.dot
    assert picture.text.count("Tanh()") == 2 * n
    assert len(shown(nn.draw(deep(1, n)[0], limit=n).diagram)) == n


def test_a_large_graph_is_drawn(rng):
    x = nn.Input()
    nodes = [nn.Tanh()(x)]
    n = sys.getrecursionlimit() + 200
    for _ in range(n):
        pair = [nodes[-1], nodes[rng.integers(max(0, len(nodes) - 9), len(nodes))]]
        nodes.append(nn.CMulTable()(pair))
    picture = nn.draw(nn.Graph(x, nodes[-1]), np.ones(3))
    assert [block.lines for block in shown(picture.diagram)] == [
        ["Graph", f"{n + 1} modules", "J: 3 x 3"]
    ]
    assert f"{n + 1} modules" in texts_of(picture.svg)


def test_a_deep_network_is_drawn():
    net = nn.Tanh()
    for _ in range(200):
        net = nn.Sequential(net)
    picture = nn.draw(net, limit=1000)
    assert len(shown(picture.diagram)) == 200
    assert picture.dot.count("subgraph") == 2 * 200


@pytest.mark.parametrize(
    "ending, what",
    [
        (".svg", "svg"),
        (".SVG", "svg"),
        (".dot", "dot"),
        (".gv", "dot"),
        (".txt", "text"),
    ],
)
def test_saving(tmp_path, ending, what):
    net, x = lecture()
    path = tmp_path / f"net{ending}"
    picture = nn.draw(net, x, path)
    assert path.read_text(encoding="utf-8") == getattr(picture, what).rstrip() + "\n"
    other = tmp_path / f"other{ending}"
    picture.save(str(other))
    assert other.read_bytes() == path.read_bytes()
    assert len(list(tmp_path.iterdir())) == 2


def test_any_name_can_be_saved(tmp_path):
    x = nn.Input("é漢\ud800")
    picture = nn.draw(nn.Graph(x, nn.Tanh()(x)))
    for ending in (".svg", ".dot", ".txt"):
        path = tmp_path / f"net{ending}"
        picture.save(path)
        assert "é漢" in path.read_text(encoding="utf-8")


class Failing(nn.Module):
    def forward(self, x):
        raise ZeroDivisionError("on purpose")


@pytest.mark.parametrize("name", ["net.png", "net", "net.svg.gz", ".svg"])
def test_another_ending_is_refused_before_any_work(tmp_path, name):
    ending = Path(name).suffix
    message = (
        f"draw: path has the ending {ending!r}, expected one of .svg, .dot, .gv, .txt"
    )
    with pytest.raises(ValueError) as err:
        nn.draw(Failing(), np.ones(3), tmp_path / name)
    assert str(err.value) == message
    with pytest.raises(ValueError) as err:
        nn.draw(nn.Tanh()).save(tmp_path / name)
    assert str(err.value) == message
    assert not list(tmp_path.iterdir())


def test_a_file_is_replaced_as_a_whole_or_not_at_all(tmp_path):
    path = tmp_path / "net.txt"
    path.write_text("before")
    with pytest.raises(ZeroDivisionError):
        nn.draw(Failing(), np.ones(3), path)
    assert path.read_text() == "before"
    nn.draw(nn.Tanh(), path=path)
    assert path.read_text() == "Tanh()\n\nTanh()  dC/dy J\n"
    with pytest.raises(FileNotFoundError, match="missing"):
        nn.draw(nn.Tanh(), path=tmp_path / "missing" / "net.txt")


@pytest.mark.parametrize(
    "call, error, message",
    [
        (
            lambda: nn.draw(nn.MSECriterion()),
            TypeError,
            "draw: net has type MSECriterion, expected a Module; "
            "MSECriterion(...)([y, target]) of nodes is one",
        ),
        (lambda: nn.draw(3), TypeError, "draw: net has type int, expected a Module"),
        (
            lambda: nn.draw(nn.Tanh(), path=3),
            TypeError,
            "draw: path has type int, expected a str or Path",
        ),
        (
            lambda: nn.draw(nn.Tanh(), limit=0),
            ValueError,
            "draw: limit is 0, expected 1 or more",
        ),
        (
            lambda: nn.draw(nn.Tanh(), limit=1.5),
            TypeError,
            "draw: limit is 1.5, expected an integer",
        ),
        (
            lambda: nn.draw(nn.Tanh(), depth=-1),
            ValueError,
            "draw: depth is -1, expected 0 or more",
        ),
    ],
)
def test_what_is_refused(call, error, message):
    with pytest.raises(error) as err:
        call()
    assert str(err.value) == message


def test_an_error_of_forward_goes_out_as_it_is():
    net, x = nn.Sequential(nn.Tanh(), nn.Sequential(nn.Linear(4, 3))), np.ones((2, 5))
    with pytest.raises(ValueError) as wanted:
        net.forward(x)
    with pytest.raises(ValueError) as got:
        nn.draw(net, x)
    assert str(got.value) == str(wanted.value)
    assert got.value.__notes__ == wanted.value.__notes__ != []
    generator = get_rng()
    with pytest.raises(ZeroDivisionError):
        nn.draw(Failing(), x)
    assert get_rng() is generator


def test_options():
    net = deep(2, 3)
    assert len(shown(nn.draw(net, limit=2).diagram)) == 2
    assert len(shown(nn.draw(net, depth=0).diagram)) == 1
    assert nn.draw(net, depth=0).text == nn.draw(net).text
    assert "gradient" not in nn.draw(net, gradient=False).dot


def test_in_a_notebook():
    picture = nn.draw(nn.Tanh())
    assert picture._repr_svg_() == picture.svg
    assert repr(picture) == "<picture of Tanh>"
    assert isinstance(picture, nn.drawing.Picture)


def test_the_diagram_is_that_of_the_moment():
    net = nn.Sequential(nn.Tanh())
    picture = nn.draw(net)
    net.add(nn.Abs())
    assert "Abs" not in picture.text + picture.svg + picture.dot


class Longest(nn.Module):
    """Which entry is the largest: what a choice may go by."""

    def forward(self, x):
        return x.argmax(axis=-1)

    def backward(self, x, dC_dy):
        return np.zeros(x.shape)


def test_what_gets_no_gradient_is_left_out_of_its_graph(rng):
    rule = nn.Sequential(nn.Linear(4, 2, rng=0), Longest())
    net = nn.Switch(rule, [nn.Tanh(), nn.Abs()], per_example=True)
    picture = nn.draw(net, rng.standard_normal((5, 4)))
    for text in (picture.svg, picture.dot):
        assert text.count("Linear(4 -&gt; 2)") + text.count("Linear(4 -> 2)") == 1
        assert text.count("Tanh()") == 2
    last = picture.text.splitlines()[-10:]
    assert "    (0): Linear(4 -> 2)" in last  # and no product beside it
