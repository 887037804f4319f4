"""MapTable: the same module on every entry of a table."""

import numpy as np

from nnmods.containers.entries import pulled
from nnmods.containers.stand_ins import lasting, parameters_of, stand_in
from nnmods.core import Container
from nnmods.core.sketch import Sketch
from nnmods.core.tables import check_table


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
    module : Module, default=None
        None leaves it to `add`.
    shared : bool, default=True
        Whether all entries use the same parameters. Otherwise each has a copy of the
        module as it is when a table gets that long, which learns on its own: the
        copies are children too, and `resize` makes them beforehand.

    Raises
    ------
    TypeError
        If ``x`` or ``dC_dy`` is not a table.
    ValueError
        If ``dC_dy`` has not as many entries as ``x``, shaped like those of ``y``.
    RuntimeError
        If ``x`` is not that of the last `forward`.

    References
    ----------
    Torch7, ``nn.MapTable``.

    Examples
    --------
    >>> from nnmods.layers import Linear
    >>> net = MapTable(Linear(4, 3))
    >>> [y.shape for y in net([np.ones(4), np.ones((5, 4))])]
    [(3,), (5, 3)]
    >>> net([]), len(net)
    ([], 1)
    """

    _results = (*Container._results, "_seen")
    _seen = None  # what the first module held when the stand-ins last followed it

    def __init__(self, module=None, shared=True):
        self.shared = shared is None or bool(shared)
        super().__init__(*([] if module is None else [module]))

    def forward(self, x):
        check_table(self, "x", x)
        self._grow(len(x))
        return super().forward(x)

    def resize(self, n):
        """Make copies for tables of n entries, drop those beyond, and return self."""
        self._grow(n)
        del self.modules[max(n, 1) :]
        self._rewired()
        return self

    def _grow(self, n):
        if not self.modules:
            raise ValueError(
                f"{type(self).__name__}: modules has 0 entries, expected 1"
            )
        if self.shared:
            self._follow(lasting)
        elif n > len(self.modules):
            self._rewired()
        kinds = object if self.shared else np.random.Generator
        for _ in range(len(self.modules), n):
            self.modules.append(stand_in(self.modules[0], kinds))

    def push(self, x, visit):
        check_table(self, "x", x, None if self._x is None else len(self._x))
        return [visit(i, entry) for i, entry in enumerate(x)]

    def pull(self, dC_dy, visit, input_grad=True):
        grads = pulled(self, dC_dy, visit, input_grad)
        return grads if input_grad else None

    def sketch(self):
        if self.shared:
            return Sketch.chain(len(self), note="each entry")
        return Sketch.slices(len(self))

    def _check_x(self, x):
        super()._check_x(x)
        if self.shared:
            self._follow(parameters_of)  # flatten_parameters() moves them

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
            self._seen = [(module, lasting(module)) for module in tree]
            return
        for i, (module, old) in enumerate(seen):
            new = {k: v for k, v in read(module).items() if v is not old.get(k)}
            if not new:
                continue
            for other in others:
                held = vars(other.list_modules()[i])
                held.update({k: v for k, v in new.items() if held.get(k) is old.get(k)})
            old.update(new)

    def _children(self):
        return self.modules[:1] if self.shared else self.modules

    def insert(self, index, module):
        if self.modules:
            raise ValueError(
                f"{type(self).__name__}: modules has 1 entry, expected no other"
            )
        return super().insert(index, module)

    def remove(self, index=-1):
        del self.modules[1:]
        return super().remove(index)

    def children(self):
        return super().children()[: len(self._children())]

    def __len__(self):
        return len(self._children())

    def __iter__(self):
        return iter(self._children())

    def __getitem__(self, index):
        return self._children()[index]

    def __getstate__(self):
        return super().__getstate__() | {"modules": self._children()}

    def _arguments(self):
        return "" if self.shared else "shared=False"
