"""Repeat: a module applied as many times as the data say."""

from nnmods.containers.answers import as_numbers
from nnmods.containers.asking import Asking
from nnmods.containers.unrolled import Unrolled
from nnmods.core import Module
from nnmods.core.arrays import as_size
from nnmods.core.sketch import Sketch
from nnmods.core.tables import check_like, map_table


class Repeat(Asking, Unrolled):
    """Apply a module to its own result, as many times as a function of x tells.

    ::

        n     = times(x)
        y     = f(f(... f(x)))                    n times; x itself if n is 0
        dC_dx = J_1^T J_2^T ... J_n^T dC_dy       J_t: at the x of application t

    with ``per_example=True`` the same for each example of a batch, n = times(x)[i].

    All applications use the same parameters, whose gradients are summed over them. They
    need buffers of their own, so each has a stand-in for the module, as in `MapTable`,
    made when it is first needed, and kept.

    Parameters
    ----------
    module_factory : callable or Module
        Called without arguments, returns the module; or the module itself. Where n is
        not the same for all examples, its y is shaped like its x.
    times : int or callable, default=None
        A callable gets x, an array or a table, as it came in, and returns a number from
        0 on; with ``per_example`` one for each example. It may be a module, or the
        method of a subclass.
    per_example : bool, default=False
        Whether each example along the first axis of x has a number of its own. An
        application takes those that are not done yet, as one batch.

    Attributes
    ----------
    count : int, or what `times` returned for each example
        Of the last `forward`; `backward` and `jvp` do not ask again.

    Raises
    ------
    TypeError
        If ``times`` is no function, or returns something else than numbers.
    ValueError
        If one is negative or not whole; with ``per_example``, if there is not one for
        each example, or y of the module is not shaped like its x.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    Notes
    -----
    Functions in copies and files are those of `Switch`. Recurrent steps hand their
    state from application to application; **State**: as in a `Sequencer`.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.activations import MulConstant
    >>> net = Repeat(lambda: MulConstant(2), lambda x: len(x))
    >>> net(np.ones(3)), net.count
    (array([8., 8., 8.]), 3)
    >>> net = Repeat(MulConstant(2), lambda x: [0, 3, 1], per_example=True)
    >>> net(np.ones((3, 1))).tolist()
    [[1.0], [8.0], [2.0]]
    """

    question = "times"
    _results = (*Unrolled._results, *Asking._results, "count", "_active")
    count = _active = None

    def __init__(self, module_factory, times=None, *, per_example=False):
        if not callable(module_factory):
            raise TypeError(
                f"{type(self).__name__}: module_factory has type "
                f"{type(module_factory).__name__}, expected a function or a Module"
            )
        is_made = isinstance(module_factory, Module)
        self.per_example = bool(per_example)
        super().__init__(module_factory if is_made else module_factory())
        if times is None or callable(times):
            self._take_rule(times)
            return
        self.times = as_size(type(self).__name__, "times", times)
        if self.per_example:
            raise TypeError(
                f"{type(self).__name__}: times is {times}, expected a function of x, "
                "as per_example is True"
            )

    def _decide(self, x, shape):
        count = self._ask(x) if callable(self.times) else self.times
        numbers = as_numbers(self, "count", count, shape)
        most = int(numbers.max(initial=0))
        self.begin(most)
        if not self.per_example:
            self.count = most
            return
        bounds = self._order.sort(numbers, most + 1, descending=True)
        self.count = count
        # The first rows go on longest. So many of them take part in application t:
        self._active = bounds[most:0:-1]

    def _push(self, x, visit):
        for t in range(self.count):
            x = visit(t, x)
        return x

    def _pull(self, dC_dy, visit, input_grad):
        for t in reversed(range(self.count)):
            dC_dy = visit(t, dC_dy, input_grad or t > 0)
        return dC_dy if input_grad else None

    def _push_rows(self, rows, visit):
        parts = []
        for t, n in enumerate(self._active):
            parts.append(_rows(rows, n, None))  # they are done
            x_t = _rows(rows, None, n)
            rows = visit(t, x_t)
            check_like(self, f"y of application {t}", rows, x_t)
        return [rows, *parts[::-1]]

    def _pull_rows(self, rows, visit, input_grad):
        parts, n = [], 0
        for t in reversed(range(len(self._active))):
            n, going_on = self._active[t], n
            if n > going_on:  # others end here
                parts.append(_rows(rows, going_on, n))
            grad = self._order.joined(self, f"dC_dy {t}", parts)
            parts = [visit(t, grad, input_grad or t > 0)]
            if input_grad or t > 0:
                check_like(self, f"dC_dx of application {t}", parts[0], grad)
        return [*parts, _rows(rows, n, None)]

    def _locate(self, err, i):
        err.add_note(f"in application {i} of {type(self).__name__}")

    def sketch(self):
        """Return how its module is wired: to itself."""
        each = " for each example" if self.per_example else ""
        n = "times(x)" if callable(self.times) else self.times
        links = [("x", 0), (0, "y"), *self._rule_links()]
        return Sketch(links, note=f"{n} times{each}")


def _rows(x, start, stop):
    """Return some rows of an array, or of each array of a table."""
    return map_table(lambda a: a[start:stop], x)
