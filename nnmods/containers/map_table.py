"""MapTable: the same module on every entry of a table."""

from nnmods.core import Container
from nnmods.core.parameters import own_parameters
from nnmods.core.tables import check_table
from nnmods.core.tree import Tree


class MapTable(Container):
    """Give each entry of x to the same module, and return the table of outputs.

    ::

        y        = [f(x[0]), f(x[1]), ...]
        dC_dx[i] = J(x[i])^T dC_dy[i]

    The entries need buffers of their own, so each has a stand-in for the module: a
    copy that uses the same parameters, gradients, settings and generators. Stand-ins
    are made as tables get longer, and kept. They are no part of the tree of modules:
    there is one child, whatever the length of x, and its parameters count once.

    Parameters
    ----------
    module : Module

    Raises
    ------
    TypeError
        If ``x`` or ``dC_dy`` is not a table.
    ValueError
        If ``dC_dy`` has not as many entries as ``x``.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.layers import Linear
    >>> net = MapTable(Linear(4, 3))
    >>> [y.shape for y in net([np.ones(4), np.ones((5, 4))])]
    [(3,), (5, 3)]
    >>> net([]), len(net)
    ([], 1)
    """

    _results = (*Container._results, "_seen")
    _seen = None  # what the first module held when the stand-ins last followed it

    def __init__(self, module):
        super().__init__(module)

    def forward(self, x):
        check_table(self, "x", x)
        if not self.modules:
            raise ValueError("MapTable: modules has 0 entries, expected 1")
        self._follow(_lasting)
        for _ in range(len(self.modules), len(x)):
            self.modules.append(_stand_in(self.modules[0]))
        return super().forward(x)

    def push(self, x, visit):
        check_table(self, "x", x)
        return [visit(i, entry) for i, entry in enumerate(x)]

    def pull(self, dC_dy, visit, input_grad=True):
        check_table(self, "dC_dy", dC_dy, len(self._x))
        grads = [visit(i, entry, input_grad) for i, entry in enumerate(dC_dy)]
        return grads if input_grad else None

    def _check_x(self, x):
        super()._check_x(x)
        self._follow(_parameters)  # flatten_parameters() moves them

    def _follow(self, read):
        """Let the stand-ins hold what the first module holds now.

        Only what was the first's is replaced: a result that a module remembers is its
        own.
        """
        first, *others = self.modules
        tree = first.list_modules()
        seen = self._seen
        if seen is None or [m for m, _ in seen] != tree:  # built otherwise: begin anew
            del self.modules[1:]
            self._seen = [(module, _lasting(module)) for module in tree]
            return
        for i, (module, old) in enumerate(seen):
            new = {k: v for k, v in read(module).items() if v is not old.get(k)}
            if not new:
                continue
            for other in others:
                held = vars(other.list_modules()[i])
                held.update({k: v for k, v in new.items() if held.get(k) is old.get(k)})
            old.update(new)

    def insert(self, index, module):
        if self.modules:
            raise ValueError("MapTable: modules has 1 entry, expected no other")
        return super().insert(index, module)

    def remove(self, index=-1):
        del self.modules[1:]
        return super().remove(index)

    def children(self):
        return super().children()[:1]

    def __len__(self):
        return len(self.modules[:1])

    def __iter__(self):
        return iter(self.modules[:1])

    def __getitem__(self, index):
        return self.modules[:1][index]

    def __getstate__(self):
        return super().__getstate__() | {"modules": self.modules[:1]}


def _lasting(module):
    """Return a dict of all that a module holds, but results and modules."""
    below = {name.partition(".")[0] for name, _ in Tree.children(module)}
    return {
        name: value
        for name, value in vars(module).items()
        if name not in module._results and name not in below
    }


def _parameters(module):
    """Return a dict of a module's own parameters and gradients."""
    found = {}
    for name, p, grad in own_parameters(module):
        found[name], found[f"grad_{name}"] = p, grad
    return found


def _stand_in(module):
    """Return a copy that holds the same arrays, settings and generators."""
    copy = module.clone()
    for mine, theirs in zip(copy.list_modules(), module.list_modules(), strict=True):
        vars(mine).update(_lasting(theirs))
    return copy
