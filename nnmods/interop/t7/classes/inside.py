"""Inside: modules that stand in another one in Torch7, and not here."""


def inside(module, part):
    """Return a new part of a module, once it is of its dtype and mode."""
    part.astype(module.dtype)
    return part.training() if module.train else part.evaluate()
