"""Weights: which parameters of a network are redrawn, and how their axes lie."""

import math
from dataclasses import dataclass

import numpy as np

from nnmods.core.parameters import own_parameters


@dataclass(frozen=True)
class Weight:
    """One weight of a module.

    Attributes
    ----------
    module : Module
    kernels : ndarray, shape (..., out, in, kernel...)
        A view of the parameter. The axes before ``out`` count maps that have nothing to
        do with one another, such as the groups of a convolution.
    lead : int
        How many these are.
    """

    module: object
    kernels: np.ndarray
    lead: int

    @property
    def fans(self):
        """The numbers of inputs of one output, and of outputs of one input."""
        fan_out, fan_in, *kernel = self.kernels.shape[self.lead :]
        return fan_in * math.prod(kernel), fan_out * math.prod(kernel)

    def fill(self, draw):
        """Overwrite each map with ``draw(shape)``, a matrix (out, in * kernel...)."""
        out, *rest = self.kernels.shape[self.lead :]
        for index in np.ndindex(*self.kernels.shape[: self.lead]):
            matrix = draw((out, math.prod(rest)))
            self.kernels[index] = matrix.reshape(out, *rest)


def weights_of(owner, net):
    """Return a list of all weights in ``net``, each once, in order.

    Weights are the parameters of two or more axes called ``weight`` or ``feedback``,
    alone or with something behind (``weight_forget``). Those that scale entry by entry
    (`CMul`, `LayerNorm`), lie by a table of connections, or are centres of clusters are
    none.

    Parameters
    ----------
    owner : str
        Named in errors.
    net : Module

    Raises
    ------
    TypeError
        If ``net`` is no module.
    """
    if not hasattr(net, "list_modules"):
        raise TypeError(
            f"{owner}: net has type {type(net).__name__}, expected a module"
        )
    found, seen = [], set()
    for module in net.list_modules():
        lay = _layout(module)
        for name, p, _ in own_parameters(module):
            if name.split("_")[0] not in ("weight", "feedback") or p.ndim < 2:
                continue
            # the address alone: of two tied weights, one may be the transpose
            address = p.__array_interface__["data"][0]
            kernels, lead = lay(module, p)
            if p.size and kernels is not None and address not in seen:
                seen.add(address)
                found.append(Weight(module, kernels, lead))
    return found


def clear_biases(net):
    """Set to 0 the bias beside each weight, shared weights included.

    Recurrent layers keep theirs, in which some gates are open.
    """
    for module in net.list_modules():
        own = {name: p for name, p, _ in own_parameters(module)}
        weight, is_weight = own.get("weight"), _layout(module) is not _no_weight
        if weight is None or weight.ndim < 2 or "bias" not in own or not is_weight:
            continue
        if not is_recurrent(module):
            own["bias"][...] = 0


def is_recurrent(module):
    """Tell whether it is a layer of gates, with a state."""
    return "RecurrentLayer" in _bases(module)


def _bases(module):
    mro = type(module).__mro__
    return [cls.__name__ for cls in mro if cls.__module__.startswith("nnmods.")]


def _layout(module):
    """Return ``lay(module, p)``, which gives the view of p, and its leading axes."""
    return next((_LAYOUTS[name] for name in _bases(module) if name in _LAYOUTS), _plain)


def _plain(module, p):
    return p, 0


def _transposed(module, p):
    return p.T, 0


def _no_weight(module, p):
    return None, 0


def _convolution(module, p):  # (out, in / groups, kernel...), or with these in one
    shape = (module.groups, p.shape[0] // module.groups, -1, *module.kernel_size)
    return p.reshape(shape, copy=False), 1


def _full_convolution(module, p):  # (in, out / groups, kernel...)
    kernels, lead = _convolution(module, p)
    return kernels.swapaxes(1, 2), lead


def _temporal_convolution(module, p):  # (out, kernel * in)
    kernels = p.reshape((len(p), *module.kernel_size, -1), copy=False)
    return kernels.swapaxes(1, 2), 0


def _depth_wise(module, p):  # (multiplier, channel, kernel...)
    return p.swapaxes(0, 1)[:, :, np.newaxis], 1


def _local(module, p):  # (height, width, out, in, kernel...)
    return p, 2


# By the name of a class, as the room of the layers is not one to import from.
_LAYOUTS = {
    "SpatialConvolutionLocal": _local,
    "SpatialDepthWiseConvolution": _depth_wise,
    "TemporalConvolution": _temporal_convolution,
    "FullConvolution": _full_convolution,
    "MappedConvolution": _no_weight,
    "Convolution": _convolution,
    "SequenceLayer": _transposed,
    "IndexLinear": _transposed,
    "TemplateDistances": _transposed,
    "CMul": _no_weight,
    "LayerNorm": _no_weight,
    "Kmeans": _no_weight,
}
