import copy
import pickle
import re

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from nnmods.testing.compare import EXACT, require_close
from nnmods.training import ConfusionMatrix


@pytest.fixture
def confusion():
    """3 of class 0 (1 right), 2 of class 1 (both right), none of class 2."""
    confusion = ConfusionMatrix(["ant", "bee", "cow"])
    confusion.add(np.array([0, 0, 1]), np.array([0, 1, 1]))
    scores = np.array([[0.0, 0.0, 1.0], [1.0, 2.0, 0.0]])
    confusion.add(np.array([0, 1]), scores)
    return confusion


def test_counts(confusion):
    assert confusion.counts.tolist() == [[1, 1, 1], [0, 2, 0], [0, 0, 0]]


def test_accuracies(confusion):
    assert confusion.accuracy == 3 / 5
    assert confusion.balanced_accuracy == (1 / 3 + 1.0) / 2


def test_counts_of_each_class(confusion):
    assert confusion.support.tolist() == [3, 2, 0]
    assert confusion.true_positives.tolist() == [1, 2, 0]
    assert confusion.false_positives.tolist() == [0, 1, 1]
    assert confusion.false_negatives.tolist() == [2, 0, 0]


def test_rates_of_each_class(confusion):
    assert_array_equal(confusion.recall, [1 / 3, 1.0, np.nan])
    assert_array_equal(confusion.precision, [1.0, 2 / 3, 0.0])
    assert_array_equal(confusion.f1, [2 / 4, 4 / 5, 0.0])
    assert_array_equal(confusion.iou, [1 / 3, 2 / 3, 0.0])
    assert confusion.mean_iou == (1 / 3 + 2 / 3) / 2  # class 2 has no samples


def test_far_frr(confusion):
    far, frr = confusion.far_frr()
    assert_array_equal(far, [0.0, 1 / 3, np.nan])  # of the one other class with samples
    assert_array_equal(frr, [1 - 1 / 3, 0.0, np.nan])


def test_far_is_a_mean_over_the_other_classes():
    confusion = ConfusionMatrix(3)
    confusion.counts[...] = [[8, 0, 0], [1, 1, 0], [1, 2, 1]]
    assert confusion.far_frr()[0].tolist() == [(1 / 2 + 1 / 4) / 2, (2 / 4) / 2, 0.0]


def test_far_of_one_class_is_unknown():
    confusion = ConfusionMatrix(2)
    confusion.add(0, 1)
    far, frr = confusion.far_frr()
    assert np.isnan(far).all()
    assert_array_equal(frr, [1.0, np.nan])


def test_rates_are_those_of_scikit_learn(rng):
    metrics = pytest.importorskip("sklearn.metrics")
    target, predicted = rng.integers(0, 5, 200), rng.integers(0, 5, 200)
    confusion = ConfusionMatrix(5)
    confusion.add(target, predicted)
    assert_array_equal(confusion.counts, metrics.confusion_matrix(target, predicted))
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        target, predicted
    )
    iou = metrics.jaccard_score(target, predicted, average=None)
    balanced = metrics.balanced_accuracy_score(target, predicted)
    assert_array_equal(confusion.support, support)
    require_close(confusion, "precision", confusion.precision, precision, EXACT)
    require_close(confusion, "recall", confusion.recall, recall, EXACT)
    require_close(confusion, "f1", confusion.f1, f1, EXACT)
    require_close(confusion, "iou", confusion.iou, iou, EXACT)
    require_close(confusion, "mean", confusion.balanced_accuracy, balanced, EXACT)


def test_mistakes(confusion):
    confusion.add(np.array([0]), np.array([2]))
    assert confusion.mistakes() == [("ant", "cow", 2), ("ant", "bee", 1)]


def test_text(confusion):
    assert str(confusion).splitlines() == [
        "         ant  bee  cow  correct",
        "ant        1    1    1   33.3 %",
        "bee        0    2    0  100.0 %",
        "cow        0    0    0        -",
        "average                  66.7 %",
        "all                      60.0 %",
        "rows: the true class; columns: the predicted one",
    ]


def test_long_names_are_cut():
    lines = str(ConfusionMatrix(["a" * 13, "b" * 12])).splitlines()
    assert lines[1].startswith("a" * 11 + "~ ")
    assert lines[2].startswith("b" * 12 + " ")


