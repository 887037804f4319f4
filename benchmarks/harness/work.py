"""What a step has to do at least: products, memory, calls."""

from math import prod

VIEWS = "Identity", "Flatten"


def least_work(contestant):
    """Return what one step of a contestant of ours takes, whatever the code.

    Counted of each module that is no container, after one step. Products: 2 flops for
    each multiplication of y, of grad_weight, and of dC_dx where there is one. Memory: x
    and y once in forward; dC_dy, dC_dx and once more y, or x, in backward. Calls of
    NumPy: one for y and one for dC_dx, four more where there are parameters, and ten
    for a criterion and a step of an optimiser.

    Parameters
    ----------
    contestant : object
        Of `harness.ours`, after a step, or with a vector list ``w`` and its optimiser.

    Returns
    -------
    dict
        "flops", "bytes", "largest" (bytes of the largest array) and "calls".
    """
    work = dict.fromkeys(("flops", "bytes", "largest", "calls"), 0)
    net = getattr(contestant, "net", getattr(contestant, "module", None))
    forward_only = type(contestant).__name__ == "Inference"
    for module in _leaves(net):
        _add_module(work, module, forward_only)
    if type(contestant).__name__ == "Training":
        work["calls"] += 10
    for w in getattr(contestant, "w", []):  # read w, grad and state; write w and state
        _add(work, 0, 5 * w.nbytes, w.nbytes, 3)
    return work


def _leaves(net):
    if net is None:
        return []
    return [m for m in net.list_modules() if not getattr(m, "modules", None)]


def _add_module(work, module, forward_only):
    y, weight = module.y, getattr(module, "weight", None)
    if type(module).__name__ in VIEWS or isinstance(y, list):
        return _add(work, 0, 0, 0, 0)
    dC_dx = None if forward_only else module.dC_dx
    if isinstance(dC_dx, list):
        dC_dx = dC_dx[0]
    x_bytes = y.nbytes if dC_dx is None else dC_dx.nbytes
    products = 1 + (not forward_only) + (dC_dx is not None)
    flops = 0
    if weight is not None and weight.ndim > 1 and "Embedding" not in repr(module):
        each = prod(weight.shape[1:])
        if weight.shape[0] not in y.shape:  # of all gates, for x and for the state
            each = weight.size // y.shape[-1]
        flops = 2 * products * y.size * each
    moved = y.nbytes + x_bytes
    if not forward_only:
        moved += 2 * y.nbytes + (x_bytes if dC_dx is not None else 0)
    calls = 1 + (dC_dx is not None) + (4 if weight is not None else 0)
    _add(work, flops, moved, max(y.nbytes, x_bytes), calls)


def _add(work, flops, moved, largest, calls):
    work["flops"] += flops
    work["bytes"] += moved
    work["largest"] = max(work["largest"], largest)
    work["calls"] += calls
