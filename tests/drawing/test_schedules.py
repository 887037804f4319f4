"""draw_schedule: what is drawn, and what is refused before a file is made."""

import importlib.util
import re

import numpy as np
import pytest

from nnmods import optim
from nnmods.drawing import draw_schedule
from nnmods.drawing.schedules import COLOURS
from nnmods.optim import Constant, Cosine, Plateau, Step

pytest.importorskip("matplotlib")

PAIR = {"stairs": Step(3, 0.5), "wave": Cosine(8)}


@pytest.mark.parametrize(
    "name, beginning",
    [("a.png", b"\x89PNG\r\n"), ("a.PDF", b"%PDF-"), ("a.svg", b"<?xml")],
)
def test_format_by_ending(tmp_path, name, beginning):
    draw_schedule(Cosine(8), 10, tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(beginning)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.fixture
def drawn(tmp_path, monkeypatch):
    """Draw, and return the panel that went into the file."""
    from matplotlib.figure import Figure

    figures = []
    save = Figure.savefig

    def note(figure, *arguments, **options):
        figures.append(figure)
        save(figure, *arguments, **options)

    monkeypatch.setattr(Figure, "savefig", note)

    def draw(*arguments, **options):
        draw_schedule(*arguments, path=tmp_path / "a.png", **options)
        return figures[-1].axes[0]

    return draw


def test_rates_over_steps(drawn):
    panel = drawn(PAIR, 10, lr=0.25)
    assert panel.get_xlabel() == "step" and panel.get_ylabel() == "learning rate"
    assert len(panel.lines) == 2
    for line, (name, schedule) in zip(panel.lines, PAIR.items(), strict=True):
        assert line.get_label() == name
        assert np.array_equal(line.get_xdata(), np.arange(10))
        assert list(line.get_ydata()) == [0.25 * schedule(t) for t in range(10)]
    assert [text.get_text() for text in panel.get_legend().get_texts()] == [*PAIR]
    assert panel.get_ylim()[0] == 0 and panel.get_ylim()[1] > 0.25


def test_one_schedule_has_no_legend(drawn):
    panel = drawn(lambda t: 1 / (1 + t), 5)
    assert list(panel.lines[0].get_ydata()) == [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5]
    assert panel.get_legend() is None


def test_a_plateau_is_drawn_as_it_went(drawn):
    schedule = Plateau(0.5, patience=0)
    for t in (2, 4):
        schedule.report(1.0, t)
    assert list(drawn(schedule, 6).lines[0].get_ydata()) == [1, 1, 1, 1, 0.5, 0.5]


def test_one_step_is_a_point(drawn):
    assert drawn(Constant(), 1).lines[0].get_marker() == "o"
    assert drawn(Constant(), 2).lines[0].get_marker() == "None"


def test_no_two_of_many_look_the_same(drawn):
    many = {str(i): Step(i + 1) for i in range(3 * len(COLOURS))}
    lines = drawn(many, 5).lines
    assert len({(line.get_color(), line.get_linestyle()) for line in lines}) == len(
        many
    )


@pytest.mark.parametrize(
    "schedules, steps, options, error, message",
    [
        (
            {},
            9,
            {},
            ValueError,
            "draw_schedule: schedules has 0 entries, expected at least 1",
        ),
        (
            0.5,
            9,
            {},
            TypeError,
            "draw_schedule: schedules has type float, expected a callable t -> factor",
        ),
        (
            {"a": Constant(), "b": None},
            9,
            {},
            TypeError,
            "draw_schedule: schedules['b'] has type NoneType, expected a callable "
            "t -> factor",
        ),
        (
            PAIR,
            0,
            {},
            ValueError,
            "draw_schedule: steps has value 0, expected at least 1",
        ),
        (
            PAIR,
            9,
            {"lr": -1},
            ValueError,
            "draw_schedule: lr has value -1, expected a finite number >= 0",
        ),
    ],
)
def test_nonsense_is_refused(tmp_path, schedules, steps, options, error, message):
    with pytest.raises(error) as info:
        draw_schedule(schedules, steps, tmp_path / "a.png", **options)
    assert str(info.value) == message
    assert not list(tmp_path.iterdir())


def test_an_error_of_a_schedule_leaves_the_old_picture(tmp_path):
    (tmp_path / "a.png").write_text("old")
    with pytest.raises(ZeroDivisionError):
        draw_schedule(lambda t: 1 / (3 - t), 9, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_text() == "old"


def test_other_endings(tmp_path):
    with pytest.raises(
        ValueError, match="is no kind of picture, expected one of .png,"
    ):
        draw_schedule(PAIR, 9, tmp_path / "a.txt")


def test_no_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match=re.escape(str(tmp_path / "no/a.png"))):
        draw_schedule(PAIR, 9, tmp_path / "no/a.png")


def test_without_matplotlib(tmp_path, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *rest: None if name == "matplotlib" else find(name, *rest),
    )
    with pytest.raises(ImportError, match=re.escape("pip install 'nnmods[cli]'")):
        draw_schedule(PAIR, 9, tmp_path / "a.png")
    assert not list(tmp_path.iterdir())


EACH = [
    optim.Constant(),
    optim.InverseTime(0.1),
    optim.Step(3),
    optim.MultiStep([2, 5], 0.5),
    optim.Exponential(0.9),
    optim.Polynomial(8),
    optim.Cosine(8),
    optim.CosineRestarts(3),
    optim.OneCycle(8),
    optim.LinearWarmup(4),
    optim.Plateau(),
    optim.Lambda(lambda t: 1 / (1 + t)),
    optim.Sequence([optim.LinearWarmup(4), optim.Cosine(4)], [4]),
    optim.Product([optim.LinearWarmup(4), optim.Cosine(8)]),
]


@pytest.mark.parametrize("schedule", EACH, ids=lambda schedule: type(schedule).__name__)
def test_each_can_be_drawn(schedule, drawn):
    (line,) = drawn(schedule, 10, lr=0.5).lines
    rates = [0.5 * schedule(t) for t in range(10)]
    assert list(line.get_ydata()) == rates
