import re

import numpy as np
import pytest

from nnmods.drawing import draw_log
from nnmods.training import Logger

matplotlib = pytest.importorskip("matplotlib")

COLUMNS = {"cost": [4.0, 1.0, 0.25], "late": [None, 2.0, 3.0], "step": [0, 10, 20]}


def drawn(folder, log, **options):
    """Return the picture as SVG, with texts as they are."""
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "fixed"}):
        draw_log(log, folder / "a.svg", **options)
    return re.sub("<dc:date>.*", "", (folder / "a.svg").read_text())


def texts(svg):
    return [text.strip() for text in re.findall(r"<text[^>]*>([^<]+)</text>", svg)]


@pytest.fixture
def panel(monkeypatch):
    """The panel that was drawn last, in a list."""
    from matplotlib.figure import Figure

    seen, save = [], Figure.savefig
    monkeypatch.setattr(
        Figure, "savefig", lambda f, *a, **k: (seen.extend(f.axes), save(f, *a, **k))
    )
    return seen


def test_the_same_from_a_log_its_file_and_its_columns(tmp_path):
    log = Logger(tmp_path / "log.csv", [*COLUMNS])
    for row in zip(*COLUMNS.values(), strict=True):
        log.add(*row)
    pictures = {drawn(tmp_path, x) for x in (log, log.path, str(log.path), COLUMNS)}
    assert len(pictures) == 1


def test_curves_of_all_columns(tmp_path, panel):
    text = texts(drawn(tmp_path, COLUMNS))
    assert {"cost", "late", "step", "row"} < set(text)
    lines = panel[0].lines
    assert [line.get_xdata().tolist() for line in lines] == [
        [1, 2, 3],
        [2, 3],
        [1, 2, 3],
    ]
    assert lines[1].get_ydata().tolist() == [2.0, 3.0]
    assert panel[0].get_yscale() == "linear"


def test_columns_that_are_asked_for(tmp_path, panel):
    text = texts(drawn(tmp_path, COLUMNS, names=["late"], x="step"))
    assert "step" in text and "row" not in text and "cost" not in text
    (line,) = panel[0].lines
    assert line.get_xdata().tolist() == [10, 20]


def test_the_horizontal_column_is_no_curve(tmp_path, panel):
    drawn(tmp_path, COLUMNS, x="step")
    assert [line.get_label() for line in panel[0].lines] == [" cost", " late"]


def test_styles(tmp_path, panel):
    drawn(tmp_path, COLUMNS, styles={"cost": "--", "late": "+"})
    cost, late, step = panel[0].lines
    assert (cost.get_linestyle(), cost.get_marker()) == ("--", "None")
    assert (late.get_linestyle(), late.get_marker()) == ("None", "+")
    assert (step.get_linestyle(), step.get_marker()) == ("-", "o")


def test_log_scale(tmp_path, panel):
    drawn(tmp_path, {"a": [0.0, 1.0, 100.0]}, log_scale=True)
    assert panel[0].get_yscale() == "log"


def test_curves_are_told_apart(tmp_path, panel):
    drawn(tmp_path, {str(i): np.arange(40.0) + i for i in range(18)})
    looks = {(line.get_color(), line.get_linestyle()) for line in panel[0].lines}
    assert len(looks) == 18


@pytest.mark.parametrize("values", [[1.0], [None, None], [np.nan, np.inf, 1.0]])
def test_few_numbers(tmp_path, values):
    assert "a" in texts(drawn(tmp_path, {"a": values}))


def test_names_are_drawn_as_they_are(tmp_path):
    names = {"_hidden", "$x$ or $y$", "a<b".replace("<", "&lt;")}
    columns = dict.fromkeys(["_hidden", "$x$ or $y$", "a<b"], [1.0, 2.0])
    assert names < set(texts(drawn(tmp_path, columns)))
    assert "$x$ or $y$" in texts(
        drawn(tmp_path, columns, names=["a<b"], x="$x$ or $y$")
    )


@pytest.mark.parametrize(
    "log, options, text",
    [
        ({}, {}, "log has 0 rows, expected at least one"),
        ({"a": []}, {}, "log has 0 rows"),
        ({"a": [1], "b": [1, 2]}, {}, "log has columns of [1, 2] rows"),
        (COLUMNS, {"names": ["x"]}, "log has no 'x', expected one of cost, late, step"),
        (COLUMNS, {"x": "time"}, "log has no 'time'"),
        (COLUMNS, {"styles": {"y": "-"}}, "log has no 'y'"),
        ({"a": [0.0, -1.0]}, {"log_scale": True}, "log_scale has value True"),
    ],
)
def test_errors(tmp_path, log, options, text):
    with pytest.raises(ValueError, match=re.escape(f"draw_log: {text}")):
        draw_log(log, tmp_path / "a.png", **options)
    assert not list(tmp_path.iterdir())


def test_paths(tmp_path):
    with pytest.raises(ValueError, match="is no kind of picture"):
        draw_log(COLUMNS, tmp_path / "a.txt")
    with pytest.raises(FileNotFoundError):
        draw_log(COLUMNS, tmp_path / "no/a.png")
    with pytest.raises(FileNotFoundError):
        draw_log(tmp_path / "no.csv", tmp_path / "a.png")
