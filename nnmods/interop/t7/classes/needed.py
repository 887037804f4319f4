"""Needed: the tensors that a class cannot do without."""


def needed(*names):
    """Return a `Spec.upgrade` that wants these tensors: sizes are checked by them."""

    def upgrade(fields):
        for name in names:
            fields.array(name)

    return upgrade
