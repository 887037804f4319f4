"""Container: a module made of modules; the chain rule, and nothing else."""

from nnmods.core.arrays import memory_key, same
from nnmods.core.module import Module
from nnmods.core.parameters import named_parameters
from nnmods.core.state import State
from nnmods.core.tables import held
from nnmods.core.tree import changes, mark_changed


class Container(Module):
    """A module that is a wiring of others, its children.

    A subclass says how its children are wired, once in each direction:

    - ``push(x, visit)`` returns y. It calls ``visit(i, x_i)``, which returns what child
      ``i`` makes of x_i. Apart from its children a wiring is linear, so that the same
      lines serve values (`forward`) and tangents (`jvp`).
    - ``pull(dC_dy, visit, input_grad)`` returns dC_dx. It calls
      ``visit(i, dC_dy_i, input_grad)``, which returns the dC_dx of child ``i``, or
      None where the last argument is False. The same lines serve `backward` and
      `backprop`.

    The container remembers what went into each child and which gradient came back;
    `acc_grad_params` uses these. Each child is visited at most once in a sweep.

    Parameters
    ----------
    *modules : Module
        The children, counted from 0.

    Attributes
    ----------
    modules : list of Module

    Raises
    ------
    RuntimeError
        If a sweep back is asked for another x than the last `forward` had, or
        `acc_grad_params` for another dC_dy than the last `backward`.
    ValueError
        If one instance stands at two places.
    """

    _results = (*Module._results, "_dC_dy", "_inputs", "_grads", "_checked")
    _dC_dy = _inputs = _grads = _checked = None

    def __init__(self, *modules):
        super().__init__()
        self.modules = []
        for module in modules:
            self.add(module)

    def push(self, x, visit):
        """Return y by visiting the children in forward order."""
        raise NotImplementedError(f"{type(self).__name__}: push(x, visit) is missing")

    def pull(self, dC_dy, visit, input_grad=True):
        """Return dC_dx by visiting the children in reverse order."""
        raise NotImplementedError(
            f"{type(self).__name__}: pull(dC_dy, visit, input_grad) is missing"
        )

    def forward(self, x):
        if self._checked != changes[0]:
            self.named_modules()  # raises where one instance stands twice
            self._checked = changes[0]
        self._x = self._dC_dy = None
        modules = self.modules
        inputs = self._inputs = [None] * len(modules)

        def visit(i, x):
            inputs[i] = x
            try:
                return modules[i].forward(x)
            except Exception as err:
                self._locate(err, i)
                raise

        self.y = self.push(x, visit)
        self._x = held(x)
        return self.y

    def backward(self, x, dC_dy):
        return self._sweep_back(x, dC_dy, True)

    def backprop(self, x, dC_dy, scale=1.0, input_grad=True):
        return self._sweep_back(x, dC_dy, input_grad, scale)

    def _sweep_back(self, x, dC_dy, input_grad, scale=None):
        if x is not self._x:
            self._check_x(x)
        modules, inputs = self.modules, self._inputs
        self._dC_dy = None
        grads = self._grads = [None] * len(modules)

        def visit(i, dC_dy, input_grad=True):
            grads[i] = dC_dy
            try:
                if scale is not None:
                    return modules[i].backprop(inputs[i], dC_dy, scale, input_grad)
                return modules[i].backward(inputs[i], dC_dy)
            except Exception as err:
                self._locate(err, i)
                raise

        self.dC_dx = self.pull(dC_dy, visit, input_grad)
        self._dC_dy = held(dC_dy)
        return self.dC_dx

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self._check_x(x)
        if self._dC_dy is None:
            raise RuntimeError(
                f"{type(self).__name__}: acc_grad_params needs backward(x, dC_dy) first"
            )
        if not same(dC_dy, self._dC_dy):
            raise RuntimeError(
                f"{type(self).__name__}: dC_dy is not that of the last backward"
            )
        for i, module in enumerate(self.modules):
            if self._grads[i] is not None:  # None: no gradient came by
                try:
                    module.acc_grad_params(self._inputs[i], self._grads[i], scale)
                except Exception as err:
                    self._locate(err, i)
                    raise

    def jvp(self, x, dx, dparams=None):
        self._check_x(x)
        shares = self._shares(dparams)

        def visit(i, dx):
            try:
                return self.modules[i].jvp(self._inputs[i], dx, shares[i])
            except Exception as err:
                self._locate(err, i)
                raise

        y, self.y = self.y, self._dy  # y is still needed: push on another buffer
        try:
            self._dy = self.push(dx, visit)
        finally:
            self.y = y
        return self._dy

    def _shares(self, dparams):
        """Split a list in the order of `parameters` into one for each child."""
        if dparams is None:
            return [None] * len(self.modules)
        own = self.named_parameters()
        if len(dparams) != len(own):
            raise ValueError(
                f"{type(self).__name__}: dparams has {len(dparams)} entries, "
                f"expected {len(own)}"
            )
        direction = {
            memory_key(p): dp for (_, p, _), dp in zip(own, dparams, strict=True)
        }
        return [
            [direction[memory_key(p)] for _, p, _ in named_parameters(module)]
            for module in self.modules
        ]

    def _check_x(self, x):
        if self._x is None:
            raise RuntimeError(f"{type(self).__name__}: forward(x) is needed first")
        if x is not self._x and not same(x, self._x):
            raise RuntimeError(
                f"{type(self).__name__}: x is not that of the last forward; "
                "call forward(x) again"
            )

    def _locate(self, err, i):
        """Note in an error which child it came from."""
        err.add_note(f"in module {i} of {type(self).__name__}")

    def add(self, module):
        """Append a child, and return self."""
        return self.insert(len(self.modules), module)

    def insert(self, index, module):
        """Put a child before the one that stands at ``index``, and return self."""
        if not isinstance(module, Module):
            raise TypeError(
                f"{type(self).__name__}: module has type {type(module).__name__}, "
                "expected a Module"
            )
        here = {id(known): path for path, known in self.named_modules()}
        for path, new in module.named_modules():
            if id(new) in here:
                raise ValueError(
                    f"{type(self).__name__}: {new!r} stands at two places, "
                    f"{here[id(new)] or 'the container itself'} and "
                    f"{'.'.join(filter(None, (str(index), path)))}; "
                    "clone(share=True) makes a second one with the same weights"
                )
        self.modules.insert(index, module)
        self._rewired()
        return self

    def remove(self, index=-1):
        """Take out the child at ``index`` (the last one), and return it."""
        module = self.modules.pop(index)
        self._rewired()
        return module

    def _rewired(self):
        mark_changed()
        State.clear_state(self)

    def children(self):
        return [(str(i), module) for i, module in enumerate(self.modules)]

    def set_child(self, name, module):
        self.modules[int(name)] = module
        mark_changed()

    def __len__(self):
        return len(self.modules)

    def __iter__(self):
        return iter(self.modules)

    def __getitem__(self, index):
        return self.modules[index]

    def _arguments(self):
        """Return what stands in the repr before the children, such as an axis."""
        return ""

    def __repr__(self):
        lines = [f"\n({name}): {module!r}" for name, module in self.children()]
        body = f"{self._arguments()}{',' if self._arguments() and lines else ''}"
        body += "".join(lines).replace("\n", "\n  ") + ("\n" if lines else "")
        return f"{type(self).__name__}({body})"