def test_many_classes_list_mistakes():
    confusion = ConfusionMatrix(21)
    assert str(confusion).splitlines()[:2] == ["most frequent mistakes", "none"]
    confusion.add(np.array([3, 3, 20, 0]), np.array([4, 4, 0, 0]))
    assert str(confusion).splitlines() == [
        "most frequent mistakes",
        "3 taken for 4: 2",
        "20 taken for 0: 1",
        "average of the classes: 33.3 % correct",
        "all samples: 25.0 % correct",
    ]


def test_wide_tables_have_numbers_over_their_columns():
    confusion = ConfusionMatrix([f"class {i}" for i in range(11)])
    confusion.add(10, 1)
    header, first, *_, last, _, _, _ = str(confusion).splitlines()
    assert header.split() == [*map(str, range(11)), "correct"]
    assert first.startswith(" 0 class 0   0  0")
    assert last.startswith("10 class 10  0  1")


def test_nothing_counted():
    confusion = ConfusionMatrix(2)
    confusion.add(np.array([], int), np.array([], int))
    assert np.isnan(confusion.accuracy)
    assert np.isnan(confusion.recall).all() and np.isnan(confusion.balanced_accuracy)
    assert np.isnan(confusion.f1).all() and np.isnan(confusion.mean_iou)
    assert np.isnan(confusion.far_frr()).all()
    assert confusion.mistakes() == []


def test_first_of_equal_scores_counts():
    confusion = ConfusionMatrix(2)
    confusion.add(np.array([1]), np.array([[0.5, 0.5]]))
    assert confusion.counts[1, 0] == 1


@pytest.mark.parametrize(
    "predicted", [2, [0.1, 0.2, 0.7], np.array([0.0, 1.0, 2.0], np.float32)]
)
def test_single_samples(predicted):
    confusion = ConfusionMatrix(3)
    confusion.add(1, predicted)
    assert confusion.counts.tolist() == [[0, 0, 0], [0, 0, 1], [0, 0, 0]]


SCORES = np.random.default_rng(0).standard_normal((2, 3, 4, 5))  # (N, classes, H, W)
PIXELS = np.random.default_rng(1).integers(0, 3, (2, 4, 5))


@pytest.mark.parametrize(
    "target, predicted",
    [
        (PIXELS, SCORES),
        (PIXELS, SCORES.argmax(axis=1)),
        (PIXELS.astype(np.uint8), np.asfortranarray(SCORES)),
        (np.moveaxis(np.eye(3)[PIXELS], -1, 1), SCORES),
        (np.moveaxis(np.eye(3, dtype=int)[PIXELS], -1, 1), SCORES),
    ],
)
def test_all_pixels_count(target, predicted):
    confusion = ConfusionMatrix(3)
    confusion.add(target, predicted)
    expected = np.zeros((3, 3), int)
    for at in np.ndindex(PIXELS.shape):
        n, *place = at
        expected[PIXELS[at], SCORES[n, :, *place].argmax()] += 1
    assert_array_equal(confusion.counts, expected)


def test_one_image():
    one, batch = ConfusionMatrix(3), ConfusionMatrix(3)
    one.add(PIXELS[0], SCORES[0])
    batch.add(PIXELS[:1], SCORES[:1])
    assert one.counts.sum() == 20
    assert_array_equal(one.counts, batch.counts)


def test_unsigned_labels():
    confusion = ConfusionMatrix(20)
    confusion.add(np.array([19], np.uint8), np.array([18], np.uint64))
    assert confusion.counts[19, 18] == 1


@pytest.mark.parametrize("ignored, dtype", [(-100, int), (-1, np.int8), (255, "u1")])
def test_ignored_samples_are_left_out(ignored, dtype):
    confusion = ConfusionMatrix(2, ignore_index=ignored)
    confusion.add(np.array([ignored, 1, ignored], dtype), np.array([0, 0, 77]))
    confusion.add(ignored, 1)
    assert confusion.counts.tolist() == [[0, 0], [1, 0]]


def test_other_labels_out_of_range_are_refused():
    with pytest.raises(ValueError, match="target has classes -1 to 1"):
        ConfusionMatrix(2).add(np.array([-1, 1]), np.array([0, 1]))


def test_reset(confusion):
    counts = confusion.counts
    confusion.reset()
    assert confusion.counts is counts and not counts.any()


