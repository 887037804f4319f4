"""Watching: what goes through each module of a network in a sweep."""

import contextlib

from nnmods.core.container import Container


class Watch:
    """A copy of a network whose modules report each of their calls.

    The network itself is left as it is: its results, gradients, running statistics and
    generators. Modules that have stand-ins, as in a `MapTable` or a `Sequencer`, report
    the calls of all of these. While a report is made, calls are not reported, nor are
    those that are no part of the sweep: a module that is called by itself, or forward
    in the middle of a backward.

    Parameters
    ----------
    net : Module
    after_forward : callable, default=None
        Called as ``after_forward(path, module, x, y)``.
    before_backward : callable, default=None
        Called as ``before_backward(path, module, x, dC_dy)``, when the module has done
        its last `forward` with that x: its verbs may be called.
    after_backward : callable, default=None
        Called as ``after_backward(path, module, x, dC_dy, dC_dx)``.

    Attributes
    ----------
    net : Module
        The copy. Arrays in reports are buffers, which later calls overwrite.

    Examples
    --------
    >>> import numpy as np
    >>> import nnmods as nn
    >>> net, seen = nn.Sequential(nn.Linear(4, 3), nn.Tanh()), []
    >>> note = lambda path, module, x, y: seen.append((path, x.shape, y.shape))
    >>> y = Watch(net, after_forward=note).net.forward(np.ones(4))
    >>> seen
    [('0', (4,), (3,)), ('1', (3,), (3,)), ('', (4,), (3,))]
    """

    def __init__(
        self, net, *, after_forward=None, before_backward=None, after_backward=None
    ):
        self.after_forward = after_forward
        self.before_backward = before_backward
        self.after_backward = after_backward
        self._quiet = False
        self._calls = []  # a verb and a module for each call that has not returned
        self.net = net.clone()
        for path, module in self.net.named_modules():
            if isinstance(module, Container):
                module.in_place = False  # results are not to be written over
            module.__class__ = self._watched(type(module), path)

    def report(self, callback, *what):
        """Call back, unless nobody wants it or another report is being made."""
        if callback is None or self._quiet:
            return
        self._quiet = True
        try:
            callback(*what)
        finally:
            self._quiet = False

    @contextlib.contextmanager
    def _call(self, verb, module):
        """Note a call, and tell whether it is a part of the sweep."""
        is_part = all(v == verb and m is not module for v, m in self._calls)
        self._calls.append((verb, module))
        try:
            yield is_part
        finally:
            self._calls.pop()

    def _watched(self, cls, path):
        """Return a subclass that reports; stand-ins are copies, and so of it too."""
        watch = self

        class Watched(cls):
            def forward(self, x):
                with watch._call("forward", self) as is_part:
                    y = super().forward(x)
                if is_part:
                    watch.report(watch.after_forward, path, self, x, y)
                return y

            def backward(self, x, dC_dy):
                with watch._call("backward", self) as is_part:
                    if is_part:
                        watch.report(watch.before_backward, path, self, x, dC_dy)
                    dC_dx = super().backward(x, dC_dy)
                if is_part:
                    watch.report(watch.after_backward, path, self, x, dC_dy, dC_dx)
                return dC_dx

        Watched.__name__, Watched.__qualname__ = cls.__name__, cls.__qualname__
        Watched.__module__ = cls.__module__
        return Watched
