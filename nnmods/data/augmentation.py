"""Augmentation: a random change of a batch, and chains of them."""

import numpy as np

from nnmods.core import get_rng
from nnmods.core.states import Restorable, check_names, load_parts, states_of
from nnmods.data.buffers import Buffer


class Augmentation:
    """Base class: a subclass gives ``transform(x)``, which returns its own buffer.

    Called as ``augmentation(x, target)``, the way `Minibatches` calls its transform, it
    returns the transformed x beside the same target.

    **State.** What is returned is overwritten by the next call. x is never written to;
    dtype and memory order are those of x.

    Parameters
    ----------
    rng : int, numpy.random.Generator or None
        Draws what changes from sample to sample.
    """

    def __init__(self, rng):
        self._rng = get_rng(rng)
        self._y = Buffer()

    @property
    def rngs(self):
        """The generators that are drawn from."""
        return [self._rng]

    def __call__(self, x, target):
        return self.transform(x), target

    def state_dict(self):
        """Return the state of its generator, as a dict."""
        return states_of(self._parts())

    def load_state_dict(self, state):
        """Let its generator, which others may share, go on from a state."""
        parts = self._parts()
        check_names(type(self).__name__, state, parts)
        load_parts(type(self).__name__, parts, state)

    def _parts(self):
        return {"rng": Restorable(type(self).__name__, self._rng)}


class Augment:
    """One transform after another.

    Parameters
    ----------
    *stages : functions
        Each ``stage(x, target)`` returns a pair, as augmentations do.

    Examples
    --------
    >>> from nnmods.data import GaussianNoise, RandomFlip
    >>> augment = Augment(RandomFlip(rng=0), GaussianNoise(0.1, rng=1))
    >>> x, target = augment(np.zeros((2, 1, 3, 3)), np.arange(2))
    >>> x.shape
    (2, 1, 3, 3)
    """

    def __init__(self, *stages):
        for k, stage in enumerate(stages):
            if not callable(stage):
                raise TypeError(
                    f"Augment: stage {k} has type {type(stage).__name__}, "
                    "expected a function of x and target"
                )
        self.stages = stages

    @property
    def rngs(self):
        """The generators that are drawn from."""
        return [rng for stage in self.stages for rng in getattr(stage, "rngs", ())]

    def __call__(self, x, target):
        for stage in self.stages:
            x, target = stage(x, target)
        return x, target

    def state_dict(self):
        """Return the states of the stages by their places; None of what has none."""
        return states_of(self._parts())

    def load_state_dict(self, state):
        """Give each stage its state: all of them, or none."""
        check_names("Augment", state, self._parts())
        load_parts("Augment", self._parts(), state)

    def _parts(self):
        return {str(k): stage for k, stage in enumerate(self.stages)}


def check_images(owner, x):
    """Raise unless ``x`` is an array of images, (N, C, H, W) or (N, H, W).

    Raises
    ------
    TypeError
        If it is no array of real numbers.
    ValueError
        If it has another number of axes.
    """
    check_numbers(owner, x, "fiub", "real numbers")
    if x.ndim not in (3, 4):
        raise ValueError(
            f"{owner}: x has shape {x.shape}, expected (N, C, H, W) or (N, H, W)"
        )


def check_numbers(owner, x, kinds, wanted):
    """Raise unless ``x`` is an array whose dtype is of one of some kinds."""
    if not isinstance(x, np.ndarray) or x.dtype.kind not in kinds:
        got = getattr(x, "dtype", type(x).__name__)
        raise TypeError(f"{owner}: x has type {got}, expected an array of {wanted}")
