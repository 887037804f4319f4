import numpy as np
import pytest

from nnmods.training import History, Record


def history_of_two():
    history = History()
    history.add(Record(train_cost=2.0, validation_cost=None, seconds=3.0))
    history.add(
        Record(train_cost=1.0, validation_cost=1.5, train_recall=0.5, seconds=4.0)
    )
    return history


def test_columns_are_arrays():
    history = history_of_two()
    assert len(history) == 2
    np.testing.assert_array_equal(history.train_cost, [2.0, 1.0])
    np.testing.assert_array_equal(history["validation_cost"], [np.nan, 1.5])
    np.testing.assert_array_equal(history["train_recall"], [np.nan, 0.5])
    assert history.names == ["train_cost", "validation_cost", "seconds", "train_recall"]


def test_records():
    history = history_of_two()
    assert history[0] == {
        "train_cost": 2.0,
        "validation_cost": None,
        "seconds": 3.0,
        "train_recall": None,
    }
    assert history[-1].validation_cost == history[-1]["validation_cost"] == 1.5


def test_dict_holds_copies():
    history = history_of_two()
    history.as_dict()["seconds"].append(1.0)
    history.train_cost[0] = 7.0
    assert len(history) == 2 and history.train_cost[0] == 2.0


def test_state():
    other = History()
    other.load_state_dict(history_of_two().state_dict())
    assert other.as_dict() == history_of_two().as_dict() and len(other) == 2
    with pytest.raises(ValueError, match="columns are not of 3 epochs each"):
        other.load_state_dict({"epochs": 3, "columns": {"train_cost": [1.0]}})
    assert len(other) == 2


def test_what_is_not_there():
    history = history_of_two()
    with pytest.raises(KeyError, match="history has train_cost, .*, not 'cost'"):
        history["cost"]
    with pytest.raises(AttributeError, match="not 'cost'"):
        history.cost  # noqa: B018
    with pytest.raises(AttributeError, match="record has train_cost, "):
        history[0].cost  # noqa: B018
    with pytest.raises(IndexError, match="has 2 epochs, not epoch 2"):
        history[2]


def test_repr():
    assert repr(History()) == "History(0 epochs: )"
