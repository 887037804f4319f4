"""Networks from a Python file of the user's: ``PATH.py:build``."""

import contextlib
import importlib.util
import inspect
import sys
from pathlib import Path

from nnmods.commands.errors import CommandError, locate, one_line
from nnmods.core import Module

ARGUMENTS = ("input_shape", "n_classes")


class UserFile:
    """A Python file that defines modules, or a function that builds a network.

    Parameters
    ----------
    asked : str
        How the command line asks for it; errors begin with it.
    path : str
    name : str, default=None
        Of the function, or of a module that the file made.

    Attributes
    ----------
    path : Path
    classes : dict
        The modules that the file defines, by name.

    Raises
    ------
    CommandError
        If the file cannot be read or run, or has nothing of that name.
    """

    def __init__(self, asked, path, name=None):
        self.path, self.name = Path(path), name
        if not self.path.is_file():
            raise CommandError(f"{asked}: there is no file {path}")
        spec = importlib.util.spec_from_file_location(self.path.stem, self.path)
        self._module = importlib.util.module_from_spec(spec)
        with self.blamed(whatever=True):
            spec.loader.exec_module(self._module)
        self._build = None if name is None else getattr(self._module, name, None)
        if name is not None and not callable(self._build):
            raise CommandError(f"{asked}: {path} has no function {name}")
        self.classes = {
            name: value
            for name, value in vars(self._module).items()
            if inspect.isclass(value)
            and issubclass(value, Module)
            and value.__module__ == spec.name
        }

    def arguments(self):
        """Return what the function takes of `ARGUMENTS`, and whether it needs it.

        A parameter is known by its name; where it has another and no default, by its
        place.

        Returns
        -------
        dict of str to (str, bool)
            Name of the parameter, to one of `ARGUMENTS` and whether it has no default.
        """
        if isinstance(self._build, Module):
            return {}
        try:
            parameters = inspect.signature(self._build).parameters.values()
        except (TypeError, ValueError):  # written in C, some of which tell nothing
            parameters = ()
        found = {}
        for i, parameter in enumerate(parameters):
            needed = parameter.default is parameter.empty
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                continue
            if parameter.name in ARGUMENTS:
                found[parameter.name] = parameter.name, needed
            elif needed and i < len(ARGUMENTS):
                found[parameter.name] = ARGUMENTS[i], needed
        return found

    def build(self, *sizes, **named):
        """Return what the function makes of shape and number of classes.

        A module in its place is returned itself.
        """
        net = self._build
        if not isinstance(net, Module):
            if named:  # some of which it may take by their place alone
                signature = inspect.signature(net)
                call = inspect.BoundArguments(signature, named)
                sizes, named = call.args, call.kwargs
            with self.blamed(whatever=True):
                net = self._build(*sizes, **named)
        if not isinstance(net, Module):
            raise CommandError(
                f"{self.path}: {self.name} returned {type(net).__name__}, "
                "expected a Module"
            )
        return net

    @contextlib.contextmanager
    def blamed(self, whatever=False):
        """Turn an error in a block that runs the file's code into one line.

        Errors that did not pass through the file are let through, unless ``whatever``
        happens is its fault. Neighbours of the file can be imported by it meanwhile.
        """
        folder = str(self.path.absolute().parent)
        sys.path.insert(0, folder)
        try:
            yield
        except (Exception, SystemExit) as err:
            line = locate(err, self.path)
            if line is None and not whatever:
                raise
            where = f"{self.path}" if line is None else f"{self.path}, line {line}"
            kind = type(err).__name__
            raise CommandError(f"{where}: {kind}: {one_line(err)}") from err
        finally:
            with contextlib.suppress(ValueError):
                sys.path.remove(folder)
