"""Inheriting: which verbs a subclass may have from a class whose sweep it changes."""

#: What follows from `forward` and `backward`, and is right for those only.
FOLLOWERS = ("backprop", "jvp", "hvp", "backprop_jvp", "backward_diag_hessian")
FOLLOWERS += ("acc_diag_hessian_params", "per_example_grads", "per_example_sq_norms")
FOLLOWERS += ("diag_hessian", "kronecker_inputs", "kronecker_outputs")
FOLLOWERS += ("curved", "overwrites", "finishes", "reads_y")
#: What they follow from.
SWEEP = ("forward", "backward", "acc_grad_params")


def follow_sweep(cls):
    """Let a user's class that changes a sweep do without the verbs made for that.

    A subclass of `Linear` with another `backward` would get Linear's `backprop`, `jvp`
    and second derivatives otherwise, all of them of another function. It has those of
    `Module` or `Criterion` instead: the general ways, or an error that names the method
    to write; what it writes itself stays. So it is with a subclass of `Sequential`, or
    of a family that writes the sweep, such as `Elementwise`. Where a family leaves the
    sweep to its subclasses, its verbs follow from theirs, and stay. A class may have
    another sweep from any class before the one that is changed, as a mixin.
    """
    if _is_users(cls) and any(_changes(cls, name) for name in SWEEP):
        for name in FOLLOWERS:
            owners = _owners(cls, name)
            if owners and not _is_users(owners[0]):
                setattr(cls, name, vars(owners[-1])[name])


def has_own_sweep(cls):
    """Tell whether a user wrote the sweep that a class has."""
    return any(_is_users(owner) for name in SWEEP for owner in _owners(cls, name)[:1])


def _changes(cls, name):
    """Tell whether a user's method is in force over one of ours that is written."""
    first, *others = _owners(cls, name) or [cls]
    return _is_users(first) and not all(map(_is_users, others[:-1]))


def _owners(cls, name):
    """Return the classes that have an attribute of their own, the one in force first.

    The last one is `Module` or `Criterion`, or a part of these.
    """
    return [base for base in cls.__mro__ if name in vars(base)]


def _is_users(cls):
    return not cls.__module__.startswith("nnmods.")
