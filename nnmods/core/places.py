"""Places: which of a container's parameters are those of each child."""

from nnmods.core.arrays import memory_key
from nnmods.core.parameters import walk_parameters
from nnmods.core.tree import changes


class Places:
    """The parameters of a container, and where each child finds its own among them.

    To find them takes a walk through all modules, which small networks need in each
    product with a Jacobian: `holds` tells whether that of the last time still serves.

    Attributes
    ----------
    count : int
        The number of parameters, shared ones once.
    taught : list of int
        The children that have parameters.
    of_child : list of list of int
        The places of each child's parameters, in its own order.
    shared : bool
        Whether two children have a parameter in common.
    """

    def __init__(self, container):
        self._changes = changes[0]
        self._own = _twins(vars(container))  # without vars itself: that were a cycle
        below = [vars(module) for module in container.list_modules()[1:]]
        self._below = [(attributes, _twins(attributes)) for attributes in below]
        order = {}
        for *_, p, _ in walk_parameters(container):
            order.setdefault(memory_key(p), len(order))
        self.count = len(order)
        self.of_child = []
        for child in container.modules:
            keys = dict.fromkeys(memory_key(p) for *_, p, _ in walk_parameters(child))
            self.of_child.append([order[key] for key in keys])
        self.taught = [i for i, places in enumerate(self.of_child) if places]
        several = [place for places in self.of_child for place in places]
        self.shared = len(set(several)) < len(several)

    def holds(self, container):
        """Tell whether nothing was added, taken away, shared or moved since."""
        if self._changes != changes[0] or len(self.of_child) != len(container.modules):
            return False
        if not _has_twins(vars(container), *self._own):
            return False
        for attributes, twins in self._below:
            if not _has_twins(attributes, *twins):
                return False
        return True


def _twins(attributes):
    """Return how many attributes there are, and those of parameters, with names."""
    grads = [name for name in attributes if name.startswith("grad_")]
    names = grads + [grad.removeprefix("grad_") for grad in grads]
    return len(attributes), [(name, attributes.get(name)) for name in names]


def _has_twins(attributes, length, twins):
    """Tell whether `_twins` would return the same."""
    if len(attributes) != length:
        return False
    for name, value in twins:
        if attributes.get(name) is not value:
            return False
    return True


def places_of(container):
    """Return the `Places` of a container, those of the last time if they still hold."""
    places = container._places
    if places is None or not places.holds(container):
        places = container._places = Places(container)
    return places
