"""History: the record of a training, epoch by epoch."""

import numpy as np

from nnmods.core.lasting import is_data


class Record(dict):
    """What one epoch came to, by name: ``record["train_cost"]``, ``record.train_cost``.

    ``train_cost`` is the mean cost of the epoch's minibatches, each taken before its
    step; ``train_accuracy`` the fraction of their samples that were classified
    correctly, from 0 to 1. ``validation_cost`` and ``validation_accuracy`` are the same
    of the validation set, after the epoch, in evaluation mode. ``lr`` is the rate of
    the epoch's last step, ``seconds`` its wall-clock time, the validation included.
    Metrics have names as ``train_recall``. None stands for what was not measured.
    """

    def __getattr__(self, name):
        if name in self:
            return self[name]
        raise AttributeError(f"record has {', '.join(self)}, not {name!r}")


class History:
    """The records of all epochs.

    ``history["train_cost"]``, or ``history.train_cost``, is an array with a number for
    each epoch, nan where nothing was measured; ``history[3]`` is the `Record` of epoch
    3, counted from 0, ``history[-1]`` that of the last.

    Examples
    --------
    >>> history = History()
    >>> history.add(Record(train_cost=0.5, validation_cost=None, seconds=2.0))
    >>> history.add(Record(train_cost=0.25, validation_cost=1.0, seconds=2.0))
    >>> len(history), history.train_cost, history[-1].seconds
    (2, array([0.5 , 0.25]), 2.0)
    >>> history.validation_cost
    array([nan,  1.])
    """

    def __init__(self):
        self._columns = {}
        self._length = 0

    def add(self, record):
        """Append a `Record`, or a dict of the same kind."""
        for name in record:
            self._columns.setdefault(name, [None] * self._length)
        for name, column in self._columns.items():
            column.append(record.get(name))
        self._length += 1

    @property
    def names(self):
        """What was recorded."""
        return [*self._columns]

    def as_dict(self):
        """Return a dict of lists by name, with None for what was not measured."""
        return {name: [*column] for name, column in self._columns.items()}

    def state_dict(self):
        """Return all that was recorded."""
        return {"epochs": self._length, "columns": self.as_dict()}

    def load_state_dict(self, state):
        """Take over what `state_dict` returned.

        Raises
        ------
        ValueError
            If it is not as `state_dict` makes it.
        """
        columns, n = state["columns"], state["epochs"]
        if not is_data(columns) or any(len(column) != n for column in columns.values()):
            raise ValueError(f"History: columns are not of {n} epochs each")
        self._columns = {name: [*column] for name, column in columns.items()}
        self._length = n

    def __len__(self):
        return self._length

    def __getitem__(self, key):
        if isinstance(key, str):
            if key not in self._columns:
                known = ", ".join(self._columns) or "nothing yet"
                raise KeyError(f"history has {known}, not {key!r}")
            return np.array(self._columns[key], np.float64)  # None becomes nan
        if not -self._length <= key < self._length:
            raise IndexError(f"history has {self._length} epochs, not epoch {key}")
        return Record({name: column[key] for name, column in self._columns.items()})

    def __getattr__(self, name):
        if name in vars(self).get("_columns", ()):
            return self[name]
        raise AttributeError(f"history has {', '.join(self.names)}, not {name!r}")

    def __repr__(self):
        return f"History({self._length} epochs: {', '.join(self._columns)})"
