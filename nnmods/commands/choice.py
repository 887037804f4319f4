"""A network that was chosen on the command line."""

import contextlib
import dataclasses

from nnmods.commands.errors import CommandError, one_line
from nnmods.commands.userfile import UserFile
from nnmods.core import Module

#: What modules raise for an input that is none for them, or too large.
REFUSALS = (ValueError, TypeError, RuntimeError, IndexError, MemoryError)


@dataclasses.dataclass
class Choice:
    """A network, what it is called, and where it comes from.

    Attributes
    ----------
    net : Module
    name : str
    user : UserFile or None
        The file whose code it runs.
    saved : bool
        Whether it was read from a file, with its weights.
    """

    net: Module
    name: str
    user: UserFile | None = None
    saved: bool = False

    def blamed(self):
        """Return a context that blames the user's file, if there is one, for errors."""
        return contextlib.nullcontext() if self.user is None else self.user.blamed()

    @contextlib.contextmanager
    def given(self, name):
        """Turn an error of the network, which was given something, into one line.

        It begins with ``name``, unless it passed through the user's file.
        """
        try:
            with self.blamed():
                yield
        except REFUSALS as err:
            raise CommandError(f"{name or self.name}: {one_line(err)}") from err
