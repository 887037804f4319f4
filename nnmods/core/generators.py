"""Generators: the state of a random generator, as data."""

import numpy as np

from nnmods.core.torch7_generator import Torch7Generator
from nnmods.core.values import Unreadable

#: The bit generators of NumPy, by name: no others are made from a file.
BIT_GENERATORS = {
    name: getattr(np.random, name)
    for name in ("MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64")
}
#: The classes of generators that can be saved.
GENERATORS = (np.random.Generator, Torch7Generator)
#: NumPy's default is 4; seeding takes time quadratic in it.
_LARGEST_POOL = 256


def is_known(generator):
    """Tell whether a `numpy.random.Generator` can be saved."""
    bits = generator.bit_generator
    return type(bits) is BIT_GENERATORS.get(type(bits).__name__)


def generator_state(generator):
    """Return a dict of the generator's state and of the seeds that spawn() uses."""
    bits = generator.bit_generator
    seeds = bits.seed_seq
    known = type(seeds) is np.random.SeedSequence
    state = {"bits": bits.state, "seeds": seeds.state if known else None}
    if isinstance(generator, Torch7Generator):
        state |= {"seeds": None, "torch7": True, "waiting": generator.waiting}
    return state


def restore_generator(state):
    """Return a generator that goes on from the state that `generator_state` returned.

    Raises
    ------
    Unreadable
        If the state is none of a known bit generator.
    """
    try:
        bits, seeds = state["bits"], state["seeds"]
        name = bits["bit_generator"]
        if name not in BIT_GENERATORS:
            known = ", ".join(BIT_GENERATORS)
            raise ValueError(f"bit_generator is {name!r}, expected one of {known}")
        if name == "MT19937":
            _check_position("pos", bits["state"]["pos"], 624)
        elif name == "Philox":
            _check_position("buffer_pos", bits["buffer_pos"], 4)
        if seeds is not None and seeds["pool_size"] > _LARGEST_POOL:
            raise ValueError(f"pool_size is {seeds['pool_size']}")
        sequence = None if seeds is None else np.random.SeedSequence(**seeds)
        if state.get("torch7"):
            generator = Torch7Generator.at(bits, state["waiting"])
        else:
            generator = np.random.Generator(BIT_GENERATORS[name](sequence))
            generator.bit_generator.state = bits
    except (AttributeError, LookupError, OverflowError, TypeError, ValueError) as err:
        raise Unreadable(
            f"has a broken generator state ({type(err).__name__}: {err})"
        ) from err
    return generator


def check_generator_state(generator, state):
    """Raise unless a generator could go on from a state.

    Raises
    ------
    ValueError
        If the state is broken, or that of another kind of generator.
    """
    got, wanted = _kind(restore_generator(state)), _kind(generator)
    if got != wanted:
        raise ValueError(f"has the state of a {got}, expected that of a {wanted}")


def put_generator_state(generator, state):
    """Let a generator go on from the state that `generator_state` returned, in place.

    Raises
    ------
    ValueError
        As `check_generator_state` does; nothing has changed then.
    """
    check_generator_state(generator, state)
    generator.bit_generator.state = state["bits"]
    if isinstance(generator, Torch7Generator):
        generator.waiting = state["waiting"]


def _kind(generator):
    if isinstance(generator, Torch7Generator):
        return "Torch7Generator"
    return type(generator.bit_generator).__name__


def _check_position(name, position, last):
    """Raise unless NumPy, which does not look, would read inside of its buffer."""
    if not 0 <= position <= last:
        raise ValueError(f"{name} is {position}, expected 0 to {last}")
