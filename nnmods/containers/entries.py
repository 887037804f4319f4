"""Entries: the way back through a container whose output is a table."""

from nnmods.core.tables import check_like, check_table, fits, is_table


def pulled(container, dC_dy, visit, input_grad):
    """Return what the children make of the entries of ``dC_dy``, a list.

    All are checked against y before the first child may learn from its own.
    """
    y = container.y
    if type(dC_dy) is not list or len(dC_dy) != len(y) or not all(map(fits, dC_dy, y)):
        check_gradient(container, "dC_dy", dC_dy, y)
    return [visit(i, entry, input_grad) for i, entry in enumerate(dC_dy)]


def check_gradient(container, argument, dC_dy, y):
    """Raise unless a gradient is built and shaped like y, all of it.

    A number's gradient may have one axis, as Torch7's has.
    """
    if is_table(y):
        check_table(container, argument, dC_dy, len(y))
        for i, (entry, part) in enumerate(zip(dC_dy, y, strict=True)):
            if not fits(entry, part):
                check_gradient(container, f"{argument}[{i}]", entry, part)
    elif getattr(dC_dy, "shape", None) != (1,) or getattr(y, "shape", None) != ():
        check_like(container, argument, dC_dy, y)
