"""Modules and inputs that a diagnosis must survive: no traceback, no false alarm."""

import threading

import numpy as np
import pytest
from testing.mistakes.affine import Affine, Squarish, TransposedSquare
from testing.mistakes.planting import draw

import nnmods as nn
from nnmods.testing import diagnose


class Limited(Affine):
    """Each verb works so many times, and then raises."""

    def __init__(self, **limits):
        super().__init__()
        self.left = limits

    def _count(self, verb):
        self.left[verb] = self.left.get(verb, np.inf) - 1
        if self.left[verb] < 0:
            raise RuntimeError(f"{verb} is used up")

    def forward(self, x):
        self._count("forward")
        return super().forward(x)

    def backward(self, x, dC_dy):
        self._count("backward")
        return super().backward(x, dC_dy)

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self._count("acc_grad_params")
        super().acc_grad_params(x, dC_dy, scale)


@pytest.mark.parametrize(
    "verb, term, count",
    [
        *(("forward", "y", n) for n in (0, 1, 2, 3, 5, 9)),
        *(("backward", "dC_dx", n) for n in (0, 1)),
        *(("acc_grad_params", "grad_weight", n) for n in (0, 1, 4)),
    ],
)
def test_a_verb_that_breaks_in_a_later_call(verb, term, count):
    [finding] = diagnose(Limited(**{verb: count}), draw((5, 4))).findings
    assert (finding.term, finding.mistake, finding.verb) == (term, "raises", verb)
    assert finding.code.startswith("raise RuntimeError")


class Bounded(nn.Module):
    """Takes no numbers beyond 1, and no parameter but its own."""

    def __init__(self):
        self.gain, self.grad_gain = np.ones(2), np.zeros(2)

    def forward(self, x):
        if (x > 1).any() or (self.gain != 1).any():
            raise ValueError("is too large")
        return self.gain * x

    def backward(self, x, dC_dy):
        return self.gain * dC_dy

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_gain += scale * (dC_dy * x).sum(axis=0)


def test_what_cannot_be_measured_is_noted():
    found = diagnose(Bounded(), np.array([[1.0, 0.5], [0.2, 0.1]]))
    assert found.ok and found.notes == [
        "dC_dx was not measured: beside x, forward raises ValueError: is too large",
        "grad_gain was not measured: beside gain, forward raises ValueError: is too "
        "large",
    ]


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_numbers_that_are_not_finite_raise_no_alarm(number):
    x = draw((5, 4))
    x[1, 2] = number
    found = diagnose(Affine(), x)
    assert found.ok and found.kinks == []
    assert found.notes[0].startswith("y is not finite in 3 entries, as x is not")
    assert diagnose(nn.Tanh(), x).ok


class Positive(nn.Module):
    def forward(self, x):
        return x > 0

    def backward(self, x, dC_dy):
        return np.zeros_like(x)


def test_truth_values_have_no_slope():
    assert diagnose(Positive(), draw((5, 3))).ok


class Exponential(nn.Module):
    def forward(self, x):
        return np.exp(x)

    def backward(self, x, dC_dy):
        return dC_dy * np.exp(x)


def test_of_whole_numbers_alone_no_dtype_follows():
    assert diagnose(Exponential(), np.arange(6).reshape(2, 3)).ok


class Cube(nn.Module):
    def forward(self, x):
        return x**3

    def backward(self, x, dC_dy):
        return 3 * dC_dy * x**2


class Logarithm(nn.Module):
    def forward(self, x):
        return np.log(x)

    def backward(self, x, dC_dy):
        return dC_dy / x


@pytest.mark.parametrize(
    "module, x",
    [
        (Cube(), np.zeros((5, 3))),
        (Cube(), 1e-4 * draw((5, 3))),
        (Logarithm(), 1e-4 * np.exp(draw((5, 3)))),
    ],
)
def test_where_y_bends_much_within_a_step(module, x):
    assert diagnose(module, x).ok


def test_what_a_step_remembers_by_design_is_no_state_left_behind():
    assert diagnose(nn.LSTM(4, 3, rng=0), draw((5, 4))).ok


class Locked(Affine):
    def __init__(self):
        super().__init__()
        self.lock = threading.Lock()


def test_a_module_without_copies():
    [finding] = diagnose(Locked(), draw((5, 4))).findings
    assert (finding.term, finding.mistake) == ("module", "raises")
    assert finding.message.startswith("no copy can be made, TypeError: ")
    assert finding.code == "def __init__(self):"


@pytest.mark.parametrize("make", [nn.MapTable, nn.Sequencer])
def test_a_child_with_stand_ins_is_blamed(make):
    x = [draw((5, 3)), draw((4, 3))]
    assert diagnose(make(Squarish()), x).ok
    [finding] = diagnose(make(TransposedSquare()), x).findings
    assert (finding.term, finding.mistake) == ("0.dC_dx", "transposed-weight")


class Residual(nn.Container):
    """A container whose verbs are its own."""

    def forward(self, x):
        return x + self.modules[0].forward(x)

    def backward(self, x, dC_dy):
        return self.modules[0].backward(x, dC_dy)

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.modules[0].acc_grad_params(x, dC_dy, scale)


def test_a_container_with_verbs_of_its_own_is_blamed_itself():
    [finding] = diagnose(Residual(nn.Tanh()), draw((5, 3))).findings
    assert (finding.term, finding.mistake) == ("dC_dx", "use-not-summed")


@pytest.mark.parametrize(
    "x, error, text",
    [
        ([[1.0, 2.0], [3.0]], ValueError, "x has lists of unequal lengths, expected"),
        (np.ones(3) + 1j, TypeError, "x has dtype complex128, expected real numbers"),
        ([np.ones(3), None], TypeError, "x has dtype object, expected real numbers"),
    ],
)
def test_an_x_without_numbers(x, error, text):
    with pytest.raises(error, match=f"^diagnose: {text}"):
        diagnose(nn.Tanh(), x)
