"""Container: a module made of modules; the chain rule, and nothing else."""

from numpy import ndarray

from nnmods.core.arrays import same
from nnmods.core.chain_diagonals import ChainDiagonals
from nnmods.core.chain_examples import ChainExamples
from nnmods.core.chain_tangents import ChainTangents
from nnmods.core.lending import desk, is_lent, release
from nnmods.core.parent import Parent
from nnmods.core.sketch import Sketch
from nnmods.core.tables import copied, held
from nnmods.core.tree import changes


class Container(ChainTangents, ChainDiagonals, ChainExamples, Parent):
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

    _results = (*Parent._results, "_dC_dy", "_inputs", "_grads", "_checked")
    _results += ("_handed_back", "_tangents", "_direction", "_curvatures", "_owned")
    _results += ("_places", "_d2C_dy2")
    _dC_dy = _inputs = _grads = _checked = _places = None
    _handed_back = False  # whether gradients of the last sweep are gone
    is_chain = False  # whether y is what the last child makes of all before it

    def push(self, x, visit):
        """Return y by visiting the children in forward order."""
        raise NotImplementedError(f"{type(self).__name__}: push(x, visit) is missing")

    def pull(self, dC_dy, visit, input_grad=True):
        """Return dC_dx by visiting the children in reverse order."""
        raise NotImplementedError(
            f"{type(self).__name__}: pull(dC_dy, visit, input_grad) is missing"
        )

    def sketch(self):
        """Return the `Sketch` of the wiring, for pictures.

        Write it too if a container is to be drawn. This one, which is true of any
        wiring, has each child somewhere between x and y.
        """
        return Sketch.branches(len(self), dashed=True)

    def __init_subclass__(cls):
        """Let no subclass with a wiring of its own have the sketch of another one."""
        super().__init_subclass__()
        if "push" in vars(cls) and "sketch" not in vars(cls):
            cls.sketch = Container.sketch
        if "push" in vars(cls) and "is_chain" not in vars(cls):
            cls.is_chain = False

    def __str__(self):
        from nnmods.core.wiring_text import wiring_text  # few programs print networks

        return wiring_text(self)

    def forward(self, x):
        if self._checked != changes[0]:
            self.named_modules()  # raises where one instance stands twice
            self._checked = changes[0]
        if x is self.y and x is not self._x:
            x = copied(x)  # a child's buffer, which this call will write to
        self._x = self._dC_dy = self._tangents = self._curvatures = None
        self._inputs = [None] * len(self.modules)
        self.y = self._run(x)
        self._x = x if type(x) is ndarray else held(x)
        return self.y

    def _run(self, x):
        """Return y, and remember what goes into each child."""
        modules, inputs = self.modules, self._inputs

        def visit(i, x):
            inputs[i] = x
            try:
                return modules[i].forward(x)
            except Exception as err:
                self._locate(err, i)
                raise

        return self.push(x, visit)

    def backward(self, x, dC_dy):
        return self._sweep_back(x, dC_dy, True)

    def backprop(self, x, dC_dy, scale=1.0, input_grad=True):
        if desk.sweeps:  # a container around this one has begun it
            return self._sweep_back(x, dC_dy, input_grad, scale)
        with desk:
            return self._sweep_back(x, dC_dy, input_grad, scale)

    def _sweep_back(self, x, dC_dy, input_grad, scale=None):
        if x is not self._x:
            self._check_x(x)
        self._dC_dy, self._handed_back, self._owned = None, False, False
        self._curvatures = None  # those may lie in buffers that this sweep writes to
        self._grads = [None] * len(self.modules)
        self.dC_dx = self._run_back(dC_dy, input_grad, scale)
        if not self._handed_back:
            self._dC_dy = dC_dy if type(dC_dy) is ndarray else held(dC_dy)
        return self.dC_dx

    def _run_back(self, dC_dy, input_grad, scale):
        """Return dC_dx, and remember what comes back to each child.

        Without a ``scale``, parameter gradients are left alone.
        """
        modules, inputs, grads = self.modules, self._inputs, self._grads
        blocks = desk.blocks

        def visit(i, dC_dy, input_grad=True):
            grads[i] = dC_dy
            try:
                if scale is None:
                    return modules[i].backward(inputs[i], dC_dy)
                dC_dx = modules[i].backprop(inputs[i], dC_dy, scale, input_grad)
            except Exception as err:
                self._locate(err, i)
                raise
            if blocks:
                self._hand_back(i)
            return dC_dx

        return self.pull(dC_dy, visit, input_grad)

    def _hand_back(self, i):
        """Forget lent gradients of a child that has done its part of a sweep."""
        if is_lent(self._grads[i]):
            self._grads[i], self._handed_back = None, True
        release(self.modules[i])

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self._check_last(x, dC_dy, "acc_grad_params")
        for i, module in enumerate(self.modules):
            if self._grads[i] is not None:  # None: no gradient came by
                try:
                    module.acc_grad_params(self._inputs[i], self._grads[i], scale)
                except Exception as err:
                    self._locate(err, i)
                    raise

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
