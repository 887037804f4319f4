"""Row norms: a matrix as lengths times directions, and the way back of gradients.

Everywhere ``v`` has a row for each output, ``g`` a length, (outputs, 1), and ``work``
is a `Workspace`. The letters are those of `WeightNorm`.
"""

import numpy as np

#: Added to the squared lengths of v, as in Torch7.
EPS = 1e-4


def lengths(v, work):
    """Return n, the lengths of the rows of v, and an array of the shape of v."""
    n, product = work("n", (len(v), 1), v.dtype), work("product", v.shape, v.dtype)
    np.add.reduce(np.multiply(v, v, out=product), axis=1, keepdims=True, out=n)
    np.add(n, EPS, out=n)
    return np.sqrt(n, out=n), product


def weight_of(v, g, work):
    """Return (g / n) * v."""
    n, product = lengths(v, work)
    return np.multiply(v, np.divide(g, n, out=n), out=product)


def add_gradients(v, g, grad_weight, grad_v, grad_g, work):
    """Add to ``grad_v`` and ``grad_g`` what is due to a gradient of the weight.

    ``grad_weight`` has the shape of v and is overwritten.
    """
    n, product = lengths(v, work)
    dC_dg = work("dC_dg", n.shape, n.dtype)
    np.multiply(grad_weight, v, out=product)
    np.add.reduce(product, axis=1, keepdims=True, out=dC_dg)
    np.divide(dC_dg, n, out=dC_dg)
    np.add(grad_g, dC_dg, out=grad_g)
    np.divide(dC_dg, n, out=dC_dg)
    np.subtract(grad_weight, np.multiply(v, dC_dg, out=product), out=grad_weight)
    np.multiply(grad_weight, np.divide(g, n, out=n), out=grad_weight)
    np.add(grad_v, grad_weight, out=grad_v)


def direction_of(v, g, dv, dg, work):
    """Return the change of the weight along a direction of v and g.

    ::

        (g / n) * dv + (dg - g / n * sum(v * dv) / n) / n * v
    """
    n, product = lengths(v, work)
    total, dv = np.vecdot(v, dv)[:, None] / n, dv * (g / n)
    return np.add(dv, np.multiply(v, (dg - g / n * total) / n, out=product))
