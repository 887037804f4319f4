"""Fitted: transformations of data that are learned from a training set."""

import copy

import numpy as np

from nnmods.core.dtypes import float_dtype
from nnmods.core.states import check_names


class Fitted:
    """Base class: a subclass gives ``fit``, ``transform`` and ``inverse``.

    The attributes named in ``_settings`` and ``_learned`` are its state;
    ``_as_learned`` checks and copies those of a state.
    """

    _settings = _learned = ()

    def fit_transform(self, x):
        """Return ``fit(x).transform(x)``."""
        return self.fit(x).transform(x)

    def state_dict(self):
        """Return its settings and statistics, as a dict; None where it saw no data."""
        names = (*self._settings, *self._learned)
        return {name: copy.deepcopy(getattr(self, name)) for name in names}

    def load_state_dict(self, state):
        """Take over the statistics that `state_dict` returned.

        Raises
        ------
        TypeError
            If ``state`` is no dict.
        ValueError
            If it has other settings, or its statistics do not fit one another; nothing
            changes then.
        """
        owner = type(self).__name__
        check_names(owner, state, self.state_dict())
        for name in self._settings:
            if state[name] != getattr(self, name):
                raise ValueError(
                    f"{owner}: state has {name} {state[name]!r}, "
                    f"expected {getattr(self, name)!r}"
                )
        found = {name: state[name] for name in self._learned}
        if any(value is not None for value in found.values()):
            found = self._as_learned(**found)
        vars(self).update(found)

    def _as_array(self, name, value):
        """Return a copy of what a state has, once known to be finite numbers."""
        array = np.array(value)
        self._require(
            array.dtype == np.float64 and np.isfinite(array).all(),
            f"{name} of finite float64",
        )
        return array

    def _require(self, fits, wanted):
        """Raise unless what a state has fits together."""
        if not fits:
            raise ValueError(f"{type(self).__name__}: state has no {wanted}")

    def _check_fitted(self, fitted):
        if not fitted:
            raise RuntimeError(f"{self!r}: has seen no data, expected fit(x) before")

    def _check_type(self, argument, x):
        if not isinstance(x, np.ndarray) or x.dtype.kind not in "fiub":
            got = getattr(x, "dtype", type(x).__name__)
            raise TypeError(
                f"{self!r}: {argument} has type {got}, expected an array of real "
                "numbers"
            )

    def _dtype_for(self, x):
        """Return the dtype of results: that of x, or the one asked for if integers."""
        dtype = x.dtype if x.dtype.kind == "f" else float_dtype(self.dtype)
        return dtype.newbyteorder("=")
