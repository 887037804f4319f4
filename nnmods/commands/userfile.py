"""Networks from a Python file of the user's: ``--model PATH.py:build``."""

import contextlib
import importlib.util
import inspect
import sys
from pathlib import Path

from nnmods.commands.errors import CommandError, locate, one_line
from nnmods.core import Module


class UserFile:
    """A Python file with a function that builds a network.

    Parameters
    ----------
    text : str
        As in ``PATH.py:build``.

    Attributes
    ----------
    path : Path
    classes : dict
        The modules that the file defines, by name.

    Raises
    ------
    CommandError
        If the file cannot be read or run, or has no such function.
    """

    def __init__(self, text):
        path, _, self.name = text.rpartition(":")
        self.path = Path(path)
        if not self.path.is_file():
            raise CommandError(f"--model {text}: there is no file {path}")
        spec = importlib.util.spec_from_file_location(self.path.stem, self.path)
        self._module = importlib.util.module_from_spec(spec)
        with self.blamed():
            spec.loader.exec_module(self._module)
        self._build = getattr(self._module, self.name, None)
        if not callable(self._build):
            raise CommandError(f"--model {text}: {path} has no function {self.name}")
        self.classes = {
            name: value
            for name, value in vars(self._module).items()
            if inspect.isclass(value)
            and issubclass(value, Module)
            and value.__module__ == spec.name
        }

    def build(self, input_shape, n_classes):
        """Return what the function makes of shape and number of classes."""
        with self.blamed():
            net = self._build(input_shape, n_classes)
        if not isinstance(net, Module):
            raise CommandError(
                f"{self.path}: {self.name} returned {type(net).__name__}, "
                "expected a Module"
            )
        return net

    @contextlib.contextmanager
    def blamed(self):
        """Turn an error in a block that runs the file's code into one line.

        Errors that did not pass through the file are let through. Neighbours of the
        file can be imported by it meanwhile.
        """
        folder = str(self.path.absolute().parent)
        sys.path.insert(0, folder)
        try:
            yield
        except (Exception, SystemExit) as err:
            line = locate(err, self.path)
            if line is None and not self._is_wrong_call(err):
                raise
            where = f"{self.path}" if line is None else f"{self.path}, line {line}"
            kind = type(err).__name__
            raise CommandError(f"{where}: {kind}: {one_line(err)}") from err
        finally:
            with contextlib.suppress(ValueError):
                sys.path.remove(folder)

    def _is_wrong_call(self, err):
        """Tell whether ``build`` refused its arguments, before its first line."""
        return isinstance(err, TypeError) and f"{self.name}() " in str(err)
