"""History: the record of a training, epoch by epoch."""

from dataclasses import asdict, dataclass, field
from typing import NamedTuple


class Record(NamedTuple):
    """What one epoch came to; None stands for what was not measured.

    Attributes
    ----------
    train_cost : float
        Mean cost of the epoch's minibatches, each taken before its step.
    train_accuracy : float or None
        Fraction of their samples that were classified correctly, from 0 to 1.
    test_cost, test_accuracy : float or None
        The same of the test set, after the epoch, in evaluation mode.
    seconds : float
        Wall-clock time, the test included.
    """

    train_cost: float
    train_accuracy: float | None
    test_cost: float | None
    test_accuracy: float | None
    seconds: float


@dataclass
class History:
    """The records of all epochs, a list for each figure of a `Record`.

    Examples
    --------
    >>> history = History()
    >>> history.add(Record(0.5, 0.75, 0.25, 1.0, 2.0))
    >>> len(history), history.test_accuracy, history[-1].seconds
    (1, [1.0], 2.0)
    """

    train_cost: list = field(default_factory=list)
    train_accuracy: list = field(default_factory=list)
    test_cost: list = field(default_factory=list)
    test_accuracy: list = field(default_factory=list)
    seconds: list = field(default_factory=list)

    def add(self, record):
        """Append a `Record`."""
        for name, value in record._asdict().items():
            getattr(self, name).append(value)

    def as_dict(self):
        """Return a dict of copies of the lists, by name."""
        return asdict(self)

    def __len__(self):
        return len(self.seconds)

    def __getitem__(self, epoch):
        """Return the `Record` of an epoch, counted from 0, or from the end."""
        return Record(*(getattr(self, name)[epoch] for name in Record._fields))
