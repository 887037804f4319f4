"""The contract as a battery of checks, for anybody's module."""

from nnmods.testing import arguments, copies, gradients, samples
from nnmods.testing.compare import ContractError
from nnmods.testing.subject import Subject


def check_module(
    module, x, *, batch=True, single=None, empty=None, independent=True, seed=0
):
    """Check that a module keeps the contract, at one input.

    By central differences in float64 along random directions, dC_dx and every
    parameter gradient are what `forward` demands; gradients accumulate, by ``scale``;
    `backprop` is `backward` and `acc_grad_params` at once; `jvp`, where it is written,
    passes the dot-test. Arguments are not written to; ``module(x)`` belongs to the
    caller; float32 stays float32; strides do not matter; other batch sizes work, and a
    sample alone; copies compute the same; flat parameters stay views.

    The module itself is left as it was: a copy is checked.

    Parameters
    ----------
    module : Module
        Anything with the verbs of the contract.
    x : array_like or table
        An input away from kinks, where differences mean something. Its first axis
        counts samples. Unequal lengths of its axes show more mistakes.
    batch : bool, default=True
        Whether other lengths of the first axis are to work too.
    single, empty : bool or None, default=None
        Whether a sample without the batch axis, and a batch of no samples, are to work
        too. None: if the module takes such an input at all, y and dC_dx are to be
        right.
    independent : bool, default=True
        Whether a sample's y depends on that sample alone (not so in batch
        normalisation).
    seed : int, default=0
        Of the random directions.

    Raises
    ------
    ContractError
        An AssertionError that names the module, what differs, where, what was got and
        what was expected.

    Examples
    --------
    >>> import numpy as np
    >>> from nnmods.core import Module
    >>> class Twice(Module):
    ...     def forward(self, x):
    ...         return 2 * x
    ...     def backward(self, x, dC_dy):
    ...         return dC_dy
    >>> check_module(Twice(), np.ones((3, 2)))
    Traceback (most recent call last):
        ...
    nnmods.testing.compare.ContractError: Twice(): backward: the inner product is ...
    """
    subject = Subject(module, x, seed)
    gradients.check_backward(subject)
    gradients.check_parameters(subject)
    gradients.check_accumulation(subject)
    gradients.check_jvp(subject)
    arguments.check_arguments(subject)
    arguments.check_dtypes(subject)
    arguments.check_layouts(subject)
    copies.check_copies(subject)
    if batch and samples.is_batch(subject.x):
        samples.check_batches(subject, independent)
        if empty or (empty is None and _takes(samples.check_empty, subject)):
            samples.check_empty(subject, independent)
        if single:
            samples.check_single(subject, independent)
        elif single is None and _takes(_check_sample, subject):
            _check_sample(subject, independent)


def _check_sample(subject, independent):
    # Its parameter gradients are left out: a module made for batches may add up along
    # the first axis, and that need not be a mistake.
    samples.check_single(subject, independent, gradients=False)


def _takes(check, subject):
    """Tell whether a check runs to its end, or to a result that is wrong."""
    try:
        check(subject, True)
    except ContractError:
        return True
    except Exception:  # whatever a module does with a shape that it is not made for
        return False
    return True
