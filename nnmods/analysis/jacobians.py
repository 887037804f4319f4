"""jacobian: dy/dx, or dy/dw, as a linear operator that SciPy works with."""

from nnmods.analysis.jacobian_operator import JacobianOperator


def jacobian(module, x, wrt="x"):
    """Return the Jacobian of y = module(x) at one x, as a linear operator.

    ::

        J @ v = dy        by jvp:       dy = dy/dx dx  (+ sum_p dy/dp dp)
        J.T @ u           by backward:  dC_dx, and acc_grad_params for the parameters

    Parameters
    ----------
    module : Module
        Any: a layer, a container, a graph, a user's own. A copy of it is linearised, in
        the mode that it is in; it and its random generators stay as they are. A module
        without `jvp` takes a `backward` for each entry of its y instead.
    x : ndarray or table
    wrt : str or list of str, default="x"
        By what: "x"; "params", all parameters in the order of `flatten_parameters`;
        "both", x first; or a path of `named_parameters`, such as ``"0.weight"``, or of
        a module, such as ``"0"``, which stands for all its parameters.

    Returns
    -------
    JacobianOperator
        A `scipy.sparse.linalg.LinearOperator` of shape (entries of y, entries of what
        it is by), in the dtype of y. ``J.T``, sums and products of such operators,
        `svds`, `lsmr` and the like work on it.

    Raises
    ------
    TypeError
        If ``module`` is no Module.
    ValueError
        If ``wrt`` names nothing that the module has, or a part of it is a surrogate,
        whose `backward` is not the transposed Jacobian by design.

    Notes
    -----
    Entries are in C order; those of a table one array after another, arrays of indices
    left out. For a batch, J has a block for each example on its diagonal, as far as
    they do not depend on each other.

    Examples
    --------
    Isometry of a deep linear net is all in its singular values:

    >>> import numpy as np
    >>> import nnmods as nn
    >>> net = nn.Sequential(*(nn.Linear(20, 20, rng=i) for i in range(10)))
    >>> s = jacobian(net, np.zeros(20)).singular_values()
    >>> s.shape, bool(s[0] / s[-1] > 1e3)
    ((20,), True)
    """
    return JacobianOperator(module, x, wrt)
