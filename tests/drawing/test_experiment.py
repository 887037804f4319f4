"""Pictures of experiments: what stands in them."""

import dataclasses
import re

import pytest
from lecture.outcomes import outcome

from nnmods.drawing.experiment import draw_experiment
from nnmods.lecture import EXPERIMENTS, Experiment, Panel, Series

pytest.importorskip("matplotlib")

LINES = Panel(
    "step",
    "cost",
    [
        Series("first", range(3), [3.0, 2.0, 1.0]),
        Series("second", range(3), [3.0, 1.0, 0.5]),
        Series("floor", range(3), [0.4] * 3, "guide"),
    ],
    "y",
    (0.1, 10),
)
BARS = Panel("inputs", "kappa", [Series("", ["raw", "whitened"], [40.0, 1.0], "bars")])
EXPERIMENT = Experiment(7, "It falls", "Claimed.", {}, True, "Told.", [LINES, BARS])


def drawn_text(experiment, folder):
    """Return the texts of the picture."""
    import matplotlib

    with matplotlib.rc_context({"svg.fonttype": "none"}):
        draw_experiment(experiment, folder / "a.svg")
    return re.findall(r"<text[^>]*>([^<]+)</text>", (folder / "a.svg").read_text())


def test_title_labels_and_legend(tmp_path):
    text = drawn_text(EXPERIMENT, tmp_path)
    assert {"7  It falls", "step", "cost", "inputs", "kappa"} < set(text)
    assert {"first", "second", "floor", "raw", "whitened"} < set(text)


def test_what_does_not_hold_is_not_claimed(tmp_path):
    text = drawn_text(dataclasses.replace(EXPERIMENT, holds=False), tmp_path)
    assert "7  Not so: It falls" in text


def test_many_lines_are_told_beside_the_panel(tmp_path):
    many = [Series(f"line {i}", range(3), [i, i, i]) for i in range(8)]
    panel = Panel("step", "w", many)
    text = drawn_text(dataclasses.replace(EXPERIMENT, panels=[panel]), tmp_path)
    assert {f"line {i}" for i in range(8)} < set(text)


@pytest.mark.parametrize("number", EXPERIMENTS)
def test_every_experiment_is_drawn_with_its_axes_named(number, tmp_path):
    experiment = outcome(number, 0)
    text = set(drawn_text(experiment, tmp_path))
    assert f"{number}  {experiment.title}" in text
    for panel in experiment.panels:
        assert {panel.x_label, panel.y_label} <= text
        assert {series.label for series in panel.series if series.label} <= text


def test_other_endings_are_refused(tmp_path):
    with pytest.raises(ValueError, match="is no kind of picture"):
        draw_experiment(EXPERIMENT, tmp_path / "a.txt")
