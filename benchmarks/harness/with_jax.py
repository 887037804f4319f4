"""Contestants of JAX: hand-written, jitted steps on a list of parameters.

Results are waited for within the clock. Images are (N, C, H, W), as everywhere; XLA
brings them into the order that it likes best.
"""

import itertools

import jax
import jax.numpy as jnp
from jax import lax

import nnmods as nn
from harness.ours import ADAM_LR, EPS, LR
from harness.row import NoCounterpart


def _convolution(m):
    def convolve(x, weight, bias):
        y = lax.conv_general_dilated(
            x,
            weight,
            m.stride,
            [(p, p) for p in m.padding],
            rhs_dilation=m.dilation,
            feature_group_count=m.groups,
        )
        return y + bias.reshape(-1, *[1] * m.axes)

    return convolve


def _max_pooling(m):
    window, step = (1, 1, *m.kernel_size), (1, 1, *m.stride)
    return lambda x: lax.reduce_window(x, -jnp.inf, lax.max, window, step, "VALID")


#: For each class of ours, what makes a function of x and its parameters.
COUNTERPARTS = {
    nn.Flatten: lambda m: lambda x: x.reshape(len(x), -1),
    nn.ReLU: lambda m: jax.nn.relu,
    nn.Tanh: lambda m: jnp.tanh,
    nn.Linear: lambda m: lambda x, weight, bias: x @ weight.T + bias,
    nn.SpatialConvolution: _convolution,
    nn.VolumetricConvolution: _convolution,
    nn.SpatialMaxPooling: _max_pooling,
    nn.SpatialAdaptiveAveragePooling: lambda m: (
        lambda x: x.mean((2, 3), keepdims=True)  # of the size 1x1
    ),
}


def as_jax(net):
    """Return a function of parameters and x, and the parameters of ``net``."""
    chain = []
    for module in net.modules if isinstance(net, nn.Sequential) else [net]:
        if type(module) not in COUNTERPARTS:
            raise NoCounterpart(type(module).__name__)
        function = COUNTERPARTS[type(module)](module)
        chain.append((function, len(module.parameters()[0])))

    def apply(parameters, x):
        parameters = iter(parameters)
        for function, n in chain:
            x = function(x, *itertools.islice(parameters, n))
        return x

    return apply, [jnp.array(p) for p in net.parameters()[0]]


def sgd(p, grads, state):
    return [q - LR * g for q, g in zip(p, grads, strict=True)], state


def adam(p, grads, state):
    k, m, v = state
    k = k + 1
    m = [0.9 * a + 0.1 * g for a, g in zip(m, grads, strict=True)]
    v = [0.999 * a + 0.001 * g * g for a, g in zip(v, grads, strict=True)]
    rate = ADAM_LR * jnp.sqrt(1 - 0.999**k) / (1 - 0.9**k)
    moments = zip(p, m, v, strict=True)
    return [q - rate * a / (jnp.sqrt(b) + EPS) for q, a, b in moments], (k, m, v)


class Training:
    """Forward, criterion, all gradients, a step of the optimiser: one jitted function.

    Parameters and state are given away to it, so that it may update them in place.
    """

    def __init__(self, net, batches, optimiser):
        apply, self.parameters = as_jax(net)
        update, self.state = sgd, ()
        if optimiser == "Adam":
            update = adam
            moments = [[jnp.zeros_like(p) for p in self.parameters] for _ in "mv"]
            self.state = (jnp.zeros(()), *moments)

        def cost(parameters, x, target):
            logs = jax.nn.log_softmax(apply(parameters, x))
            return -logs[jnp.arange(len(x)), target].mean()

        def step(parameters, state, x, target):
            C, grads = jax.value_and_grad(cost)(parameters, x, target)
            return C, *update(parameters, grads, state)

        self.step = jax.jit(step, donate_argnums=(0, 1))
        self.gradients = jax.jit(jax.value_and_grad(cost))
        batches = [(jnp.array(x), jnp.array(target)) for x, target in batches]
        self.first, self.start = batches[0], None
        self.batches = itertools.cycle(batches)

    def __call__(self):
        x, target = next(self.batches)
        step = self.step(self.parameters, self.state, x, target)
        _, self.parameters, self.state = jax.block_until_ready(step)

    def results(self):
        C, grads = self.gradients(self.parameters, *self.first)
        self.start = self.start or [jnp.array(p) for p in self.parameters]
        results = {"cost": C}
        for i, (p, grad) in enumerate(zip(self.parameters, grads, strict=True)):
            results[f"gradient {i}"] = grad
            results[f"change {i}"] = p - self.start[i]
        return results


class Inference:
    """Forward."""

    def __init__(self, net, x):
        apply, self.parameters = as_jax(net)
        self.apply, self.x = jax.jit(apply), jnp.array(x)

    def __call__(self):
        return self.apply(self.parameters, self.x).block_until_ready()

    def results(self):
        return {"y": self()}


class OneModule:
    """Forward and all gradients, of a given dC_dy."""

    def __init__(self, net, x, dC_dy):
        apply, self.parameters = as_jax(net)
        self.x, self.dC_dy = jnp.array(x), jnp.array(dC_dy)

        def step(parameters, x, dC_dy):
            y, pull = jax.vjp(apply, parameters, x)
            return y, pull(dC_dy)

        self.step = jax.jit(step)

    def __call__(self):
        return jax.block_until_ready(self.step(self.parameters, self.x, self.dC_dy))

    def results(self):
        y, (grads, dC_dx) = self()
        gradients = {f"gradient {i}": grad for i, grad in enumerate(grads)}
        return {"y": y, "dC_dx": dC_dx} | gradients
