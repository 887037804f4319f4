import copy
import math
import warnings

import numpy as np
import pytest

import nnmods as nn
from nnmods import optim
from nnmods.containers import Sequential
from nnmods.data import Dataset, Minibatches
from nnmods.layers import Linear
from nnmods.optim import SGD
from nnmods.testing.compare import EXACT
from nnmods.training import Callback, Diverged, Trainer
from training.toys import LackOfScore, MeanSquare, Modal, weighing

ONE = np.array([[1.0]])


def trainer_of(lr=0.25, **options):
    """Return a trainer of y = w x, w = 0."""
    net = weighing(0.0)
    return Trainer(net, MeanSquare(), SGD(net, lr), **options)


def batches_to(*targets):
    return [(ONE, target * ONE) for target in targets]


def test_steps_and_costs():
    trainer = trainer_of()
    history = trainer.fit(batches_to(2.0, 5.0), validation=(ONE, 4 * ONE), show=False)
    # w = 0 - 0.25 * 2 * (0 - 2) = 1, then 1 - 0.25 * 2 * (1 - 5) = 3
    assert trainer.net.weight == 3.0
    record = history[0]
    assert record.train_cost == (2**2 + 4**2) / 2  # each before its step
    assert record.validation_cost == 1.0  # after both
    assert record.train_accuracy is None and record.validation_accuracy is None
    assert record.lr == 0.25 and 0 <= record.seconds < 60
    assert trainer.optimizer.t == 2 and trainer.epoch == 1


def test_more_epochs_go_on():
    trainer = trainer_of()
    trainer.fit(batches_to(3.0), show=False)
    history = trainer.fit(batches_to(3.0), 2, show=False)
    np.testing.assert_array_equal(history.train_cost, [9.0, 2.25, 0.5625])
    assert trainer.fit(batches_to(3.0), 0, show=False) is history
    assert len(history) == 3


def test_batches_of_unequal_size_weigh_by_samples():
    batches = [(np.ones((3, 1)), np.ones((3, 1))), (ONE, 5 * ONE)]
    history = trainer_of(lr=0.0).fit(batches, show=False)
    assert history[0].train_cost == (3 * 1 + 25) / 4


def classifier(**options):
    net = Linear(2, 2, bias=False)
    net.weight[...] = np.eye(2)
    return Trainer(net, LackOfScore(), SGD(net, lr=0.0), **options)


POINTS = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])


def test_accuracy_of_classes_and_metrics():
    def share_of_zeros(y, target):
        return np.mean(target == 0)

    trainer = classifier(metrics={"zeros": share_of_zeros})
    batches = [(POINTS[:2], np.array([0, 1])), (POINTS[2:], np.array([1]))]
    record = trainer.fit(batches, validation=(POINTS, np.array([0, 0, 0])), show=False)[
        0
    ]
    assert record.train_accuracy == record.validation_accuracy == 2 / 3
    assert record.train_zeros == 1 / 3 and record.validation_zeros == 1.0


@pytest.mark.parametrize(
    "make",
    [
        lambda x, t: (x, t),
        lambda x, t: Dataset(x, t, ("a", "b")),
        lambda x, t: Minibatches(x, t, 2, rng=5),
        lambda x, t: ([x, x], t),
    ],
    ids=["pair", "Dataset", "Minibatches", "table"],
)
def test_what_can_be_fitted(make):
    rng = np.random.default_rng(0)
    x, target = rng.standard_normal((7, 3)), rng.integers(0, 2, 7)
    data = make(x, target)
    net = nn.Linear(3, 2, rng=0)
    if isinstance(data, tuple) and isinstance(data[0], list):
        net = nn.Sequential(nn.CAddTable(), net)
    trainer = Trainer(net, nn.CrossEntropyCriterion(), SGD(net, 0.5))
    history = trainer.fit(data, 3, data, batch_size=2, rng=5, show=False)
    assert trainer.optimizer.t == 3 * 4
    assert history.validation_cost[-1] < history.validation_cost[0]
    cost, accuracy = trainer.evaluate(data)
    assert accuracy == history[-1].validation_accuracy
    np.testing.assert_allclose(cost, history[-1].validation_cost, rtol=EXACT)


def test_modes():
    net = Sequential(weighing(1.0), Modal()).evaluate()
    trainer = Trainer(net, MeanSquare(), SGD(net, lr=0.0))
    record = trainer.fit(batches_to(3.0), 1, batches_to(3.0), show=False)[0]
    assert record.train_cost == 9.0  # of y = 0, in training mode
    assert record.validation_cost == 4.0  # of y = x, in evaluation mode
    assert net[1].train


