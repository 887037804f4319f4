import importlib.util
import re

import pytest

from nnmods.drawing import draw_curves
from nnmods.training import History, Record

pytest.importorskip("matplotlib")


def history_of(*records):
    history = History()
    names = ["train_cost", "train_accuracy", "validation_cost", "validation_accuracy"]
    for record in records:
        history.add(Record(zip([*names, "seconds"], record, strict=True)))
    return history


TWO = history_of((2.0, 0.25, 1.5, 0.5, 1.0), (1.0, 0.5, 1.25, 0.625, 1.0))


@pytest.mark.parametrize(
    "name, beginning",
    [("a.png", b"\x89PNG\r\n"), ("a.PDF", b"%PDF-"), ("a.svg", b"<?xml")],
)
def test_format_by_ending(tmp_path, name, beginning):
    draw_curves(TWO, tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(beginning)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def drawn_text(history, folder):
    """Return the texts of the picture."""
    import matplotlib

    with matplotlib.rc_context({"svg.fonttype": "none"}):
        draw_curves(history, folder / "a.svg")
    return re.findall(r"<text[^>]*>([^<]+)</text>", (folder / "a.svg").read_text())


def test_labels_and_legend(tmp_path):
    text = drawn_text(TWO, tmp_path)
    assert text.count("epoch") == 2
    assert {"cost", "accuracy (%)"} < set(text)
    assert {"train (last 1)", "validation (last 1.25)"} < set(text)
    assert {"train (last 50.0 %)", "validation (last 62.5 %)"} < set(text)


def test_what_was_not_measured_is_left_out(tmp_path):
    text = drawn_text(history_of((2.0, None, None, None, 1.0)), tmp_path)
    assert [line for line in text if "last" in line] == ["train (last 2)"]


def test_lists_serve_as_well(tmp_path):
    assert drawn_text(TWO.as_dict(), tmp_path) == drawn_text(TWO, tmp_path)


def test_no_global_state(tmp_path):
    import matplotlib
    from matplotlib import _pylab_helpers

    settings = dict(matplotlib.rcParams)
    draw_curves(TWO, tmp_path / "a.png")
    assert dict(matplotlib.rcParams) == settings
    assert not _pylab_helpers.Gcf.get_all_fig_managers()


def test_other_endings(tmp_path):
    with pytest.raises(
        ValueError, match="is no kind of picture, expected one of .png,"
    ):
        draw_curves(TWO, tmp_path / "a.txt")


def test_no_epochs(tmp_path):
    with pytest.raises(ValueError, match="history has 0 epochs"):
        draw_curves(History(), tmp_path / "a.png")


def test_no_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match=re.escape(str(tmp_path / "no/a.png"))):
        draw_curves(TWO, tmp_path / "no/a.png")


def test_without_matplotlib(tmp_path, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *rest: None if name == "matplotlib" else find(name, *rest),
    )
    with pytest.raises(ImportError, match=re.escape("pip install 'nnmods[cli]'")):
        draw_curves(TWO, tmp_path / "a.png")
    assert not list(tmp_path.iterdir())
