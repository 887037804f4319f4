"""T7Error: what is wrong with a `.t7` file, and where."""


class T7Error(ValueError):
    """A `.t7` file is damaged, or holds what cannot be understood.

    Parameters
    ----------
    message : str
        What was found, and what was expected.
    offset : int, default=None
        The byte of the file at which it was found.

    Attributes
    ----------
    offset : int or None
    """

    def __init__(self, message, offset=None):
        super().__init__(message if offset is None else f"byte {offset}: {message}")
        self.offset = offset


def one_line(err):
    """Return what an error says in one line, with its type if it says nothing."""
    return " ".join(str(err).split()) or type(err).__name__
