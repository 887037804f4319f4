"""Gates: the sums in them for all steps at once, and weights with a part for each."""

import numpy as np

from nnmods.kernels.products import product
from nnmods.kernels.threads import in_lanes, lanes_for, share
from nnmods.layers.recurrent.dual import Dual

#: Sequences from which on a product for each step and gate beats one for all steps:
#: it is short enough for BLAS to take its factors where they are.
LEAST_SEQUENCES = 16


def by_gate(sums, gates):
    """Return (T, N, gates * H) as a view (T, gates, N, H)."""
    T, N, width = sums.shape
    return sums.reshape(T, N, gates, width // gates).transpose(0, 2, 1, 3)


def sums_of(rows, shape, weight, bias, factors, work, name):
    """Return ``(rows @ weight + bias) * factors`` of all steps, (T, gates, N, H).

    Parameters
    ----------
    rows : ndarray, shape (T * N, in)
    shape : tuple
        T and N.
    weight : ndarray, shape (in, gates * H)
    bias : ndarray, shape (gates * H,), or None
    factors : ndarray, shape (gates, 1)
        For each gate. They go into a copy of the weight, which is smaller.
    work : Workspace
        For the results, under ``name``.
    """
    (D, width), gates, dtype = weight.shape, len(factors), rows.dtype
    both = work(f"weight for {name}", (D + 1, width), dtype)
    parts = both.reshape(D + 1, gates, width // gates)
    np.multiply(weight.reshape(parts[:D].shape), factors, out=parts[:D])
    parts[D] = 0
    if bias is not None:
        np.multiply(bias.reshape(parts[D].shape), factors, out=parts[D])
    sums = work(name, (*shape, width), dtype)
    product(rows, both[:D], sums.reshape(len(rows), width), both[D])
    return by_gate(sums, gates)


def sums_filler(rows, weight, bias, factors, out, work):
    """Return a function that writes what `sums_of` returns to steps of ``out``.

    It takes a slice of the steps, and with the first writes all where there are few
    sequences. The other arguments are those of `sums_of`, and ``out`` is (T, gates, N,
    H) in one piece.
    """
    T, gates, N, H = out.shape
    if N < LEAST_SEQUENCES:

        def fill_all(steps):
            if steps.start == 0:
                out[...] = sums_of(rows, (T, N), weight, bias, factors, work, "sums")

        return fill_all
    x, dtype = rows.reshape(T, N, len(weight)), out.dtype
    parts = weights_of(weight, factors, dtype, work, "weight of x")
    biases = work("biases", (gates, N, H), dtype)
    np.copyto(biases, (bias.reshape(gates, H) * factors)[:, None])

    def fill(steps):
        some, sums = x[steps, None], out[steps]
        products = some.size * gates * H
        lanes = max(1, min(lanes_for(products=products), len(some)))

        def task(lane):
            part = share(len(some), lanes, lane)
            np.matmul(some[part], parts, out=sums[part])
            np.add(sums[part], biases, out=sums[part])

        in_lanes(task, lanes)

    return fill


def weights_of(weight, factors, dtype, work, name):
    """Return a copy of a weight (R, gates * H) times its factors, (gates, R, H)."""
    (R, width), gates = weight.shape, len(factors)
    parts = work(name, (gates, R, width // gates), dtype)
    np.multiply(
        weight.reshape(R, *parts.shape[::2]), factors, out=parts.transpose(1, 0, 2)
    )
    return parts


def transposes_of(weight, gates, dtype, work, name):
    """Return a copy of the transposes of its parts, (gates, H, R)."""
    R, width = weight.shape
    parts = work(name, (gates, width // gates, R), dtype)
    parts[...] = weight.reshape(R, gates, width // gates).transpose(1, 2, 0)
    return parts


def parts_of(weight, gates):
    """Return the parts (R, H) of a weight (R, gates * H), a `Dual` each."""
    values = np.split(weight.value, gates, axis=1)
    tangents = [None] * gates
    if weight.tangent is not None:
        tangents = np.split(weight.tangent, gates, axis=1)
    return [*map(Dual, values, tangents)]


def join(sums, value, tangent):
    """Write what is by gate, a `Dual` each, side by side into (N, gates * H)."""
    np.concatenate([dual.value for dual in sums], axis=1, out=value)
    np.concatenate([dual.tangent for dual in sums], axis=1, out=tangent)
