"""SGD with a rate and a decay of its own for each weight."""

import numpy as np
import pytest
from optim.first_order import GRADIENTS, START, trajectory

from nnmods.optim import SGD
from nnmods.testing.compare import EXACT, SINGLE

RATES = np.array([0, 0.5, 1, 2, 4, 0.1])
DECAYS = np.array([0, 0.25, 0, 0.5, 1, 0.1])


def alone(settings):
    """Return the trajectory of each weight by itself, with its own numbers."""
    columns = []
    for i, (rate, decay) in enumerate(zip(RATES, DECAYS, strict=True)):
        columns.append(
            trajectory(
                SGD, GRADIENTS[:, i], START[i], lr=0.01 * rate, weight_decay=decay,
                **settings,
            )
        )  # fmt: skip
    return np.stack(columns, 1)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"momentum": 0.9, "dampening": 0.5},
        {"momentum": 0.9, "nesterov": True},
        {"l1": 0.5},
        {"l1": 0.5, "proximal": True},
        {"l1": 0.5, "proximal": True, "momentum": 0.5},
    ],
)
def test_each_weight_moves_as_if_it_were_alone(settings):
    wanted = alone(settings)
    settings = settings | {"lr": 0.01, "rates": RATES, "weight_decay": DECAYS}
    got = trajectory(SGD, GRADIENTS, START, **settings)
    np.testing.assert_allclose(got, wanted, rtol=EXACT, atol=EXACT)
    single = trajectory(SGD, GRADIENTS, START, np.float32, **settings)
    np.testing.assert_allclose(single, wanted, rtol=SINGLE, atol=SINGLE)


def test_the_vectors_are_copies_to_write_to():
    rates, decays = np.ones(2), np.full(2, 0.5)
    w, dC_dw = np.ones(2, np.float32), np.zeros(2, np.float32)
    opt = SGD((w, dC_dw), 1.0, rates=rates, weight_decay=decays)
    rates[:] = decays[:] = 7
    opt.step()
    assert w.tolist() == [0.5, 0.5]
    opt.rates[0], opt.weight_decay[1] = 0, 1
    opt.step()
    assert w.tolist() == [0.5, 0]
    assert opt.rates.dtype == opt.weight_decay.dtype == np.float32
    with pytest.raises(AttributeError):
        opt.rates = np.zeros(2)
    with pytest.raises(AttributeError, match="write to it in place"):
        opt.weight_decay = 0.5


def test_the_search_for_tiny_numbers_is_for_the_state_alone():
    rates = np.array([1e-35, 1], np.float32)
    w, dC_dw = np.ones((2, 2), np.float32)
    opt = SGD((w, dC_dw), momentum=0.5, rates=rates)
    for _ in range(70):
        opt.step()
    np.testing.assert_array_equal(opt.rates, rates)


def test_a_number_may_be_assigned_but_no_vector():
    opt = SGD((np.ones(2), np.zeros(2)), 1.0, groups={"*": {"weight_decay": 1.0}})
    opt.weight_decay = 0.5
    group = opt.groups["*"]
    group.weight_decay = 0.25
    assert (opt.weight_decay, group.weight_decay) == (0.5, 0.25)
    with pytest.raises(TypeError, match="weight_decay has type ndarray, expected a"):
        opt.weight_decay = np.ones(2)


@pytest.mark.parametrize(
    "setting, error, message",
    [
        ({"rates": np.ones(2)}, ValueError, "rates has shape (2,), expected (3,) as w"),
        ({"rates": 2.0}, ValueError, "rates has shape (), expected (3,) as w"),
        (
            {"rates": [1, -1, 0]},
            ValueError,
            "rates has values from -1 to 1, expected finite ones >= 0",
        ),
        (
            {"weight_decay": np.array([0, np.nan, 1])},
            ValueError,
            "weight_decay has values from nan to nan, expected finite ones >= 0",
        ),
        (
            {"weight_decay": np.ones(3, complex)},
            TypeError,
            "weight_decay has dtype complex128, expected real numbers",
        ),
        (
            {"groups": {"*": {"rates": np.ones(3)}}},
            ValueError,
            "groups has rates of shape (3,), expected one value for the whole group",
        ),
    ],
)
def test_refusals(setting, error, message):
    with pytest.raises(error) as info:
        SGD((np.ones(3), np.ones(3)), **setting)
    assert str(info.value) == f"SGD: {message}"
