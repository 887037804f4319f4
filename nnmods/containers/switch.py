"""Switch: one of several modules, chosen by the data."""

from nnmods.containers.answers import as_numbers, as_places
from nnmods.containers.asking import Asking
from nnmods.containers.keyed import Keyed
from nnmods.containers.row_checks import check_alike
from nnmods.core.sketch import Link, Sketch
from nnmods.core.tables import check_like, map_table


class Switch(Asking, Keyed):
    """Give x to the module that a function of x chooses.

    ::

        k     = choose(x)
        y     = f_k(x)
        dC_dx = J_k^T dC_dy

    with ``per_example=True``, for each example i of a batch::

        k        = choose(x)[i]
        y[i]     = f_k(x)[i]
        dC_dx[i] = (J_k^T dC_dy)[i]

    No gradient comes to the modules that were not chosen, nor to what `choose` looks
    at: where a choice changes, y jumps. The examples of each module are one batch for
    it, in their order; a module without any is left out.

    Parameters
    ----------
    choose : callable, default=None
        Gets x, an array or a table, as it came in, and returns an index, or the key of
        a dict; with ``per_example`` a list or array of one for each example. False is
        0, True is 1. It may be a module, or the method of a subclass.
    modules : list or dict of Module, default=()
        The keys of a dict are texts, which stand in paths, such as ``short.weight``.
    per_example : bool, default=False
        Whether each example along the first axis of x has a choice of its own.

    Attributes
    ----------
    choice : int, str, or what `choose` returned for each example
        Of the last `forward`; `backward` and `jvp` do not choose again.

    Raises
    ------
    TypeError
        If ``choose`` is no function, or returns something else than an index or key.
    ValueError
        If a choice is out of range or not whole; with ``per_example``, if there is not
        one for each example, or y of two modules differ in more than their rows.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    Notes
    -----
    Copies take any function along, and pickles those that can be imported. A file of
    `save` holds no functions: there `choose` is a module, or the method of a subclass,
    which `load` is given in ``classes``.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.layers import Linear
    >>> modules = {"short": Linear(2, 1), "long": Linear(4, 1)}
    >>> net = Switch(lambda x: "long" if x.shape[-1] > 2 else "short", modules)
    >>> net(np.ones((5, 4))).shape, net.choice
    ((5, 1), 'long')
    >>> signs = Switch(lambda x: x[:, 0] > 0, [Linear(2, 3), Linear(2, 3)],
    ...                per_example=True)
    >>> signs(np.array([[1.0, 2.0], [-1.0, 2.0]])).shape, signs.choice
    ((2, 3), array([ True, False]))
    """

    question = "choose"
    _results = (*Asking._results, "choice", "_chosen")
    choice = _chosen = None

    def __init__(self, choose=None, modules=(), *, per_example=False):
        self.per_example = bool(per_example)
        super().__init__(modules)
        self._take_rule(choose)

    def _decide(self, x, shape):
        if not self.modules:
            raise ValueError(
                f"{type(self).__name__}: modules has 0 entries, expected at least 1"
            )
        choice, n = self._ask(x), len(self.modules)
        if self.keys is None:
            numbers = as_numbers(self, "choice", choice, shape, n)
        else:
            numbers = as_places(self, "choice", choice, shape, self.keys)
        if not self.per_example:
            self._chosen = int(numbers)
            self.choice = self._chosen if self.keys is None else self.keys[self._chosen]
            return
        bounds = self._order.sort(numbers, n)
        parts = zip(range(n), bounds, bounds[1:], strict=False)
        self.choice = choice
        # Without any examples, the first module tells how y is built.
        self._chosen = [p for p in parts if p[1] < p[2]] or [(0, 0, 0)]

    def _push(self, x, visit):
        return visit(self._chosen, x)

    def _pull(self, dC_dy, visit, input_grad):
        return visit(self._chosen, dC_dy, input_grad)

    def _push_rows(self, rows, visit):
        outputs, labels = self._visited(rows, visit), self.names()
        counts = [(f"module {labels[i]}", b - a) for i, a, b in self._chosen]
        check_alike(self, counts, outputs)
        return outputs

    def _pull_rows(self, rows, visit, input_grad):
        grads = self._visited(rows, lambda i, d: visit(i, d, input_grad))
        if input_grad:
            labels = self.names()
            for (i, _, _), grad in zip(self._chosen, grads, strict=True):
                check_like(self, f"dC_dx of module {labels[i]}", grad, self._inputs[i])
        return grads

    def _visited(self, rows, visit):
        """Return what each module that was chosen makes of its rows."""
        return [
            visit(i, map_table(lambda a, s=slice(start, stop): a[s], rows))
            for i, start, stop in self._chosen
        ]

    def sketch(self):
        """Return how its modules are wired: in each call, one of them is."""
        links = []
        for i, name in enumerate(self.names()):
            label = "" if self.keys is None else name
            links += [Link("x", i, label, dashed=True), Link(i, "y", dashed=True)]
        links = [*links, *self._rule_links()] or [("x", "y")]
        return Sketch(links, note="each example" if self.per_example else "one of them")
