"""Inheriting: which verbs a subclass may have from a class whose sweep it changes."""

#: What follows from `forward` and `backward`, and is right for those only.
VERBS = ("backprop", "jvp", "hvp", "backprop_jvp", "backward_diag_hessian")
VERBS += ("acc_diag_hessian_params", "per_example_grads", "per_example_sq_norms")
VERBS += ("diag_hessian", "kronecker_inputs", "kronecker_outputs")
#: What they follow from.
SWEEP = {"forward", "backward", "acc_grad_params"}


def follow_sweep(cls):
    """Let a user's class that changes the sweep of a finished one do without its verbs.

    A subclass of `Linear` with another `backward` would get Linear's `backprop`, `jvp`
    and second derivatives otherwise, all of them of another function. It has those of
    the family in the core instead: the general ways, or an error that names the method
    to write. Verbs that it writes itself stay, and so do those of a family. It may
    have another sweep from any class that stands before the finished one, as a mixin.
    """
    if not _is_users(cls):
        return
    if not any(_is_users(owner) for name in SWEEP for owner in _owners(cls, name)[:1]):
        return
    for verb in VERBS:
        owners = _owners(cls, verb)
        is_core = [owner.__module__.startswith("nnmods.core.") for owner in owners]
        if owners and not _is_users(owners[0]) and not is_core[0]:
            setattr(cls, verb, vars(owners[is_core.index(True)])[verb])


def _owners(cls, name):
    """Return the classes that write a method, the one that is in force first."""
    return [base for base in cls.__mro__ if name in vars(base)]


def _is_users(cls):
    return not cls.__module__.startswith("nnmods.")
