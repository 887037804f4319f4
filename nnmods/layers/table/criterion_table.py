"""CriterionTable: a criterion as a module of output and target."""

import numpy as np

from nnmods.core import Criterion, Module, check, reuse
from nnmods.core.leaves import leaves
from nnmods.core.tables import check_like, check_table, map_table, reuse_table


class CriterionTable(Module):
    """Compute the cost of a table of output and target: a criterion as a module.

    ::

        x        = [output, target]
        y        = C(output, target)            (a number: an array of shape ())
        dC_dx[0] = dC_dy * dC/d output
        dC_dx[1] = 0                            (the target is a constant)
        hvp[0]   = dC_dy * (Hessian of C by output) dx[0]
        d2C_dx2[0] = d2C_dy2 * (dC/d output)^2
                     (+ dC_dy * diagonal of the Hessian of C by output)

    Torch7 leaves out the zeros, and takes dC_dy for 1.

    Parameters
    ----------
    criterion : Criterion

    Raises
    ------
    TypeError
        If ``criterion`` is not a Criterion, or ``x`` not a table.
    ValueError
        If ``x`` has not two entries, or ``dC_dy`` is not one number.

    References
    ----------
    Torch7, ``nn.CriterionTable``.

    Examples
    --------
    >>> from nnmods.criterions import MSECriterion
    >>> cost, x = CriterionTable(MSECriterion()), [np.array([1.0, 3.0]), np.zeros(2)]
    >>> cost(x)
    array(5.)
    >>> cost.backward(x, np.array(1.0))
    [array([1., 3.]), array([0., 0.])]
    """

    _results = (*Module._results, "_terms", "_turned")
    _terms = _turned = None

    def __init__(self, criterion):
        super().__init__()
        if not isinstance(criterion, Criterion):
            raise TypeError(
                f"CriterionTable: criterion has type {type(criterion).__name__}, "
                "expected a Criterion"
            )
        self.criterion = criterion

    def forward(self, x):
        check_table(self, "x", x, 2)
        C = self.criterion.forward(*x)
        self.y = self._number(self.y, x)
        self.y[...] = C
        return self.y

    def backward(self, x, dC_dy):
        check_table(self, "x", x, 2)
        self.dC_dx = self._times(
            self.criterion.backward(*x), x, "dC_dy", dC_dy, self.dC_dx
        )
        return self.dC_dx

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        pass  # nothing to learn

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        check_like(self, "dx", dx, x)
        change = self.criterion.hvp(*x, dx[0])
        self._turned = self._times(change, x, "dC_dy", dC_dy, self._turned)
        return self._turned

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        check_table(self, "x", x, 2)
        slope = self.criterion.backward(*x)
        once = self._times(slope, x, "d2C_dy2", d2C_dy2, self._d2C_dx2)
        map_table(lambda s, out: np.multiply(s, out, out=out), slope, once[0])
        self._d2C_dx2 = once
        if dC_dy is not None:
            diagonal = self.criterion.diag_hessian(*x)
            self._turned = self._times(diagonal, x, "dC_dy", dC_dy, self._turned)
            map_table(lambda d, out: np.add(d, out, out=out), self._turned[0], once[0])
        return self._d2C_dx2

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        pass  # nothing to learn

    def jvp(self, x, dx, dparams=None):
        check_like(self, "dx", dx, x)
        slope = self.criterion.backward(*x)
        self._terms = reuse_table(self._terms, self, dx[0], slope)
        map_table(np.multiply, slope, dx[0], self._terms)
        self._dy = self._number(self._dy, x)
        self._dy[...] = sum(terms.sum() for terms in leaves(self._terms))
        return self._dy

    def _times(self, values, x, name, factor, buffer):
        """Return values shaped like the output times one number, and 0 for the target.

        ``name`` is that of the factor, for errors.
        """
        if getattr(factor, "shape", ()) != (1,):  # as Torch7 has a number's gradient
            check(self, name, factor, ())
        factor = np.reshape(factor, ())
        output, target = buffer or (None, None)
        output = reuse_table(output, self, x[0])
        map_table(lambda v, out: np.multiply(v, factor, out=out), values, output)
        target = reuse_table(target, self, x[1])
        map_table(lambda zeros: zeros.fill(0), target)
        return [output, target]

    def _number(self, buffer, x):
        """Return an array of shape (), of the dtype of the output."""
        first = next(leaves(x[0]), np.zeros(()))
        return reuse(buffer, (), first, module=self)

    def __repr__(self):
        return f"CriterionTable({self.criterion!r})"
