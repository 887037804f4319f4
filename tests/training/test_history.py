from nnmods.training import History, Record


def test_lists_and_records():
    history = History()
    first, second = Record(2.0, 0.5, 1.5, 0.6, 3.0), Record(1.0, None, None, None, 4.0)
    history.add(first)
    history.add(second)
    assert len(history) == 2
    assert history[0] == first and history[-1] == second
    assert history.as_dict() == {
        "train_cost": [2.0, 1.0],
        "train_accuracy": [0.5, None],
        "test_cost": [1.5, None],
        "test_accuracy": [0.6, None],
        "seconds": [3.0, 4.0],
    }


def test_dict_holds_copies():
    history = History()
    history.as_dict()["seconds"].append(1.0)
    assert len(history) == 0


def test_histories_do_not_share_lists():
    History().add(Record(1.0, 1.0, 1.0, 1.0, 1.0))
    assert len(History()) == 0
