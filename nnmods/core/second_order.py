"""SecondOrder: what a module says of its second derivatives, beside the first ones."""

import numpy as np

from nnmods.core import rows
from nnmods.core.tables import map_table, reuse_table


class SecondOrder:
    """The verbs of curvature, and of single examples, that every module has.

    A module's own are `hvp`, and where a formula beats the general way here,
    `backward_diag_hessian`, `acc_diag_hessian_params`, `per_example_grads` and
    `per_example_sq_norms`. Containers chain them as they chain `backward`.

    Attributes
    ----------
    curved : bool, default=True
        Whether `backward` or `acc_grad_params` change with x or the parameters,
        otherwise than in steps. Where they do not, as in a module that is linear or
        piecewise linear in all it has, `hvp` is 0 and need not be written.
    """

    _ddC_dx = _d2C_dx2 = None
    curved = True

    def hvp(self, x, dC_dy, dx, dparams=None, scale=1.0):
        """Return how dC_dx changes along a direction while dC_dy stays as it is.

        ::

            ddC_dx  = d/dt backward(x + t dx, dC_dy; p + t dp)            at t = 0
            grad_p += scale * d/dt (gradient by p of the same call)

        This is the Hessian of <dC_dy, y> by x and the parameters, times the direction.

        Parameters
        ----------
        x, dC_dy, dx : ndarray or table
            x that of the last `forward`.
        dparams : list of ndarray or None, default=None
            In the order of `parameters`; None means 0.
        scale : float, default=1.0

        Returns
        -------
        ndarray, table or None
            Shaped like x; None means 0. It may be the buffer ``dC_dx``.

        Raises
        ------
        NotImplementedError
            If a module without one is `curved`.
        """
        if self.curved:
            raise NotImplementedError(
                f"{self!r}: hvp(x, dC_dy, dx, dparams, scale) is not written; "
                "second derivatives need it"
            )

    def backprop_jvp(self, x, dC_dy, dx, ddC_dy, dparams=None, scale=1.0):
        """Return how dC_dx changes as x, the parameters and dC_dy do: R-backward.

        ::

            ddC_dx  = backward(x, ddC_dy) + hvp(x, dC_dy, dx, dparams)
            grad_p += scale * (the same of the gradient by p)

        After ``jvp(x, dx, dparams)``, and `backward` of a container, this is the
        operator R{} of Pearlmutter for `backprop` [1]_: the derivative of a sweep
        back, exact.

        Returns
        -------
        ndarray or table
            Shaped like x, in the module's own buffer.

        References
        ----------
        .. [1] B. Pearlmutter, "Fast exact multiplication by the Hessian", Neural
               Computation 6, 1994.
        """
        if type(self).hvp is SecondOrder.hvp:
            self.hvp(x, dC_dy, dx)  # raises where it is needed, and nothing has changed
        through = self.backprop(x, ddC_dy, scale)
        if not self.curved:
            return through
        self._ddC_dx = total = reuse_table(self._ddC_dx, self, through)
        map_table(_copy, total, through)
        turned = self.hvp(x, dC_dy, dx, dparams, scale)
        if turned is not None:
            map_table(_add, total, turned)
        return total

    def backward_diag_hessian(self, x, d2C_dy2, dC_dy=None):
        """Return second derivatives by x from those by y: each with its square weight.

        ::

            d2C_dx2[j] = sum_i (dy_i/dx_j)^2 d2C_dy2[i]
                         (+ sum_i d2y_i/dx_j^2 dC_dy[i], where dC_dy is given)

        Terms of two different entries of y are left out, so that only diagonals go from
        module to module [1]_. Without ``dC_dy`` nothing positive becomes negative.

        Parameters
        ----------
        x, d2C_dy2 : ndarray or table
        dC_dy : ndarray, table or None, default=None
            Of a container, that of its last `backward`.

        Returns
        -------
        ndarray or table
            Shaped like x; 0 for indices.

        Notes
        -----
        Where a class has no formula of its own, this takes a `backward` for each entry
        of y, and with ``dC_dy`` an `hvp` for each entry of x.

        References
        ----------
        .. [1] Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, "Efficient BackProp", 1998,
               section 7.
        """
        self._d2C_dx2 = rows.squared_inputs(self, x, d2C_dy2)
        if dC_dy is not None and self.curved:
            rows.add_own_inputs(self, x, dC_dy, self._d2C_dx2)
        return self._d2C_dx2

    def acc_diag_hessian_params(self, x, d2C_dy2, scale=1.0, dC_dy=None):
        """Add second derivatives by each parameter to the place of its gradient.

        ::

            grad_p += scale * sum_i (dy_i/dp)^2 d2C_dy2[i]
                      (+ scale * sum_i d2y_i/dp^2 dC_dy[i], where dC_dy is given)

        Whoever calls it has put the gradients themselves aside. Of a container it needs
        the last `backward_diag_hessian`.
        """
        if dC_dy is not None and self.curved:  # first, as there may be no hvp
            rows.add_own_params(self, x, dC_dy, scale)
        rows.add_squared_params(self, x, d2C_dy2, scale)


def _copy(out, value):
    out[...] = value


def _add(total, term):
    with np.errstate(invalid="ignore"):  # inf - inf is nan, quietly
        np.add(total, term, out=total)
