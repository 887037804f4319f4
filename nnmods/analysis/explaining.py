"""explain: a look at a sweep through a network, module by module."""

import numpy as np

from nnmods.analysis.checks import check_module
from nnmods.analysis.explanation import Explanation
from nnmods.analysis.sweep import Sweep
from nnmods.analysis.verdict import judge
from nnmods.core.rng import unmoved_rng


def explain(net, x, dC_dy=None, *, singular_values=None):
    """Tell what each module of a network does to values and to gradients.

    One forward, one backward and the parameter gradients of a copy are watched, in the
    modes that the modules are in. The network itself, its results, running statistics
    and random generators stay as they are.

    Parameters
    ----------
    net : Module
    x : ndarray or table
    dC_dy : ndarray or table, default=None
        Shaped like y. None takes standard normal numbers, the same in each call.
    singular_values : bool, default=None
        Whether to look for the largest singular value of each Jacobian: True all, False
        none. None leaves out those where a product with J takes more than 5 million
        operations: 10 for each entry of x and of y, and for each of y the length of a
        row of the weight.

    Returns
    -------
    Explanation
        With a ``verdict`` in a line, the path of the ``culprit``, ``records``, and
        itself a table, as text and as HTML.

    Raises
    ------
    TypeError
        If ``net`` is no module, or ``dC_dy`` a table where y is an array.
    ValueError
        If ``dC_dy`` is not shaped like y. What a module says of x passes through.

    Notes
    -----
    Each module without visited children has a record, in the order of `forward`; after
    those of its children, so has a container with parameters of its own. Modules that
    were called several times, as in a `Sequencer`, have one for all calls: norms are of
    all entries, sizes are summed, shapes are those of the first call. Those that were
    not called have 0 calls, and None in all else. A record is a dict of:

    - path, class, repr, calls
    - x_shape, y_shape: a tuple, or a nested list of these for a table
    - jacobian: [M, N], the numbers of entries of y and of x, the batch included
    - parameters: the number of the module's own
    - dC_dy_norm, dC_dx_norm, and their ratio; of dC_dx None where x holds indices
    - singular_value: the largest of J, so that ratio <= singular_value; None where it
      is not known
    - saturated: of `Elementwise` modules, the share of entries that are not 0 and whose
      slope is less than 0.01
    - dead: of these, the share of units whose y and slope are 0 in all samples
    - zero: the share of entries of y that are 0
    - x_norm, y_norm, x_range: of x [smallest, largest]
    - parameter_norm, gradient_norm: of the module's own parameters
    - finite: what holds nan or inf first: a parameter such as "weight", "y", "dC_dx" or
      "grad_weight"; None if nothing does

    Examples
    --------
    >>> import nnmods as nn
    >>> net = nn.Sequential(nn.Linear(4, 3, rng=0), nn.ReLU(), nn.Linear(3, 2, rng=1))
    >>> net[0].bias[...] = -9
    >>> told = explain(net, np.ones((5, 4)))
    >>> told.culprit, told.verdict
    ('1', 'the gradient ends at 1 (ReLU): all its 3 units are off')
    """
    check_module("explain", net)
    with unmoved_rng(), np.errstate(all="ignore"):
        sweep = Sweep(net, x, singular_values).run(dC_dy)
        records = sweep.records()
        whole = sweep.whole(records)
    verdict, culprit = judge(whole, records)
    return Explanation(records, whole, verdict, culprit)
