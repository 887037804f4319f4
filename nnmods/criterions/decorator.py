"""CriterionDecorator: a criterion that puts another one to use."""

from nnmods.core import Criterion


class CriterionDecorator(Criterion):
    """A cost that is made of what one criterion gives.

    Parameters
    ----------
    criterion : Criterion
        Its dtype is that of the whole.

    Raises
    ------
    TypeError
        If it is not a Criterion.
    """

    def __init__(self, criterion):
        if not isinstance(criterion, Criterion):
            raise TypeError(
                f"{type(self).__name__}: criterion has type "
                f"{type(criterion).__name__}, expected a Criterion"
            )
        super().__init__()
        self.criterion = criterion

    @property
    def dtype(self):
        """The dtype of its criterion."""
        return self.criterion.dtype

    def astype(self, dtype):
        """Convert the criterion too, in place, and return self."""
        self.criterion.astype(dtype)
        return super().astype(dtype)

    def clear_state(self):
        """Drop results and scratch memory, those of the criterion too, return self."""
        self.criterion.clear_state()
        return super().clear_state()

    def _options(self):
        """Return what stands in the repr after the criterion."""
        return ""

    def __repr__(self):
        return f"{type(self).__name__}({self.criterion!r}{self._options()})"
