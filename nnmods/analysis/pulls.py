"""hardest_pulls: which examples pull hardest at the weights."""

import numpy as np

from nnmods.analysis.linearised import Linearised
from nnmods.analysis.own_costs import own_costs, pull_back
from nnmods.analysis.per_example import require_singles
from nnmods.core.tables import copied


def hardest_pulls(net, criterion, x, target, n=10, *, check=True):
    """Return the examples with the largest gradients, hardest first.

    In a net that has learned, they are those that do not fit in with the others: rare
    ones, and wrong labels.

    Parameters
    ----------
    net : Module
        A copy is looked at, in the mode that the net is in: `evaluate` it first.
    criterion : Criterion
        That averages over the batch or sums; each example has its own cost here.
    x : ndarray
    target : array_like
    n : int, default=10
        How many to return at most.
    check : bool, default=True
        As in `per_example_grads`.

    Returns
    -------
    Pulls
        A table as text; with ``indices``, ``norms``, ``costs``, ``share``.

    Raises
    ------
    ValueError
        If ``n`` is negative; what `per_example_grads` raises.

    Examples
    --------
    >>> import nnmods as nn
    >>> net = nn.Linear(1, 1, bias=False, rng=0)
    >>> net.weight[...] = 1
    >>> x = np.array([[1.0], [2.0], [3.0]])
    >>> pulls = hardest_pulls(net, nn.MSECriterion(), x, np.array([[1.0], [2.5], [9]]))
    >>> pulls.indices.tolist(), pulls.norms.tolist()
    ([2, 1, 0], [36.0, 2.0, 0.0])
    """
    owner = "hardest_pulls"
    if n < 0:
        raise ValueError(f"{owner}: n has value {n}, expected 0 or more")
    at = Linearised(owner, net, x)
    if check:
        require_singles(owner, at)
    _, dC_dy = pull_back(owner, at.net, criterion, at.x, at.y, target)
    norms = np.sqrt(at.net.per_example_sq_norms(at.x, dC_dy))
    costs = own_costs(criterion, at.y, target)
    order = np.argsort(-norms, kind="stable")[:n]
    total = norms.sum()
    share = norms[order] / total if total > 0 else np.zeros(len(order))
    target = np.asarray(target)
    return Pulls(
        order, norms[order], share, costs[order], target[order], copied(at.y)[order]
    )


class Pulls:
    """Examples and how hard they pull, hardest first.

    Attributes
    ----------
    indices : ndarray of int
        Where they stand in x.
    norms : ndarray
        Of the gradient of each one's own cost, by all parameters.
    share : ndarray
        Of the sum of all norms, those of other examples included.
    costs : ndarray
    targets, outputs : ndarray
    """

    def __init__(self, indices, norms, share, costs, targets, outputs):
        self.indices, self.norms, self.share, self.costs = indices, norms, share, costs
        self.targets, self.outputs = targets, outputs

    def __len__(self):
        return len(self.indices)

    def __str__(self):
        lines = [f"{'example':>8}{'norm':>12}{'share':>8}{'cost':>12}  target, output"]
        for k, i in enumerate(self.indices):
            lines.append(
                f"{i:8}{self.norms[k]:12.4g}{self.share[k]:8.1%}{self.costs[k]:12.4g}"
                f"  {_shown(self.targets[k])}, {self._answer(k)}"
            )
        return "\n".join(lines)

    def _answer(self, k):
        """Return what the net says: the class, where targets are labels."""
        if self.targets.dtype.kind in "iu" and self.outputs.ndim == 2:
            return str(int(np.argmax(self.outputs[k])))
        return _shown(self.outputs[k])


def _shown(value):
    value = np.asarray(value)
    if value.size == 1:
        return f"{value.item():.4g}"
    return f"array {value.shape}"
