"""Records: every number by hand, for single modules and small nets."""

import json
import math

import numpy as np
import pytest

import nnmods as nn
from nnmods.testing.compare import EXACT, SINGLE

norm = np.linalg.norm


def close(got, wanted, rtol=EXACT):
    np.testing.assert_allclose(got, wanted, rtol)


def test_records_of_a_small_net_by_hand(rng):
    net = nn.Sequential(nn.Linear(4, 3, rng=0), nn.ReLU(), nn.Linear(3, 2, rng=1))
    x, dC_dy = rng.standard_normal((5, 4)), rng.standard_normal((5, 2))
    told = nn.explain(net, x, dC_dy)
    W, b, V = net[0].weight, net[0].bias, net[2].weight
    h = x @ W.T + b
    y = np.maximum(h, 0)
    dC_dr = dC_dy @ V
    dC_dh = dC_dr * (h >= 0)
    first, relu, last = told.records
    assert [r["path"] for r in told.records] == ["0", "1", "2"]
    assert [r["class"] for r in told.records] == ["Linear", "ReLU", "Linear"]
    assert first["repr"] == "Linear(4 -> 3)" and first["calls"] == 1
    assert (first["x_shape"], first["y_shape"]) == ((5, 4), (5, 3))
    assert first["jacobian"] == [15, 20] and relu["jacobian"] == [15, 15]
    assert [r["parameters"] for r in told.records] == [15, 0, 8]
    close([first["x_norm"], first["y_norm"]], [norm(x), norm(h)])
    close(first["x_range"], [x.min(), x.max()])
    close([first["dC_dy_norm"], first["dC_dx_norm"]], [norm(dC_dh), norm(dC_dh @ W)])
    close(first["ratio"], norm(dC_dh @ W) / norm(dC_dh))
    close(first["singular_value"], norm(W, 2))
    close(last["singular_value"], norm(V, 2))
    close(first["parameter_norm"], math.hypot(norm(W), norm(b)))
    grads = norm(dC_dh.T @ x), norm(dC_dh.sum(axis=0))
    close(first["gradient_norm"], math.hypot(*grads))
    close(relu["zero"], (y == 0).mean())
    close(relu["dead"], (y == 0).all(axis=0).mean())
    assert relu["saturated"] == 0 and relu["singular_value"] == 1
    assert relu["parameter_norm"] is relu["gradient_norm"] is None
    assert first["saturated"] is first["dead"] is None
    assert [r["finite"] for r in told.records] == [None] * 3
    assert told.whole["jacobian"] == [10, 20] and told.whole["parameters"] == 23
    close(told.whole["ratio"], norm(dC_dh @ W) / norm(dC_dy))


def test_slopes_tell_saturated_and_dead_units():
    x = np.array([[-9.0, 0.0, -1.0], [5.0, 0.1, -2.0]])
    (tanh,) = nn.explain(nn.Tanh(), x).records
    assert tanh["saturated"] == 2 / 6 and tanh["dead"] == 0 and tanh["zero"] == 1 / 6
    close(tanh["singular_value"], 1)
    (relu,) = nn.explain(nn.ReLU(), x).records
    assert relu["saturated"] == 0 and relu["dead"] == 1 / 3 and relu["zero"] == 4 / 6
    for few in (x[0], x[:1]):
        assert nn.explain(nn.ReLU(), few).records[0]["dead"] is None


def test_norms_are_right_beyond_the_range_of_squares():
    (record,) = nn.explain(nn.MulConstant(1e-100), np.full((2, 2), 3e-200)).records
    close(record["x_norm"], 6e-200)
    close(record["y_norm"], 6e-300)
    (record,) = nn.explain(nn.Identity(), np.full((2, 2), 3e200)).records
    close(record["x_norm"], 6e200)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_single_samples_and_dtypes(dtype, rng):
    net = nn.Sequential(nn.Linear(4, 3, rng=0), nn.ReLU()).astype(dtype)
    told = nn.explain(net, rng.standard_normal(4).astype(dtype))
    assert told.records[0]["x_shape"] == (4,) and told.records[1]["dead"] is None
    close(told.records[0]["singular_value"], norm(net[0].weight, 2), SINGLE)
    json.dumps(told.records)


def test_an_empty_batch():
    net = nn.Sequential(nn.Linear(4, 3, rng=0), nn.ReLU())
    told = nn.explain(net, np.empty((0, 4)))
    assert told.verdict == "y is empty: there is no gradient to judge"
    first, relu = told.records
    assert first["jacobian"] == [0, 0] and first["ratio"] is None
    assert first["x_norm"] == 0 and first["x_range"] is None
    assert relu["zero"] is relu["dead"] is relu["singular_value"] is None
    assert "0x4" in told.text


def test_arguments_are_refused_in_one_line(rng):
    net, x = nn.Sequential(nn.Linear(4, 3, rng=0)), rng.standard_normal((5, 4))
    with pytest.raises(
        TypeError, match="^explain: net has type int, expected a Module$"
    ):
        nn.explain(3, x)
    with pytest.raises(ValueError, match=r"^Linear\(4 -> 3\): x has shape") as caught:
        nn.explain(net, x[:, :2])
    assert caught.value.__notes__ == ["in module 0 of Sequential"]
    wanted = r"^explain: dC_dy has shape \(5, 2\), expected \(5, 3\)$"
    with pytest.raises(ValueError, match=wanted):
        nn.explain(net, x, np.ones((5, 2)))
    with pytest.raises(TypeError, match="^explain: dC_dy is a table of 1, expected"):
        nn.explain(net, x, [np.ones((5, 3))])
    assert net.y is None
