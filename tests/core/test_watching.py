"""Watch reports each call of a sweep once."""

import numpy as np
import pytest

import nnmods as nn
from nnmods.analysis import Watch


class ByHand(nn.Module):
    """A user's module that calls its own verbs, and a child, where it likes."""

    def __init__(self):
        super().__init__()
        self.inner = nn.Tanh()

    def forward(self, x):
        if x.ndim == 1:
            return self.forward(x[None])[0]
        return self.inner.forward(x)

    def backward(self, x, dC_dy):
        y = self.forward(x)  # instead of remembering it
        return (1 - y**2) * dC_dy


def watched(net):
    """Return the copy of a net, and the lists that its calls go to."""
    seen = {"forward": [], "before": [], "after": []}
    watch = Watch(
        net,
        after_forward=lambda path, *_: seen["forward"].append(path),
        before_backward=lambda path, *_: seen["before"].append(path),
        after_backward=lambda path, *_: seen["after"].append(path),
    )
    return watch, seen


def test_each_call_of_a_sweep_is_reported(rng):
    net = nn.Sequential(nn.Linear(4, 3), nn.Sequential(nn.Tanh()))
    watch, seen = watched(net)
    y = watch.net.forward(rng.standard_normal((5, 4)))
    watch.net.backward(watch.net._x, np.ones_like(y))
    assert seen["forward"] == ["0", "1.0", "1", ""]
    assert seen["before"] == ["", "1", "1.0", "0"]
    assert seen["after"] == ["1.0", "1", "0", ""]
    assert net.y is None and net[0].y is None


def test_calls_that_are_no_part_of_the_sweep_are_not_reported(rng):
    watch, seen = watched(ByHand())
    x = rng.standard_normal(3)
    y = watch.net.forward(x)
    assert seen["forward"] == ["inner", ""]
    watch.net.backward(x, y)
    assert seen == {"forward": ["inner", ""], "before": [""], "after": [""]}


def test_calls_in_a_report_are_not_reported(rng):
    seen = []

    def again(path, module, x, dC_dy):
        seen.append(path)
        module.backward(x, dC_dy)

    watch = Watch(nn.Sequential(nn.Tanh(), nn.Abs()), before_backward=again)
    x = rng.standard_normal((2, 3))
    watch.net.backward(x, watch.net.forward(x).copy())
    assert seen == ["", "1", "0"]


def test_stand_ins_report_under_one_path(rng):
    watch, seen = watched(nn.Sequencer(nn.Linear(4, 3)))
    watch.net.forward(rng.standard_normal((6, 5, 4)))
    assert seen["forward"] == ["0"] * 6 + [""]


def test_an_error_of_a_module_passes_and_the_next_sweep_is_reported(rng):
    watch, seen = watched(nn.Sequential(nn.Linear(4, 3)))
    with pytest.raises(ValueError, match="x has shape") as caught:
        watch.net.forward(np.ones((5, 2)))
    assert caught.value.__notes__ == ["in module 0 of Sequential"]
    watch.net.forward(np.ones((5, 4)))
    assert seen["forward"] == ["0", ""]