def test_sum(confusion):
    other = ConfusionMatrix(["ant", "bee", "cow"])
    other.add(2, 0)
    before = other.counts.copy()
    confusion += other
    assert confusion.counts.tolist() == [[1, 1, 1], [0, 2, 0], [1, 0, 0]]
    assert_array_equal(other.counts, before)


def test_sum_of_different_classes(confusion):
    before = confusion.counts.copy()
    with pytest.raises(
        ValueError, match="other has classes 0, 1, 2, expected ant, bee"
    ):
        confusion += ConfusionMatrix(3)
    with pytest.raises(TypeError):
        confusion += 1
    assert_array_equal(confusion.counts, before)


def test_state(confusion):
    state = confusion.state_dict()
    other = ConfusionMatrix(["ant", "bee", "cow"])
    counts = other.counts
    other.load_state_dict(state)
    assert other.counts is counts
    assert_array_equal(other.counts, confusion.counts)
    other.add(0, 0)
    assert_array_equal(state["counts"], confusion.counts)


@pytest.mark.parametrize(
    "change, error, text",
    [
        ({"more": 1}, ValueError, "state has names"),
        ({"classes": ["a", "b"]}, ValueError, "state has classes a, b, expected"),
        ({"classes": None}, ValueError, "state has classes None, expected"),
        ({"counts": np.zeros((2, 2), int)}, ValueError, "counts has shape (2, 2)"),
        ({"counts": np.ones((3, 3))}, TypeError, "counts has dtype float64"),
        ({"counts": np.full((3, 3), -1)}, ValueError, "counts has value -1"),
    ],
)
def test_other_states_change_nothing(confusion, change, error, text):
    before = confusion.counts.copy()
    with pytest.raises(error, match=re.escape(text)):
        confusion.load_state_dict(confusion.state_dict() | change)
    assert_array_equal(confusion.counts, before)


def test_copies(confusion):
    for other in (copy.deepcopy(confusion), pickle.loads(pickle.dumps(confusion))):
        other.add(0, 0)
        assert other.counts[0, 0] == confusion.counts[0, 0] + 1
        assert other.classes == confusion.classes


def test_arguments_are_not_written_to():
    target, predicted = np.array([1, -100]), np.array([[0.5, 1.0], [np.nan, 0.0]])
    before = target.copy(), predicted.copy()
    ConfusionMatrix(2).add(target, predicted)
    assert_array_equal(target, before[0])
    assert_array_equal(predicted, before[1])


@pytest.mark.parametrize(
    "target, predicted, error, text",
    [
        ([0, 1], [0], ValueError, "predicted has shape (1,), expected (2,) as target"),
        ([[0]], [0], ValueError, "predicted has shape (1,), expected (1, 1)"),
        ([0], [[1.0, 2.0, 3.0]], ValueError, "predicted has shape (1, 3), expected"),
        (0, [1.0, 2.0, 3.0], ValueError, "predicted has shape (3,), expected (2,)"),
        ([[0, 0, 1]], [[1.0, 2.0, 3.0]], ValueError, "target has shape (1, 3)"),
        (0, 0.5, TypeError, "predicted has dtype float64, expected integers"),
        ([0, 2], [0, 1], ValueError, "target has classes 0 to 2, expected 0 to 1"),
        ([0, 1], [-1, 1], ValueError, "predicted has classes -1 to 1"),
        ([0.0], [0], TypeError, "target has dtype float64, expected integers"),
    ],
)
def test_errors_count_nothing(target, predicted, error, text):
    confusion = ConfusionMatrix(2)
    with pytest.raises(error, match=re.escape("ConfusionMatrix(2 classes): " + text)):
        confusion.add(np.array(target), np.array(predicted))
    assert not confusion.counts.any()


@pytest.mark.parametrize("classes", ["cat", 2.0, None])
def test_classes_of_other_types(classes):
    with pytest.raises(TypeError, match="classes has type"):
        ConfusionMatrix(classes)


def test_ignore_index_is_an_integer():
    with pytest.raises(TypeError, match="ignore_index has type float"):
        ConfusionMatrix(2, ignore_index=1.0)


def test_needs_classes():
    with pytest.raises(ValueError, match="classes has 0 names"):
        ConfusionMatrix([])
