"""What an explanation looks like, as text and as HTML."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

import nnmods as nn
from nnmods.analysis.columns import LINE
from nnmods.core.tables import map_table

TEXT = """\
  path  class   x    y    J    |dC_dy|  |dC_dx|  ratio  sigma  sat  dead  zero  |p|  |grad_p|
  0     Linear  2x3  2x2  4x6        0        0      -      2    -     -   50%    2         0
> 1     ReLU    2x2  2x2  4x4      1.4        0      0      0   0%  100%  100%    -         -
  2     Linear  2x2  2x1  2x4      1.4      1.4      1      1    -     -  100%    1         0

network: x 2x3, y 2x1, J 2x6, 8 parameters, |dC_dy| 1.4, |dC_dx| 0, ratio 0, |grad_p| 0
the gradient ends at 1 (ReLU): all its 2 units are off"""  # noqa: E501


@pytest.fixture
def told():
    first, last = nn.Linear(3, 2, bias=False), nn.Linear(2, 1, bias=False)
    first.weight[...] = [[-2, 0, 0], [0, 0, 0]]
    last.weight[...] = [[1, 0]]
    relu = nn.ReLU(grad_at_zero=0)
    net = nn.Sequential(first, relu, last)
    return nn.explain(net, np.ones((2, 3)), np.ones((2, 1)))


def test_the_text_is_a_table_with_the_verdict_below(told):
    assert told.text == str(told) == repr(told)
    assert told.text == TEXT


def test_columns_that_say_nothing_are_left_out(told):
    net = nn.Sequential(nn.Sequencer(nn.Mean(1)), nn.Identity())
    title = nn.explain(net, np.ones((3, 2, 4)), singular_values=False).text
    names = "path class calls x y J |dC_dy| |dC_dx| ratio zero"
    assert title.splitlines()[0].split() == names.split()


def test_usual_networks_fit_on_a_line(rng):
    net = nn.Sequential(
        nn.SpatialConvolution(3, 16, 5, 5, rng=0),
        nn.SpatialBatchNormalization(16),
        nn.ReLU(),
        nn.SpatialMaxPooling(2, 2),
        nn.Flatten(),
        nn.Linear(16 * 12 * 12, 10, rng=0),
        nn.LogSoftMax(),
    )
    x = rng.standard_normal((32, 3, 28, 28))
    told = nn.explain(net, x, singular_values=False)
    table = told.text.split("\n\n")[0].splitlines()
    assert len(table) == 8 and max(map(len, table)) <= LINE
    assert "SpatialBatchNorma..." in table[2] and "2.9e5x75264" in table[1]


def test_tables_of_shapes_are_cut(rng):
    x = [rng.standard_normal((5, 4)), [rng.standard_normal((5, 3))]] + [np.ones(9)] * 9
    told = nn.explain(nn.Identity(), x)
    shapes = map_table(np.shape, x)
    assert told.records[0]["x_shape"] == shapes == told.records[0]["y_shape"]
    assert "net   Identity  [5x4, ...]  [5x4, ...]" in told.text


def cells(told):
    """Return the rows of the HTML table, as elements, and check that all is well."""
    page = ET.fromstring(told.html)
    head, body = page.find("table")
    rows = [list(row) for row in (*head, *body)]
    assert {len(row) for row in rows} == {len(rows[0])}
    assert {e.tag for e in page.iter()} <= set(
        "div p b table thead tbody tr th td".split()
    )
    return page, rows


def test_html_holds_what_the_text_does(told):
    page, rows = cells(told)
    assert page.find("p/b").text == told.verdict
    table = told.text.split("\n\n")[0].splitlines()
    for row, line in zip(rows, table, strict=True):
        assert [cell.text for cell in row] == line.removeprefix(">").split()
    assert page.findall("p")[1].text in told.text
    assert told._repr_html_() == told.html


def test_html_shows_the_culprit_and_the_ratios(told):
    page, rows = cells(told)
    marked = [i for i, row in enumerate(page.find("table/tbody")) if row.get("style")]
    assert marked == [1]
    ratio = [cell.text for cell in rows[0]].index("ratio")
    styles = [row[ratio].get("style") for row in rows[1:]]
    shades = [style.partition("rgba")[2].rstrip("; ") for style in styles]
    assert shades == ["", "(66, 133, 244, 0.80)", "(234, 67, 53, 0.00)"]


def test_html_is_escaped(rng):
    class Sly(nn.Tanh):
        def __repr__(self):
            return 'Sly("<b>&amp;</b>\n\x00")' + "!" * 300

    x = nn.Input()
    net = nn.Graph(x, Sly()(x).named("<i>&'\""))
    told = nn.explain(net, rng.standard_normal((2, 3)))
    page, rows = cells(told)
    assert rows[1][0].text == "<i>&'\"" == told.records[0]["path"]
    title = page.find("table/tbody/tr").get("title")
    assert title.startswith('Sly("<b>&amp;</b> ")!!!') and len(title) == 200


def test_what_is_not_finite_is_shown(rng):
    net = nn.Sequential(nn.Linear(3, 2, rng=0), nn.Tanh())
    net[0].weight[0, 0] = np.nan
    told = nn.explain(net, rng.standard_normal((4, 3)))
    _, rows = cells(told)
    assert "nan" in [cell.text for cell in rows[1]] and told.culprit == "0"
