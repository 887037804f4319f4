"""How a mapped convolution is laid out for the kernels: which plane goes where."""

import numpy as np


class Connections:
    """The layout of a connection table as a convolution with groups of channels.

    Outputs with the same inputs make one group; where they differ, each output is a
    group of its own, whose input planes are copied together. Groups have as many slots
    for inputs as the output with the most: slots that are left hold a plane of zeros.

    Nothing is multiplied that is not connected, so an output does not see the infinite
    or undefined values of a plane that it has no connection to.

    Parameters
    ----------
    table : ndarray of int, shape (connections, 2)
        Pairs (input, output).
    transposed : bool, default=False
        Whether filters are laid out for the transposed convolution.

    Attributes
    ----------
    groups, slots : int
        How many groups there are, and input planes in each.
    filters : tuple
        The numbers of groups, and of outputs and slots in each; with ``transposed``
        of slots and outputs.
    places : ndarray of int
        Which of these filters, counted through, each connection is.
    planes : list of (int, int)
        Slots, counted through all groups, and their input planes.
    direct : bool
        Whether the slots are the planes as they are.

    Examples
    --------
    >>> where = Connections(np.array([[0, 1], [2, 1], [1, 0]]))
    >>> where.groups, where.slots, where.planes
    (2, 2, [(2, 0), (3, 2), (0, 1)])
    """

    def __init__(self, table, transposed=False):
        inputs, outputs = table.T
        fan_in = np.bincount(outputs)
        self.slots = int(fan_in.max())
        order = np.lexsort((inputs, outputs))  # by output, then by input
        slot = np.empty_like(inputs)
        starts = np.cumsum(fan_in) - fan_in
        slot[order] = np.arange(len(table)) - starts[outputs[order]]
        same = inputs[order][: self.slots]
        if fan_in.min() == self.slots and np.all(
            inputs[order].reshape(-1, self.slots) == same
        ):
            self.groups, rows, group, row = 1, len(fan_in), 0, outputs
            self.planes = list(enumerate(same.tolist()))
        else:
            self.groups, rows, group, row = len(fan_in), 1, outputs, 0
            places = outputs * self.slots + slot
            self.planes = list(zip(places.tolist(), inputs.tolist(), strict=True))
        self.direct = self.groups == 1 and all(a == b for a, b in self.planes)
        inner, at = (rows, self.slots), (row, slot)
        if transposed:
            inner, at = inner[::-1], at[::-1]
        self.filters = self.groups, *inner
        self.places = (group * inner[0] + at[0]) * inner[1] + at[1]


def as_table(owner, conn_table):
    """Return a connection table as an array of integers, after checks."""
    table = np.array(conn_table)
    if table.ndim != 2 or table.shape[1] != 2 or not len(table):
        raise ValueError(
            f"{owner}: conn_table has shape {table.shape}, expected (connections, 2)"
        )
    if table.dtype.kind not in "iu":
        raise TypeError(
            f"{owner}: conn_table has dtype {table.dtype}, expected integers"
        )
    if table.min() < 0:
        raise ValueError(
            f"{owner}: conn_table has entry {table.min()}, expected 0 or more"
        )
    return table.astype(np.int64)