def test_first_layer_makes_no_input_gradient():
    trainer = trainer_of()
    trainer.fit(batches_to(1.0), show=False)
    assert trainer.net.dC_dx is None


@pytest.mark.parametrize("sizes", [(4, 4, 4, 4), (4, 3, 5, 1), (4, 4, 4), (1,)])
def test_accumulation_is_one_large_batch(sizes):
    rng = np.random.default_rng(0)
    n = sum(sizes)
    x, target = rng.standard_normal((n, 3)), rng.standard_normal((n, 2))
    cuts = np.cumsum(sizes)[:-1]
    small = [*zip(np.split(x, cuts), np.split(target, cuts), strict=True)]
    pairs = [small[k : k + 2] for k in range(0, len(small), 2)]
    large = [tuple(map(np.concatenate, zip(*pair, strict=True))) for pair in pairs]
    weights = []
    for batches, accumulate in ((small, 2), (large, 1)):
        net = nn.Linear(3, 2, rng=0)
        trainer = Trainer(
            net, nn.MSECriterion(), SGD(net, 0.1, momentum=0.5), accumulate=accumulate
        )
        trainer.fit(batches, 3, show=False)
        assert trainer.optimizer.t == 3 * len(large)
        weights.append(trainer.optimizer.w)
    np.testing.assert_allclose(*weights, rtol=EXACT)


def test_clipping():
    trainer = trainer_of(lr=1.0, clip_norm=0.5)
    trainer.fit(batches_to(100.0), show=False)
    assert trainer.net.weight == 0.5
    trainer = trainer_of(lr=1.0, clip_value=0.25)
    trainer.fit(batches_to(100.0), show=False)
    assert trainer.net.weight == 0.25


def test_schedule_and_plateau():
    trainer = trainer_of(lr=1.0, schedule=lambda t: 0.25 if t == 0 else 0.0)
    trainer.fit(batches_to(3.0, 3.0), show=False)
    assert trainer.net.weight == 1.5
    plateau = optim.Plateau(0.5, patience=0)
    trainer = trainer_of(lr=0.0, schedule=plateau)
    trainer.fit(batches_to(3.0), 3, show=False)
    assert trainer.optimizer.schedule is plateau
    assert plateau(trainer.optimizer.t) < 1


def test_averages_are_what_is_measured():
    net = weighing(0.0)
    average = optim.SWA(net)
    trainer = Trainer(net, MeanSquare(), SGD(net, 0.25), average=average)
    history = trainer.fit(batches_to(4.0), 2, (ONE, 4 * ONE), show=False)
    # w = 2, then 3, their mean 2.5
    np.testing.assert_array_equal(history.validation_cost, [4.0, 2.25])
    assert net.weight == 3.0
    assert trainer.predict(ONE) == 2.5 and trainer.evaluate(ONE, 4 * ONE)[0] == 2.25


def test_an_optimiser_that_evaluates_the_cost():
    rng = np.random.default_rng(0)
    x, weight = rng.standard_normal((20, 3)), rng.standard_normal((2, 3))
    net = nn.Linear(3, 2, rng=0)
    trainer = Trainer(net, nn.MSECriterion(), optim.LBFGS(net))
    history = trainer.fit([(x, x @ weight.T)], 4, show=False)
    assert history.train_cost[-1] < 1e-8 * history.train_cost[0]
    with pytest.raises(
        ValueError, match="accumulate has value 2, expected 1, as LBFGS"
    ):
        Trainer(net, nn.MSECriterion(), optim.LBFGS(net), accumulate=2)


class Log(Callback):
    def __init__(self):
        self.seen = []

    def __getattribute__(self, name):
        if name.startswith("on_") or name == "close":
            return lambda *args: self.seen.append(name)
        return super().__getattribute__(name)


def test_callbacks():
    log = Log()
    trainer = trainer_of(callbacks=[log])
    trainer.fit(batches_to(1.0, 2.0), 2, show=False)
    epoch = ["on_step", "on_step", "on_epoch"]
    assert log.seen == ["on_begin", *epoch, *epoch, "on_end", "close"]
    log.seen.clear()
    with pytest.raises(Diverged):
        trainer.fit(batches_to(math.nan), show=False)
    assert log.seen == ["on_begin", "close"]


