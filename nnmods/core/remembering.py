"""Remembering: what modules that take sequences keep from one call to the next."""

from nnmods.core.forgetting import Forgetting

MODES = ("both", "train", "eval", "neither")


class Remembering(Forgetting):
    """The part of a module that can go on where its last call ended.

    A subclass drops what it keeps in `forget`, and asks `recalls` in `forward`.

    Attributes
    ----------
    remembered : str
        In which mode the state of the last call is used: one of "both", "train",
        "eval" and "neither".
    """

    remembered = "neither"
    _results = ("_kept_in", "_end")
    _kept_in = None  # the mode of the last call
    _end = None  # the states at its end

    def remember(self, mode="both"):
        """Let a call begin with the state that the last one ended with, return self.

        A long sequence can so be fed in parts. The state counts as a constant:
        gradients do not reach the part before. A change between training and
        evaluation forgets it.

        Parameters
        ----------
        mode : {"both", "train", "eval", "neither"}, default="both"
            "eval" does so in evaluation only, "train" in training only, "neither" lets
            each call begin anew, as it is at first.

        Raises
        ------
        ValueError
            If ``mode`` is none of these.
        """
        mode = "both" if mode is None else mode
        if mode not in MODES:
            raise ValueError(
                f"{type(self).__name__}: mode is {mode!r}, expected one of "
                f"{', '.join(map(repr, MODES))}"
            )
        self.remembered = mode
        return self

    def recalls(self):
        """Tell whether this call goes on from the last one; forget that otherwise."""
        now = "train" if self.train else "eval"
        if self.remembered not in ("both", now) or self._kept_in != now:
            self.forget()
        self._kept_in = now
        return self.remembered in ("both", now)

    def kept(self):
        """Return what the last call left for the next one, as data."""
        return {"mode": self._kept_in, "end": self._end}

    def put_kept(self, kept):
        """Go on as if the last call had left what `kept` returned."""
        self._kept_in, self._end = kept["mode"], kept["end"]
