"""Torch7's ``optim``: its methods by its own names, options and defaults."""

import inspect

from nnmods.optim.torch7_searches import SEARCHES
from nnmods.optim.torch7_steps import STEPS

#: By Torch7's name a function of its options, which returns the class and its settings.
METHODS = {**STEPS, **SEARCHES}


def from_torch7(method, config, w, dC_dw):
    """Return the optimiser that makes the steps of ``optim.<method>`` in Torch7.

    Parameters
    ----------
    method : str
        One of ``METHODS``.
    config : dict or None
        Torch7's options by their names there; one that is missing, or None, has the
        default it has there, which may differ from that of the class here.
    w, dC_dw : ndarray, shape (n,)
        The flat vectors, as for any optimiser.

    Returns
    -------
    Optimizer
        Its ``step(fun)`` is Torch7's ``optim.<method>(opfunc, x, config)``. Of "fista",
        ``FistaLS``, it is ``C(w)`` that ``fun`` returns, and the penalty is given by
        ``opt.l1``, or ``opt.prox`` and ``opt.penalty``; Torch7 starts at w = 0 always.

    Raises
    ------
    TypeError, ValueError
        If there is no such method, or it has no such option.

    References
    ----------
    .. [1] Torch7, optim, one file for each method.

    Examples
    --------
    >>> import numpy as np
    >>> w, dC_dw = np.zeros(2), np.ones(2)
    >>> from_torch7("sgd", {"learningRate": 0.1, "momentum": 0.9}, w, dC_dw)
    SGD(2 parameters, lr=0.1, momentum=0.9, dampening=0.9)
    """
    if not isinstance(method, str) or method not in METHODS:
        raise ValueError(
            f"from_torch7: method has value {method!r}, expected one of "
            f"{', '.join(METHODS)}"
        )
    if not isinstance(config, (dict, type(None))):
        raise TypeError(
            f"from_torch7: config has type {type(config).__name__}, expected a dict"
        )
    # an option that is a word of Python's ends in _ below
    names = [n.removesuffix("_") for n in inspect.signature(METHODS[method]).parameters]
    given = {}
    for name, value in (config or {}).items():
        if name not in names:
            raise ValueError(
                f"from_torch7: config has option {name!r}, expected one of "
                f"{', '.join(names)}"
            )
        if value is not None:
            given["lambda_" if name == "lambda" else name] = value
    cls, settings = METHODS[method](**given)
    return cls((w, dC_dw), **settings)
