import re

import numpy as np
import pytest

from nnmods.drawing import draw_confusion
from nnmods.training import ConfusionMatrix

matplotlib = pytest.importorskip("matplotlib")


def confusion_of(counts, classes=None):
    confusion = ConfusionMatrix(classes or len(counts))
    confusion.counts[...] = counts
    return confusion


ANIMALS = confusion_of([[33, 11], [0, 66]], ["cat", "dog"])


def drawn_text(confusion, folder, **options):
    """Return the texts of the picture."""
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        draw_confusion(confusion, folder / "a.svg", **options)
    return re.findall(r"<text[^>]*>([^<]+)</text>", (folder / "a.svg").read_text())


@pytest.mark.parametrize(
    "name, beginning",
    [("a.png", b"\x89PNG\r\n"), ("a.PDF", b"%PDF-"), ("a.svg", b"<?xml")],
)
def test_format_by_ending(tmp_path, name, beginning):
    draw_confusion(ANIMALS, tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(beginning)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    "normalise, numbers, label",
    [
        ("true", ["75.0", "25.0", "100.0"], "% of the true class"),
        ("predicted", ["100.0", "14.3", "85.7"], "% of the predicted class"),
        ("all", ["30.0", "10.0", "60.0"], "% of all samples"),
        (None, ["33", "11", "66"], "samples"),
    ],
)
def test_numbers(tmp_path, normalise, numbers, label):
    text = drawn_text(ANIMALS, tmp_path, normalise=normalise)
    assert text.count("cat") == text.count("dog") == 2
    assert {"true class", "predicted class", label} < set(text)
    assert [text.count(number) for number in numbers] == [1, 1, 1]
    assert "0.0" not in text


def test_title(tmp_path):
    text = drawn_text(ANIMALS, tmp_path)
    assert "correct: 90.0 % of all samples," in text
    assert "87.5 % of the average class" in text


def test_many_classes_have_no_numbers(tmp_path):
    text = drawn_text(confusion_of(np.full((60, 60), 777)), tmp_path, normalise=None)
    assert text.count("777") <= 1  # beside the colours
    assert text.count("59") == 2  # all names are there


def test_more_names_than_fit_are_thinned_out(tmp_path):
    confusion = ConfusionMatrix([f"class {i}" for i in range(250)])
    names = [t for t in drawn_text(confusion, tmp_path) if t.startswith("class")]
    assert "class 0" in names and len(names) == 250  # every other one, twice


@pytest.mark.parametrize("normalise", ["true", "predicted", "all", None])
@pytest.mark.parametrize("counts", [np.zeros((3, 3)), np.diag([5, 0]), [[0]], [[1]]])
def test_without_samples(tmp_path, counts, normalise):
    assert "0" in drawn_text(confusion_of(counts), tmp_path, normalise=normalise)


def test_names_are_drawn_as_they_are(tmp_path):
    names = ["$x$ or $y$", "_under", "a very, very, very long name"]
    text = drawn_text(ConfusionMatrix(names), tmp_path)
    for name in [*names[:2], "a very, very, very long~"]:
        assert text.count(name) == 2


def test_nothing_is_changed(tmp_path):
    from matplotlib import _pylab_helpers

    settings, counts = dict(matplotlib.rcParams), ANIMALS.counts.copy()
    draw_confusion(ANIMALS, tmp_path / "a.png")
    assert dict(matplotlib.rcParams) == settings
    assert not _pylab_helpers.Gcf.get_all_fig_managers()
    np.testing.assert_array_equal(ANIMALS.counts, counts)


def test_errors(tmp_path):
    with pytest.raises(ValueError, match="normalise has value 'rows', expected one of"):
        draw_confusion(ANIMALS, tmp_path / "a.png", normalise="rows")
    with pytest.raises(ValueError, match="is no kind of picture"):
        draw_confusion(ANIMALS, tmp_path / "a.txt")
    with pytest.raises(FileNotFoundError):
        draw_confusion(ANIMALS, tmp_path / "no/a.png")
    assert not list(tmp_path.iterdir())
