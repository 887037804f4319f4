"""Rows: what the layers of a network multiply, summed up over all their calls."""

from math import prod

import numpy as np

from nnmods.analysis.kronecker_factors import Layer
from nnmods.core import Container
from nnmods.core.arrays import memory_key
from nnmods.core.parameters import own_parameters
from nnmods.core.tables import map_table

#: What a gradient and the product of its rows may differ by, of the largest entry:
#: rounding to the power 1/2, as fast algorithms round more. Another formula is far off.
POWER = 0.5


class Rows:
    """Sums of outer products of rows in each layer of a network at one x.

    A layer is a set of modules that have all their parameters in common. Its modules
    must say their rows, and their gradient be the product of these, which is tried with
    a gradient that is drawn; and nobody else must use its parameters.
    """

    def __init__(self, at):
        self.at = at
        draw = np.random.default_rng(0).standard_normal
        dC_dy = map_table(lambda a: draw(a.shape).astype(a.dtype), at.y)
        at.net.backward(at.x, dC_dy)
        paths = {id(module): path for path, module in at.net.named_modules()}
        self._modules, groups = {}, {}
        for module, x, g in calls(at.net, at.x, dC_dy):
            a = _inputs(module, x, g)
            if a is not None:
                key = tuple(memory_key(p) for p in module.parameters()[0])
                self._modules[id(module)] = key
                groups.setdefault(key, []).append((module, a))
        used = _users(at.net)
        self._sums = {}  # of each layer: its path, A and G
        for key, found in groups.items():
            own = {id(module) for module, _ in found}
            if all(used[k] <= own for k in key):
                A = sum(a.T @ a for _, a in found) / sum(len(a) for _, a in found)
                self._sums[key] = [paths[id(found[0][0])], A, 0]

    def add(self, column):
        """Let a gradient by y go back, and add its rows to the layers."""
        at, dC_dy = self.at, self.at.as_y(np.ravel(column))
        at.net.backward(at.x, dC_dy)
        for module, _, g in calls(at.net, at.x, dC_dy):
            entry = self._sums.get(self._modules.get(id(module)))
            if entry is not None:
                g = module.kronecker_outputs(g)
                entry[2] = entry[2] + g.T @ g

    def layers(self):
        """Return the layers by path, and the paths of all other parameters."""
        places, start, left_out = {}, 0, []
        covered = {k for key in self._sums for k in key}
        for path, p, _ in self.at.parameters:
            places[memory_key(p)] = slice(start, start + p.size)
            start += p.size
            if memory_key(p) not in covered:
                left_out.append(path)
        layers = {}
        for key, (path, A, G) in self._sums.items():
            own = [places[k] for k in key]
            m = sum(s.stop - s.start for s in own) // len(A)
            G = np.zeros((m, m), A.dtype) if np.ndim(G) == 0 else G
            layers[path] = Layer(A, G, own)
        return layers, left_out


def calls(module, x, dC_dy):
    """Yield (module, x, dC_dy) of each module without children a gradient came by."""
    if not isinstance(module, Container):
        yield module, x, dC_dy
    elif module._inputs is not None and module._grads is not None:
        for i, child in enumerate(module.modules):
            if module._grads[i] is not None:
                yield from calls(child, module._inputs[i], module._grads[i])


def _inputs(module, x, dC_dy):
    """Return the rows of a module's inputs, or None where it is not made of such."""
    parameters, grads = module.parameters()
    if not parameters:
        return None
    a, g = module.kronecker_inputs(x), module.kronecker_outputs(dC_dy)
    if a is None or g is None or a.size == 0 or g.size == 0:
        return None
    m = g.shape[1]
    if len(a) != len(g) or any(len(p) != m for p in parameters):
        return None
    if sum(prod(p.shape[1:]) for p in parameters) != a.shape[1]:
        return None
    module.zero_grad_params()
    module.acc_grad_params(x, dC_dy)
    gradient = np.concatenate([grad.reshape(m, -1) for grad in grads], axis=1)
    error = np.max(np.abs(g.T @ a - gradient))
    allowed = np.finfo(gradient.dtype).eps ** POWER * np.max(np.abs(gradient))
    return a if error <= allowed else None


def _users(net):
    """Return which modules have each parameter as their own."""
    users = {}
    for _, module in net.named_modules():
        for _, p, _ in own_parameters(module):
            users.setdefault(memory_key(p), set()).add(id(module))
    return users
