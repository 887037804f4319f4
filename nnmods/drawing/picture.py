"""Pictures of networks: the forward graph and the gradient graph."""

from nnmods.core import Criterion, Module
from nnmods.core.arrays import as_size
from nnmods.drawing.building import diagram_of
from nnmods.drawing.formats import Picture, format_of
from nnmods.drawing.sizes import Sizes
from nnmods.drawing.text import text


def draw(net, x=None, path=None, gradient=True, *, limit=60, depth=None):
    """Draw a network, and beside it the graph by which gradients come back.

    The gradient graph is the forward graph with every edge reversed::

        dC/dx = dC/dy J    in each module, J its Jacobian, y by x

    dC/dy is a row, of as many entries as y has. Where a value goes several ways, its
    gradients are summed.

    Parameters
    ----------
    net : Module
        It is left as it is.
    x : ndarray or table, default=None
        What to do a `forward` with, for the shapes of all values and the sizes of the
        Jacobians.
    path : str or path-like, default=None
        Where to save the picture too; see `Picture.save`.
    gradient : bool, default=True
        Whether to draw the gradient graph.
    limit : int, default=60
        How many modules and containers are shown at most. Of more, long rows are shown
        by their ends, and containers as one block with the number of their modules. The
        text has all of them.
    depth : int, default=None
        How many containers around one another are opened; 0 shows the network as one
        block. None means all.

    Returns
    -------
    Picture
        A notebook shows it as SVG, `print` as text.

    Raises
    ------
    TypeError
        If ``net`` is not a Module: a criterion becomes one when it is called on nodes.
    ValueError
        If ``path`` has another ending, or ``limit`` is 0.
    Exception
        What `forward` raises, as it is.

    References
    ----------
    Y. LeCun, NYU Deep Learning, week 2: the graph of a network, and beside it the graph
    of its gradients.

    Examples
    --------
    >>> import nnmods as nn
    >>> print(draw(nn.Sequential(nn.Linear(4, 3), nn.Tanh()), gradient=False))
    Sequential(
      [x -> (0) -> (1) -> y]
      (0): Linear(4 -> 3)
      (1): Tanh()
    )
    """
    if path is not None:
        format_of(path)
    _check(net)
    limit = as_size("draw", "limit", limit)
    if not limit:
        raise ValueError("draw: limit is 0, expected 1 or more")
    depth = None if depth is None else as_size("draw", "depth", depth)
    sizes = Sizes(net, x)
    diagram = diagram_of(net, limit=limit, depth=depth, sizes=sizes)
    title = type(net).__name__
    picture = Picture(diagram, text(net, sizes, gradient), title, gradient)
    if path is not None:
        picture.save(path)
    return picture


def _check(net):
    if isinstance(net, Module):
        return
    kind = type(net).__name__
    hint = f"; {kind}(...)([y, target]) of nodes is one"
    raise TypeError(
        f"draw: net has type {kind}, expected a Module"
        + (hint if isinstance(net, Criterion) else "")
    )
