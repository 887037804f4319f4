"""Tree: modules within modules, who stands where, and what is done to all."""

from nnmods.core.rng import get_rng
from nnmods.core.state import State

#: Counts the changes made to any tree, so that a container knows when to look again.
changes = [0]


def mark_changed():
    """Note that the children of some module changed."""
    changes[0] += 1


class Tree(State):
    """An object whose attributes may be objects of its kind, or lists of these.

    Attributes
    ----------
    train : bool
        Whether it is in training mode.
    """

    train = True

    def children(self):
        """Return a list of (name, module): the attributes that are modules."""
        found = []
        for name, value in vars(self).items():
            if isinstance(value, Tree):
                found.append((name, value))
            elif isinstance(value, (list, tuple)):
                found += [
                    (f"{name}.{i}", child)
                    for i, child in enumerate(value)
                    if isinstance(child, Tree)
                ]
        return found

    def named_modules(self):
        """Return a list of (path, module): itself, with path "", and all below it.

        Raises
        ------
        ValueError
            If one instance stands at two places, which the error names.
        """
        seen, found, stack = {}, [], [("", self)]
        while stack:
            path, module = stack.pop()
            if id(module) in seen:
                raise ValueError(
                    f"{type(module).__name__} stands at two places, "
                    f"{seen[id(module)] or 'the root'} and {path}; "
                    "clone(share=True) makes a second one with the same weights"
                )
            seen[id(module)] = path
            found.append((path, module))
            dot = "." if path else ""
            below = [(path + dot + name, child) for name, child in module.children()]
            stack += reversed(below)
        return found

    def list_modules(self):
        """Return a list of itself and all modules below it, parents first."""
        return [module for _, module in self.named_modules()]

    def castable(self):
        """Return a list of itself and the modules below it that `astype` converts."""
        found = [self]
        for _, child in self.children():
            found += child.castable()
        return found

    def find_modules(self, cls):
        """Return a list of those that are instances of a class."""
        return [module for module in self.list_modules() if isinstance(module, cls)]

    def apply(self, function):
        """Call ``function(module)`` on itself and all below it, and return self."""
        for module in self.list_modules():
            function(module)
        return self

    def replace(self, function):
        """Return ``function(self)``, in which each child is replaced likewise."""
        out = function(self)
        for name, child in out.children():
            new = child.replace(function)
            if new is not child:
                out.set_child(name, new)
        return out

    def set_child(self, name, module):
        """Put a module in the place of the child that `children` calls ``name``."""
        name, _, index = name.partition(".")
        if index:
            siblings = list(getattr(self, name))
            siblings[int(index)] = module
            module = type(getattr(self, name))(siblings)
        setattr(self, name, module)
        mark_changed()

    def training(self):
        """Set training mode everywhere, and return self."""
        return self.apply(lambda module: setattr(module, "train", True))

    def evaluate(self):
        """Set evaluation mode everywhere, and return self."""
        return self.apply(lambda module: setattr(module, "train", False))

    def reset(self, rng=None, stdv=None):
        """Redraw all parameters in place, and return self.

        ``stdv`` is the standard deviation, where a class draws uniform numbers; None
        leaves each class its own.
        """
        rng = get_rng(rng)
        options = () if stdv is None else (stdv,)
        for _, child in self.children():
            child.reset(rng, *options)
        return self

    def clear_state(self):
        """Drop results and scratch memory everywhere, and return self."""
        return self.apply(State.clear_state)
