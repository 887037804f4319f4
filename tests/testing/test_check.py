"""The battery finds planted mistakes, and says which."""

import numpy as np
import pytest

import nnmods as nn
from nnmods.testing import ContractError, check_module


class Scale(nn.Module):
    """A right module, from which each test below plants one mistake."""

    def __init__(self, n=4):
        self.gain = np.linspace(0.5, 2, n)
        self.grad_gain = np.zeros(n)

    def forward(self, x):
        return self.gain * x

    def backward(self, x, dC_dy):
        return self.gain * dC_dy

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        share = (dC_dy * x).reshape(-1, x.shape[-1]).sum(axis=0)
        self.grad_gain += scale * share


def x():
    return np.random.default_rng(0).standard_normal((5, 4))


def test_a_right_module_passes():
    check_module(Scale(), x())


def test_the_module_is_left_as_it_was():
    module = Scale()
    module.grad_gain[...] = 3
    check_module(module, x())
    assert (module.grad_gain == 3).all() and (
        module.gain == np.linspace(0.5, 2, 4)
    ).all()


class WrongSign(Scale):
    def backward(self, x, dC_dy):
        return -self.gain * dC_dy


class WrongShape(Scale):
    def backward(self, x, dC_dy):
        return (self.gain * dC_dy)[:1]


class NoScale(Scale):
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        super().acc_grad_params(x, dC_dy)


class Overwrites(Scale):
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_gain[...] = 0
        super().acc_grad_params(x, dC_dy, scale)


class Averages(Scale):
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        super().acc_grad_params(x, dC_dy, scale / len(x))


class ChangesGradient(Scale):
    def backward(self, x, dC_dy):
        dC_dy *= self.gain
        return dC_dy


class ChangesInput(Scale):
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        super().acc_grad_params(x, dC_dy, scale)
        x += 1e-13


class LosesSingle(Scale):
    def forward(self, x):
        return np.float64(1) * self.gain * np.asarray(x, float)


class Rebinds(Scale):
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        before = self.grad_gain
        super().acc_grad_params(x, dC_dy, scale)
        self.grad_gain = before.copy()


class ResetRebinds(Scale):
    def reset(self, rng=None):
        self.gain = np.ones(4)
        return self


class WrongTangent(Scale):
    def jvp(self, x, dx, dparams=None):
        return self.gain * dx


class WantsBatch(Scale):
    def forward(self, x):
        return np.einsum("j,ij->ij", self.gain, x)


class WantsContiguous(Scale):
    def forward(self, x):
        flat = x.ravel(order="K").reshape(x.shape)
        return self.gain * flat


@pytest.mark.parametrize(
    ("module", "text"),
    [
        (WrongSign, "backward: the inner product is"),
        (WrongShape, "dC_dx has shape"),
        (NoScale, "grad of gain after two calls, of scale 0.5 and 1,"),
        (Overwrites, "grad of gain after two calls"),
        (Averages, "grad of gain: the inner product is"),
        (ChangesGradient, ""),
        (ChangesInput, "x was written to"),
        (LosesSingle, "y has dtype float64 for float32 arguments"),
        (Rebinds, "grad of gain"),
        (ResetRebinds, "gain is no view of the flat vector after reset"),
        (WrongTangent, "jvp: the inner product is"),
        (WantsContiguous, "y for .* x differs in"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_mistakes_are_named(module, text):
    with pytest.raises(ContractError, match=rf"{module.__name__}\(\): .*{text}"):
        check_module(module(), x())


def test_a_module_for_batches_only_is_no_mistake_unless_one_says_so():
    check_module(WantsBatch(), x())
    with pytest.raises(ValueError, match="einstein|dimension|operand"):
        check_module(WantsBatch(), x(), single=True)


class WrongAlone(Scale):
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_gain += scale * (dC_dy * x).sum(axis=0)  # of one sample: a number


def test_a_wrong_gradient_of_a_sample_alone_is_found_where_it_is_demanded():
    check_module(WrongAlone(), x())
    with pytest.raises(ContractError, match="gradients of one sample"):
        check_module(WrongAlone(), x(), single=True)


class DividesBySize(Scale):
    def forward(self, x):
        return self.gain * x * (len(x) // len(x))


def test_an_empty_batch_may_be_demanded():
    check_module(DividesBySize(), x(), independent=False)
    with pytest.raises(ZeroDivisionError):
        check_module(DividesBySize(), x(), empty=True)