def test_an_interrupted_epoch_is_begun_anew():
    def interrupted():
        yield from batches_to(3.0)
        raise KeyboardInterrupt

    trainer = trainer_of()
    with pytest.raises(KeyboardInterrupt):
        trainer.fit(interrupted(), show=False)
    history = trainer.fit(batches_to(3.0), 2, show=False)
    np.testing.assert_array_equal(history.train_cost, [2.25, 0.5625])


def test_stop():
    class Stop(Callback):
        def on_step(self, trainer):
            trainer.stop("enough")

    trainer = trainer_of(callbacks=[Stop()])
    trainer.fit(batches_to(1.0, 2.0), 5, show=False)
    assert (trainer.epoch, trainer.optimizer.t, trainer.stopped) == (1, 2, "enough")


@pytest.mark.filterwarnings("error")
def test_divergence_makes_no_step():
    trainer = trainer_of()
    with pytest.raises(Diverged) as caught:
        trainer.fit(batches_to(1.0, math.nan), show=False)
    assert str(caught.value) == (
        "in epoch 1, batch 2, the cost is nan: the network's y is finite, so it is the "
        "criterion's doing; a smaller learning rate may help"
    )
    assert trainer.optimizer.t == 1 and trainer.net.weight == 0.5
    assert len(trainer.history) == 0


def blown(net, x, criterion=None):
    trainer = Trainer(net, criterion or MeanSquare(), SGD(net, 0.1))
    before = copy.deepcopy(trainer.optimizer.w)
    with np.errstate(all="ignore"), pytest.raises(Diverged) as caught:
        trainer.fit([(x, np.zeros((len(x), 1)))], show=False)
    np.testing.assert_array_equal(trainer.optimizer.w, before)
    return str(caught.value)


def test_the_module_to_blame_is_named():
    x = np.ones((2, 1))
    net = Sequential(weighing(0.0), nn.Log(), nn.Square())
    assert "the cost is inf: Log (module 1) makes inf of a finite x" in blown(net, x)
    net = Sequential(weighing(1.0), nn.Sequential(nn.AddConstant(-2), nn.Sqrt()))
    assert "is nan: Sqrt (module 1.1) makes nan of a finite x" in blown(net, x)
    assert "the batch itself has inf" in blown(weighing(1.0), np.inf * x)
    net = Sequential(weighing(1.0), weighing(math.nan))
    assert "the parameter 1.weight has nan" in blown(net, x)


def test_a_gradient_that_is_not_finite_is_noticed_before_its_step():
    class Steep(nn.Module):
        """y = x, of infinite slope."""

        def forward(self, x):
            return x

        def backward(self, x, dC_dy):
            return np.inf * dC_dy

    net = Sequential(weighing(1.0), nn.Sequential(Steep()), nn.Tanh())
    message = blown(net, np.ones((2, 1)))
    assert "the gradient is not finite: Steep (module 1.0) makes it of a" in message


def test_large_finite_gradients_are_no_divergence():
    net = weighing(0.0).float()
    trainer = Trainer(net, MeanSquare(), SGD(net, 0.0))
    x = np.full((1, 1), 1e10, "float32")
    trainer.fit(
        [(x, 1e10 * np.ones((1, 1), "float32"))], show=False
    )  # its square is not
    assert trainer.optimizer.t == 1


def test_divergence_of_the_validation():
    trainer = trainer_of()
    with pytest.raises(Diverged, match="after epoch 1, the validation cost is inf"):
        trainer.fit(batches_to(1.0), 1, (ONE, math.inf * ONE), show=False)
    assert len(trainer.history) == 0


def test_warns_once_of_dtypes():
    trainer = trainer_of()
    batches = [(x.astype(np.float32), target) for x, target in batches_to(1.0, 1.0)]
    with pytest.warns(
        UserWarning, match="x has dtype float32, the parameters"
    ) as found:
        trainer.fit(batches, show=False)
    assert len(found) == 1 and found[0].filename == __file__
    with warnings.catch_warnings(action="error"):
        trainer.fit(batches, show=False)


def test_integers_are_no_mismatch():
    with warnings.catch_warnings(action="error"):
        trainer_of().fit([(np.array([[1]]), ONE)], show=False)


def test_generator_lasts_for_one_epoch():
    trainer = trainer_of()
    with pytest.raises(ValueError, match="batches are none in epoch 2, expected at"):
        trainer.fit(iter(batches_to(1.0)), 2, show=False)


