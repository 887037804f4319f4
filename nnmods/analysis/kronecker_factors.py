"""KroneckerFactors: a curvature in blocks A (x) G, and its damped inverse."""

import math
from typing import NamedTuple

import numpy as np
from scipy.sparse.linalg import LinearOperator


class Layer(NamedTuple):
    """The factors of a layer, and where its parameters stand among all."""

    A: np.ndarray  # (K, K)
    G: np.ndarray  # (M, M)
    places: list  # a slice of the flat vector for each parameter

    def product(self, left, right, v):
        """Return left V right, for V (M, K): the parameters side by side."""
        V = np.concatenate([v[s].reshape(len(left), -1) for s in self.places], axis=1)
        return left @ V @ right

    def put(self, V, out):
        """Write V (M, K) to the places of the parameters in ``out``."""
        start = 0
        for s in self.places:
            stop = start + (s.stop - s.start) // max(len(V), 1)
            out[s] = V[:, start:stop].reshape(-1)
            start = stop


class KroneckerFactors:
    """Factors of the curvature of each layer, which `kfac` returns.

    Attributes
    ----------
    factors : dict of str to (A, G)
        By the path of the layer; that of its first place, where it stands at several.
    left_out : list of str
        The paths of parameters that no layer has: they have a diagonal block.
    """

    def __init__(self, layers, left_out, diagonal):
        self.factors = {path: (layer.A, layer.G) for path, layer in layers.items()}
        self.left_out = left_out
        self._layers = list(layers.values())
        self._diagonal = diagonal.copy()
        for layer in self._layers:
            for s in layer.places:
                self._diagonal[s] = 0

    def operator(self):
        """Return the curvature as a symmetric `LinearOperator`.

        ::

            A (x) G for each layer:  V -> G V A,     V = [weight bias], (M, K)

        It is in the order of `flatten_parameters`, and 0 from layer to layer.
        """
        pairs = [(layer.G, layer.A) for layer in self._layers]
        return self._blocks(pairs, self._diagonal)

    def inverse(self, damping):
        """Return the inverse of the damped curvature as a symmetric `LinearOperator`.

        ::

            (A + pi sqrt(damping) I)^-1 (x) (G + sqrt(damping) / pi I)^-1
            pi^2 = (trace A / len A) / (trace G / len G),   or 1 where one of them is 0

        This is factored Tikhonov damping (J. Martens, R. Grosse, ICML 2015, section
        6.3): near to the inverse of A (x) G + damping I. Parameters left out have
        1 / (diagonal + damping).

        Parameters
        ----------
        damping : float

        Raises
        ------
        ValueError
            If ``damping`` is not positive.
        """
        if not 0 < damping < math.inf:
            raise ValueError(f"kfac: damping is {damping}, expected a positive number")
        root, pairs = math.sqrt(damping), []
        for A, G, _ in self._layers:
            pi = _balance(A, G)
            pairs.append((_inverse(G, root / pi), _inverse(A, root * pi)))
        return self._blocks(pairs, 1 / (self._diagonal + damping))

    def _blocks(self, pairs, diagonal):
        def product(v):
            v = np.ravel(v)
            out = diagonal * v
            for layer, (left, right) in zip(self._layers, pairs, strict=True):
                layer.put(layer.product(left, right, v), out)
            return out

        n, dtype = diagonal.size, diagonal.dtype
        return LinearOperator((n, n), product, product, dtype=dtype)


def _balance(A, G):
    """Return pi: by how much more A is damped than G."""
    of_a, of_g = (np.trace(F, dtype=float) / max(len(F), 1) for F in (A, G))
    return math.sqrt(of_a / of_g) if of_a > 0 and of_g > 0 else 1.0


def _inverse(factor, damping):
    """Return (factor + damping I)^-1, of a matrix without negative eigenvalues."""
    values, vectors = np.linalg.eigh(factor.astype(float))
    values = np.maximum(values, 0) + damping  # below 0 is rounding
    return ((vectors / values) @ vectors.T).astype(factor.dtype)
