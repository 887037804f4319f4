"""Row norms once more: the second derivatives of the weight g * v / n.

With the letters of `WeightNorm`, u = v / n, and G a gradient of the weight::

    grad_g = a = sum(G u)              grad_v = g / n (G - a u)

sums being those of each row. |u| is less than 1, since n is more than the length of v.
"""

import numpy as np

from nnmods.containers.row_norms import EPS


def add_bend(v, g, G, dv, dg, grad_v, grad_g):
    """Add to the gradients how they change along (dv, dg), for the same G.

    ::

        n' = sum(u dv)        u' = (dv - u n') / n        a' = sum(G u')
        grad_v' = (dg - g n' / n) / n (G - a u) - g / n (a' u + a u')
    """
    n, u = _units(v)
    dn = _sums(u, dv)
    du = (dv - u * dn) / n
    a, da = _sums(G, u), _sums(G, du)
    grad_g += da
    grad_v += (dg - g * dn / n) / n * (G - a * u) - g / n * (da * u + a * du)


def add_curvatures(v, g, H, G, grad_v, grad_g):
    """Add to the gradients second derivatives, due to those of the weight, H.

    ::

        by g : sum(u^2 H)
        by v : (g / n)^2 (H (1 - 2 u^2) + u^2 sum(u^2 H))
               - g / n^2 (2 u G + a (1 - 3 u^2))        where G is given
    """
    n, u = _units(v)
    uu = np.square(u)
    along = _sums(uu, H)
    grad_g += along
    # (1 - u^2)^2 of the entry itself, and u^2 (sum - u^2 H) of all the others
    grad_v += np.square(g / n) * (np.square(1 - uu) * H + uu * (along - uu * H))
    if G is not None:
        grad_v -= g / np.square(n) * (2 * u * G + _sums(G, u) * (1 - 3 * uu))


def gradients_of_each(v, g, G):
    """Return the gradients of v and g for each of many gradients G (N, *v.shape)."""
    n, u = _units(v)
    a = _sums(G, u)
    return g / n * (G - a * u), a


def _units(v):
    """Return n and u."""
    n = np.sqrt(_sums(v, v) + EPS)
    return n, v / n


def _sums(a, b):
    return np.einsum("...i,...i->...", a, b)[..., None]
