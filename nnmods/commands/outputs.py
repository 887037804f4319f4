"""Files that a command leaves behind: checked before its work, written after it."""

import json
import math
import os
import tempfile
from pathlib import Path

from nnmods.commands.errors import CommandError, blamed, one_line
from nnmods.core.files import replacing
from nnmods.drawing.panels import check_drawing
from nnmods.interop import save


def check_writable(option, path):
    """Raise unless a file can be written at ``path``.

    Raises
    ------
    CommandError
        Which names the option that asked for the file.
    """
    path = Path(path)
    if path.is_dir():
        raise CommandError(f"{option} {path}: is a folder, expected a file")
    if path.exists() and not path.is_file():
        return  # a device or a pipe, such as /dev/stdout
    try:
        tempfile.TemporaryFile(dir=path.parent).close()
    except OSError as err:
        raise CommandError(
            f"{option} {path}: cannot write to folder {path.parent}: {err.strerror}"
        ) from err


def check_outputs(options, *names):
    """Raise unless the files of some options can be written, and are different ones.

    Raises
    ------
    CommandError
        Which names the option.
    """
    taken = {}
    for name in names:
        path = getattr(options, name)
        if path is None:
            continue
        option = f"--{name}"
        check_writable(option, path)
        other = taken.setdefault(os.path.realpath(path), option)
        if other != option:
            raise CommandError(f"{option} {path}: is the file of {other} as well")


def check_plot(options):
    """Raise unless curves could be drawn where ``--plot`` wants them.

    Raises
    ------
    CommandError
        If it names no kind of picture, or what draws them is not installed.
    """
    if options.plot is not None:
        try:
            check_drawing(options.plot)
        except (ImportError, ValueError) as err:
            raise blamed("--plot", options.plot, err) from err


def check_saving(path, net):
    """Raise unless `save` can write such a network: now, not after hours.

    Raises
    ------
    CommandError
        If it holds what has no place in a file.
    """
    with tempfile.TemporaryDirectory() as folder:
        try:
            save(net, Path(folder) / "trial.npz")
        except (OSError, TypeError, ValueError) as err:
            raise blamed("--save", path, err) from err


def spelled(value):
    """Return what JSON can hold: texts in place of numbers that are not finite.

    Examples
    --------
    >>> spelled({"ratio": [0.5, float("inf"), None]})
    {'ratio': [0.5, 'inf', None]}
    """
    if isinstance(value, dict):
        return {name: spelled(entry) for name, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [spelled(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def write_json(path, contents):
    """Write numbers, texts, lists and dicts as JSON (RFC 8259: no NaN, no Infinity)."""
    text = json.dumps(contents, indent=2, allow_nan=False)
    with replacing(path, "w", encoding="utf-8") as file:
        file.write(text + "\n")


def write_all(writers):
    """Call each writer, also when one before it failed, and return what was written.

    Parameters
    ----------
    writers : list
        Of (path, function), None in place of a path where there is nothing to write.

    Returns
    -------
    written : list of str
        The paths.
    errors : list of str
        A line for each that failed.
    """
    written, errors = [], []
    for path, write in writers:
        try:
            if path is not None:
                write(path)
                written.append(str(path))
        except (OSError, TypeError, ValueError) as err:
            errors.append(f"{path}: {one_line(err).removeprefix(f'{path}: ')}")
    return written, errors
