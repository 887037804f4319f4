"""Inheriting: which verbs a subclass may have from a class whose sweep it changes."""

#: What follows from `forward` and `backward`, and is right for those only.
VERBS = ("backprop", "jvp", "hvp", "backprop_jvp", "backward_diag_hessian")
VERBS += ("acc_diag_hessian_params", "per_example_grads", "per_example_sq_norms")
VERBS += ("diag_hessian",)
#: What they follow from.
SWEEP = {"forward", "backward", "acc_grad_params"}


def follow_sweep(cls):
    """Let a user's class that changes the sweep of a finished one do without its verbs.

    A subclass of `Linear` with another `backward` would get Linear's `backprop`, `jvp`
    and second derivatives otherwise, all of them of another function. It has those of
    the family in the core instead: the general ways, or an error that names the method
    to write. Verbs that it writes itself stay, and so do those of a family.
    """
    if cls.__module__.startswith("nnmods.") or not SWEEP & set(vars(cls)):
        return
    for verb in VERBS:
        if verb in vars(cls) or not hasattr(cls, verb):
            continue
        owners = [base for base in cls.__mro__ if verb in vars(base)]
        is_core = [owner.__module__.startswith("nnmods.core.") for owner in owners]
        if owners[0].__module__.startswith("nnmods.") and not is_core[0]:
            setattr(cls, verb, vars(owners[is_core.index(True)])[verb])
