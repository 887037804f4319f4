"""Stackless: functions that call one another 10^5 deep, without Python's stack."""

from types import GeneratorType


def drive(task):
    """Return what a generator returns, and run those that it asks for.

    A function that would call itself is written as a generator, and says
    ``part = yield call(...)`` in place of ``part = call(...)``. What it yields is run
    if it is a generator, and handed back as it is if not.

    Parameters
    ----------
    task : generator, or any other value
        A value is returned as it is.

    Examples
    --------
    >>> def depth(table):
    ...     return (1 + (yield depth(table[0]))) if table else 0
    >>> drive(depth([[[]]]))
    2
    """
    stack, value = [], task
    while True:
        if type(value) is GeneratorType:
            stack.append(value)
            value = None
        if not stack:
            return value
        try:
            value = stack[-1].send(value)
        except StopIteration as end:
            stack.pop()
            value = end.value
        except BaseException:
            while stack:  # each one's ``finally`` runs now
                stack.pop().close()
            raise
