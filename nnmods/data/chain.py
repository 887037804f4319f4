"""Chain: transformations of data, one after another."""

from nnmods.core.states import check_names, load_parts, states_of


class Chain:
    """One transformation after another, such as ``Chain(Normalizer(), Whitening())``.

    ::

        transform(x) = last.transform(... first.transform(x))
        inverse(y)   = first.inverse(... last.inverse(y))

    Parameters
    ----------
    *stages : Normalizer, Whitening or Chain
        Or others with fit, transform, inverse, state_dict and load_state_dict.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.data import Normalizer, Whitening
    >>> chain = Chain(Normalizer(), Whitening())
    >>> x = np.array([[0.0, 10.0], [1.0, 30.0], [2.0, 20.0]])
    >>> np.allclose(chain.inverse(chain.fit_transform(x)), x)
    True
    """

    def __init__(self, *stages):
        for k, stage in enumerate(stages):
            for verb in ("fit", "transform", "inverse"):
                if not hasattr(stage, verb):
                    raise TypeError(
                        f"Chain: stage {k} has type {type(stage).__name__} without "
                        f"{verb}, expected a transformation such as Normalizer()"
                    )
        self.stages = stages

    def fit(self, x):
        """Fit each stage to what those before it make of ``x``; return self.

        Where one fails, all are as they were.
        """
        self.fit_transform(x)
        return self

    def fit_transform(self, x):
        """Return ``fit(x).transform(x)``."""
        before = self.state_dict()
        try:
            for stage in self.stages:
                x = stage.fit(x).transform(x)
        except Exception:
            self.load_state_dict(before)
            raise
        return x

    def transform(self, x):
        """Return what the last stage makes of it; errors as in the stages."""
        for stage in self.stages:
            x = stage.transform(x)
        return x

    def inverse(self, y):
        """Return what `transform` makes ``y`` of; errors as in the stages."""
        for stage in reversed(self.stages):
            y = stage.inverse(y)
        return y

    def state_dict(self):
        """Return the states of the stages by their places."""
        return states_of(self._parts())

    def load_state_dict(self, state):
        """Give each stage its state: all of them, or none."""
        check_names("Chain", state, self._parts())
        load_parts("Chain", self._parts(), state)

    def _parts(self):
        return {str(k): stage for k, stage in enumerate(self.stages)}

    def __repr__(self):
        return f"Chain({', '.join(map(repr, self.stages))})"
