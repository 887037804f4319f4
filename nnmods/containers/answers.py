"""Answers: what a function of x says of a batch, or of each example, checked."""

import numpy as np


def as_numbers(owner, name, answer, shape, below=None):
    """Return whole numbers from 0 on, as an array, of any dtype.

    Parameters
    ----------
    owner : Module
        Whose answer it is; named in errors.
    name : str
        What errors call it.
    answer : int, bool or whole float, or array_like of these
    shape : tuple
        The wanted one: (N,) of examples; () of a batch, where (1,) will do.
    below : int, default=None
        What they are to be less than.

    Raises
    ------
    TypeError
        If there is something else than numbers.
    ValueError
        If the shape is another one, or a number out of range or not whole.
    """
    numbers = _as_array(owner, name, answer, shape)
    wanted = "a whole number from 0 on" if below is None else f"an index below {below}"
    if numbers.size == 0:
        return numbers
    if numbers.dtype.kind not in "iubf":
        _refuse(TypeError, owner, name, numbers, wanted)
    if numbers.dtype.kind == "f":
        wrong = (np.rint(numbers) != numbers) | ~np.isfinite(numbers)
        if wrong.any():
            _refuse(ValueError, owner, name, numbers, wanted, wrong)
    # Of a single one, reductions would take longer than all the rest.
    ends = (numbers.min(), numbers.max()) if shape else (numbers, numbers)
    if ends[0] < 0 or (below is not None and ends[1] >= below):
        wrong = numbers < 0
        if below is not None:
            wrong |= numbers >= below
        _refuse(ValueError, owner, name, numbers, wanted, wrong)
    return numbers


def as_places(owner, name, answer, shape, keys):
    """Return the place of each key in a list, as an array.

    Parameters
    ----------
    answer : str, or array_like of these
    keys : list of str
    owner, name, shape
        Those of `as_numbers`.

    Raises
    ------
    TypeError
        If there is something else than texts.
    ValueError
        If the shape is another one, or a key unknown.
    """
    given = _as_array(owner, name, answer, shape)
    wanted = f"one of {', '.join(map(repr, keys))}"
    if given.dtype.kind not in "UO" and given.size:
        _refuse(TypeError, owner, name, given, wanted)
    places = np.full(shape, -1)
    for place, key in enumerate(keys if given.size else ()):
        np.copyto(places, place, where=given == key)
    if (places < 0).any():
        _refuse(ValueError, owner, name, given, wanted, places < 0)
    return places


def _as_array(owner, name, answer, shape):
    try:
        found = np.asarray(answer)
    except ValueError:  # lists of several lengths
        found = np.asarray(None)
    if found.shape == (1,) and not shape:  # as modules give that fold an array
        return found.reshape(())
    if found.shape == shape:
        return found
    got = f"shape {found.shape}" if found.ndim else f"value {answer!r}"
    if shape:
        wanted = f"shape {shape}, one for each example"
    else:
        wanted = "a single one; per_example=True takes one for each example"
    raise ValueError(f"{type(owner).__name__}: {name} has {got}, expected {wanted}")


def _refuse(error, owner, name, given, wanted, wrong=None):
    """Raise an error that shows the first one that is wrong; None: all of them."""
    place = 0 if wrong is None else int(np.argmax(wrong))
    name = f"{name}[{place}]" if given.ndim else name
    got = given.reshape(-1)[place : place + 1].tolist()[0]
    raise error(f"{type(owner).__name__}: {name} is {got!r}, expected {wanted}")
