"""The networks that ``--model`` names, for classification, with Kaiming's weights."""

import math

from nnmods.activations import ReLU
from nnmods.commands.errors import CommandError, one_line
from nnmods.containers import Sequential
from nnmods.layers import Dropout, Flatten, Linear
from nnmods.layers import SpatialConvolution as Conv
from nnmods.layers import SpatialMaxPooling as Pool
from nnmods.training import kaiming

#: Images with sides of at least this are taken by 5x5 kernels, smaller ones by 3x3.
LARGE = 24
SMALLEST = 4  # two poolings leave one pixel


def mlp(input_shape, n_classes, dropout):
    """Return a net of one hidden layer of 64 ReLUs, for samples of any shape.

    ::

        Flatten -> Linear(n, 64) -> ReLU -> Dropout -> Linear(64, classes)
    """
    net = Sequential(Flatten(), Linear(math.prod(input_shape), 64), ReLU())
    _drop(net, dropout)
    return kaiming(net.add(Linear(64, n_classes)))


def lenet(input_shape, n_classes, dropout):
    """Return a small convolutional net for images (channels, height, width).

    Of 24x24 pixels or more, it is LeNet-5 [1]_ with ReLUs and max pooling::

        Conv5x5(C, 6) -> ReLU -> Pool2x2 -> Conv5x5(6, 16) -> ReLU -> Pool2x2
        -> Flatten -> Linear(., 120) -> ReLU -> Dropout -> Linear(120, classes)

    Of less, kernels are 3x3 and keep the size of the image::

        Conv3x3(C, 32) -> ReLU -> Pool2x2 -> Conv3x3(32, 64) -> ReLU -> Pool2x2
        -> Flatten -> Linear(., 128) -> ReLU -> Dropout -> Linear(128, classes)

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied
           to document recognition", Proceedings of the IEEE 86 (1998), figure 2.
    """
    channels, *sides = input_shape
    if min(sides) >= LARGE:
        widths, hidden, kernel = (6, 16), 120, {"kernel_size": 5}
        sides = [((n - 4) // 2 - 4) // 2 for n in sides]
    else:
        widths, hidden, kernel = (32, 64), 128, {"kernel_size": 3, "padding": 1}
        sides = [n // 2 // 2 for n in sides]
    net = Sequential()
    for width in widths:
        net.add(Conv(channels, width, **kernel)).add(ReLU()).add(Pool(2, 2))
        channels = width
    net.add(Flatten()).add(Linear(channels * math.prod(sides), hidden)).add(ReLU())
    _drop(net, dropout)
    return kaiming(net.add(Linear(hidden, n_classes)))


def is_image(input_shape):
    """Tell whether `lenet` takes samples of this shape."""
    return len(input_shape) == 3 and min(input_shape[1:]) >= SMALLEST


MODELS = {"mlp": mlp, "lenet": lenet}
#: The probability of a hidden unit to be dropped, where none is asked for.
DROPOUT = {"mlp": 0.0, "lenet": 0.3}


def build_named(name, asked, source, input_shape, n_classes, dropout=None):
    """Return a network of `MODELS`.

    Parameters
    ----------
    name, asked : str
        Which, and how the command line says so.
    source : str
        What has samples of this shape.
    input_shape : tuple of int, or list of these for a table
    n_classes : int
    dropout : float, default=None
        None is that of `DROPOUT`.

    Raises
    ------
    CommandError
        If it takes no such samples, or would be too large.
    """
    if isinstance(input_shape, list):  # a shape is a tuple
        raise CommandError(
            f"{asked}: takes one array, {source} gives a table of {len(input_shape)}"
        )
    if name == "lenet" and not is_image(input_shape):
        raise CommandError(
            f"{asked}: needs images of 4x4 pixels or more, {source} has samples of "
            f"shape {input_shape}; {asked.replace('lenet', 'mlp')} takes any"
        )
    dropout = DROPOUT[name] if dropout is None else dropout
    try:
        return MODELS[name](input_shape, n_classes, dropout)
    except (MemoryError, ValueError) as err:  # of NumPy: it has too many parameters
        raise CommandError(f"{asked}: {one_line(err)}") from err


def _drop(net, dropout):
    if dropout:
        net.add(Dropout(dropout))
