"""Entries: the way back through a container whose output is a table."""

from nnmods.core.tables import check_like, check_table


def pulled(container, dC_dy, visit, input_grad):
    """Return what the children make of the entries of ``dC_dy``, a list.

    All are checked against y before the first child may learn from its own.
    """
    check_table(container, "dC_dy", dC_dy, len(container.y))
    for i, (entry, y) in enumerate(zip(dC_dy, container.y, strict=True)):
        # A number's gradient may have one axis, as Torch7's has.
        if getattr(entry, "shape", None) != (1,) or getattr(y, "shape", None) != ():
            check_like(container, f"dC_dy[{i}]", entry, y)
    return [visit(i, entry, input_grad) for i, entry in enumerate(dC_dy)]
