"""Box: lower and upper bounds of flat parameters."""

import numpy as np


def as_box(owner, bounds, outputs):
    """Return two vectors, the lower and the upper bounds, or None.

    Parameters
    ----------
    owner : str
        Who asks, for errors.
    bounds : tuple, dict or None
        As in `fit_least_squares`.
    outputs : Outputs
        With the parameters as they are, which have to lie between.

    Raises
    ------
    TypeError, ValueError
        If the bounds are not as described, or the parameters not between.
    """
    if bounds is None:
        return None
    w = outputs.w
    low, high = np.full(w.size, -np.inf), np.full(w.size, np.inf)
    if isinstance(bounds, dict):
        _fill(owner, bounds, outputs, low, high)
    else:
        low[...], high[...] = _pair(owner, "bounds", bounds, w.shape)
    if not np.all(low < high):
        i = int(np.argmin(low < high))
        raise ValueError(
            f"{owner}: bounds has {low[i]} below and {high[i]} above parameter "
            f"{_name(outputs, i)}, expected less below than above"
        )
    inside = (low <= w) & (w <= high)
    if not inside.all():
        i = int(np.argmin(inside))
        raise ValueError(
            f"{owner}: {_name(outputs, i)} has value {w[i]:.6g}, expected one from "
            f"{low[i]:.6g} to {high[i]:.6g}, its bounds; np.clip(p, low, high, out=p) "
            "starts there"
        )
    return low, high


def _fill(owner, bounds, outputs, low, high):
    """Write the bounds that are given by paths, later ones over former ones."""
    for path, pair in bounds.items():
        named, start = outputs.named(path), 0
        for (_, p, _), is_named in zip(outputs.parameters, named, strict=True):
            end = start + p.size
            if is_named:
                lower, upper = _pair(owner, f"bounds of {path}", pair, p.shape)
                low[start:end], high[start:end] = lower.ravel(), upper.ravel()
            start = end
        if not any(named):
            names = ", ".join(name for name, _, _ in outputs.parameters[:8])
            raise ValueError(
                f"{owner}: bounds has path {path!r}, expected one of parameters, such "
                f"as {names}"
            )


def _pair(owner, argument, pair, shape):
    """Return the two of a pair in a shape."""
    try:
        lower, upper = pair
    except (TypeError, ValueError):
        raise TypeError(
            f"{owner}: {argument} has value {pair!r}, expected a pair (lower, upper)"
        ) from None
    try:
        return [np.broadcast_to(np.asarray(b, float), shape) for b in (lower, upper)]
    except ValueError:
        raise ValueError(
            f"{owner}: {argument} has shapes {np.shape(lower)} and {np.shape(upper)}, "
            f"expected numbers or {shape}"
        ) from None


def _name(outputs, i):
    """Return the path and the index of entry i of the flat parameters."""
    for path, p, _ in outputs.parameters:
        if i < p.size:
            return f"{path}{[int(k) for k in np.unravel_index(i, p.shape)]}"
        i -= p.size