def test_optimizer_of_vectors():
    net = weighing(0.0)
    optimizer = SGD(net.flatten_parameters(), lr=0.25)
    Trainer(net, MeanSquare(), optimizer).fit(batches_to(3.0), show=False)
    assert net.weight == 1.5


@pytest.mark.parametrize(
    "options, error, message",
    [
        ({"accumulate": 0}, ValueError, "accumulate has value 0, expected 1 or more"),
        ({"clip_norm": "1"}, ValueError, "clip_norm has value '1', expected a number"),
        ({"clip_norm": -1.0}, ValueError, "clip_norm has value -1.0, expected a"),
        ({"clip_value": math.nan}, ValueError, "clip_value has value nan, expected a"),
        ({"schedule": 0.1}, TypeError, "schedule has type float, expected a callable"),
        ({"metrics": {"a": 1}}, TypeError, "metrics['a'] has type int, expected a"),
    ],
)
def test_refused_settings(options, error, message):
    with pytest.raises(error) as caught:
        trainer_of(**options)
    assert str(caught.value).startswith(f"Trainer: {message}")


def test_optimizer_of_another_net():
    with pytest.raises(TypeError, match="of another net, expected one made for net"):
        Trainer(weighing(1.0), MeanSquare(), SGD(weighing(1.0)))
    with pytest.raises(TypeError, match="average is EMA.* of another net, expected o"):
        trainer_of(average=optim.EMA(weighing(1.0)))


@pytest.mark.parametrize(
    "data, options, error, message",
    [
        ((ONE, ONE), {"epochs": -1}, ValueError, "epochs has value -1, expected 0"),
        ((ONE[:0], ONE[:0]), {}, ValueError, "x has 0 samples, expected at least one"),
        ((ONE, np.ones((2, 1))), {}, ValueError, "target has 2 samples, expected 1"),
        (ONE, {}, TypeError, "x has type ndarray, expected (x, target), a Dataset"),
        (5, {}, TypeError, "x has type int"),
        ([], {}, ValueError, "batches are none in epoch 1"),
        ([ONE, ONE], {}, TypeError, "Trainer: batch has type ndarray of 1, expected a"),
        ((ONE, None), {}, TypeError, "Trainer: batch has type ndarray of 1, expected"),
        ([(ONE, ONE, ONE)], {}, TypeError, "batch has type tuple of 3, expected a"),
        ("ab", {}, TypeError, "batch has type str of 1, expected a pair (x, target)"),
        ((ONE[0, 0], ONE), {}, ValueError, "x or target has a single float64, expect"),
    ],
)
def test_refused_data(data, options, error, message):
    trainer = trainer_of()
    for show in (False, True):
        with pytest.raises(error) as caught:
            trainer.fit(data, **{"show": show} | options)
        assert message in str(caught.value) and "\n" not in str(caught.value)
        assert trainer.optimizer.t == 0


def test_labels_out_of_range():
    net = nn.Linear(1, 2)
    trainer = Trainer(net, nn.CrossEntropyCriterion(), SGD(net))
    with pytest.raises(ValueError, match="target"):
        trainer.fit((ONE, np.array([2])), batch_size=1, show=False)


def test_predict():
    net = Sequential(Linear(2, 3, rng=0), Modal())
    trainer = Trainer(net, MeanSquare(), SGD(net))
    x = np.random.default_rng(0).standard_normal((5, 2))
    y = trainer.predict(x, batch_size=2)
    np.testing.assert_array_equal(y, x @ net[0].weight.T + net[0].bias)
    assert net[1].sizes == [2, 2, 1] and net[1].train
    with pytest.raises(ValueError, match="predict: x has 0 samples"):
        trainer.predict(x[:0])
    with pytest.raises(ValueError, match="batch_size has value 0"):
        trainer.predict(x, batch_size=0)
    with pytest.raises(ValueError, match="predict: x has 0 samples"):
        trainer.predict(3.0)
    with pytest.raises(ValueError, match="evaluate: x or target has a single int"):
        trainer.evaluate(x, 0)


def test_predict_of_tables():
    net = nn.ConcatTable(nn.SelectTable(0), nn.CAddTable())
    x = [np.arange(3.0)[:, None], np.ones((3, 1))]
    first, second = nn.training.predict(net, x, 2)
    np.testing.assert_array_equal(first, x[0])
    np.testing.assert_array_equal(second, x[0] + 1)
