"""States: what decides the next step, as nested dicts of plain values and arrays."""

from nnmods.core.generators import (
    check_generator_state,
    generator_state,
    put_generator_state,
)


def check_names(owner, state, names):
    """Raise unless ``state`` is a dict with exactly these names.

    Raises
    ------
    TypeError
        If it is no dict.
    ValueError
        If a name is missing, or is one too many.
    """
    if not isinstance(state, dict):
        raise TypeError(
            f"{owner}: state has type {type(state).__name__}, expected a dict"
        )
    if set(state) != set(names):
        raise ValueError(
            f"{owner}: state has names {', '.join(map(str, state)) or 'none'}, "
            f"expected {', '.join(names) or 'none'}"
        )


class Restorable:
    """A generator, as a part that has a state.

    The state is put into the generator itself, which others may share.

    Parameters
    ----------
    owner : str
        Whose generator it is; named in errors.
    rng : numpy.random.Generator
    """

    def __init__(self, owner, rng):
        self._owner, self._rng = owner, rng

    def state_dict(self):
        """Return the state of the generator at this moment."""
        return generator_state(self._rng)

    def check(self, state):
        """Raise what `load_state_dict` would raise."""
        self._own(check_generator_state, state)

    def load_state_dict(self, state):
        """Make the generator go on from a state.

        Raises
        ------
        ValueError
            If the state is broken, or that of another kind of generator.
        """
        self._own(put_generator_state, state)

    def _own(self, function, state):
        try:
            function(self._rng, state)
        except ValueError as err:
            raise ValueError(f"{self._owner}: rng {err}") from None


def states_of(parts):
    """Return the state of each part of a dict; None of what has none."""
    return {
        name: part.state_dict() if hasattr(part, "state_dict") else None
        for name, part in parts.items()
    }


def load_parts(owner, parts, state):
    """Give each part its state, as `states_of` returned them: all parts, or none.

    Raises
    ------
    ValueError
        If a part has a state of none, or none of its own.
    """
    for name, part in parts.items():
        has = hasattr(part, "load_state_dict")
        if has != (state[name] is not None):
            got, wanted = ("no", "one") if has else ("one", "none")
            raise ValueError(f"{owner}: {name} has {got} state, expected {wanted}")
    loaded = []
    try:
        for name, part in parts.items():
            if state[name] is not None:
                loaded.append((part, part.state_dict()))
                part.load_state_dict(state[name])
    except BaseException:
        for part, before in reversed(loaded):
            part.load_state_dict(before)
        raise
