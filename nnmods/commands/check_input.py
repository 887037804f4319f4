"""What ``nnmods check`` gives to a module: what was asked for, or what it takes."""

import numpy as np

from nnmods.commands.arrays import read_arrays
from nnmods.commands.choice import REFUSALS
from nnmods.commands.errors import CommandError, locate, one_line
from nnmods.core.rng import unmoved_rng

#: Inputs that are tried where none is given, after those that the weights suggest.
SHAPES = ((5, 3), (5, 4), (3, 2, 7, 6), (3, 2, 7), (2, 2, 5, 4, 6), (4,))


def choose_input(options, user, module):
    """Return what was asked for, or the first input that the module takes.

    Raises
    ------
    CommandError
        If it cannot be read, or none is taken.
    """
    if options.input_file is not None:
        return read_arrays("--input-file", options.input_file)
    rng = np.random.default_rng(options.seed)
    if options.input is not None:
        x = [rng.standard_normal(sizes) for sizes in options.input]
        return x[0] if len(x) == 1 else x
    refusal = None
    tried = dict.fromkeys([*_suggested(module), *SHAPES])
    for sizes in tried:
        x = rng.standard_normal(sizes)
        try:
            copy = module.clone()
        except Exception:
            return x  # no copy can be made, which is a mistake to report
        try:
            with unmoved_rng(), np.errstate(all="ignore"):
                copy.forward(x.copy())
        except NotImplementedError:
            return x  # which is a mistake to report
        except REFUSALS as err:
            refusal = refusal or err
        except (Exception, SystemExit):
            return x  # no matter of shapes
        else:
            return x
    line = locate(refusal, user.path)
    where = "" if line is None else f"line {line}: "
    raise CommandError(
        f"{options.file}: takes no x of shape {', '.join(map(str, tried))} ({where}"
        f"{one_line(refusal)}); --input 5x3 gives another"
    )


def _suggested(module):
    """Yield shapes that the attributes of a module, or of its parts, suggest."""
    for part in module.list_modules():
        length = getattr(part, "in_features", None)
        if isinstance(length, int):
            yield (5, length)
        for p in vars(part).values():
            if not isinstance(p, np.ndarray):
                continue
            if p.ndim == 2:
                yield from ((5, p.shape[1]), (5, p.shape[0]))
            elif p.ndim == 1:
                yield (5, p.shape[0])
            elif p.ndim > 2:
                yield (3, p.shape[1], *(n + 4 + i for i, n in enumerate(p.shape[2:])))
