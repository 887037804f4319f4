"""Inner nets: the modules that the package rnn builds inside of its own."""

from nnmods.interop.t7 import names as nn


class Inner:
    """Makes modules that stand inside of another one: of its dtype, in its mode.

    Parameters
    ----------
    module : Module

    Examples
    --------
    >>> inner = Inner(nn.GRU(3, 2, rng=0))
    >>> inner("Sequential", inner("NarrowTable", 0, 2), inner("CAddTable"))
    Sequential(
      (0): NarrowTable(0, 2)
      (1): CAddTable()
    )
    """

    def __init__(self, module):
        self.module = module

    def __call__(self, name, *args, **kwargs):
        """Return a module of a class."""
        made = getattr(nn, name)(*args, **kwargs)
        made._dtype, made.train = self.module.dtype, self.module.train
        return made

    def linear(self, weight, bias=None):
        """Return a Linear whose parameters are those of the module, by these names."""
        n_out, n_in = getattr(self.module, weight).shape
        name = "LinearNoBias" if bias is None else "Linear"
        made = self(name, n_in, n_out, dtype=self.module.dtype, rng=0)
        self._share(made, weight=weight, bias=bias)
        return made

    def c_mul(self, weight):
        """Return a CMul whose weight is a parameter of the module."""
        n = len(getattr(self.module, weight))
        made = self("CMul", n, dtype=self.module.dtype, rng=0)
        self._share(made, weight=weight)
        return made

    def _share(self, made, **names):
        for name, own in names.items():
            if own is not None:
                setattr(made, name, getattr(self.module, own))
                setattr(made, f"grad_{name}", getattr(self.module, f"grad_{own}"))

    def sequential(self, *modules):
        return self("Sequential", *modules)

    def both(self, *modules):
        """Return a ConcatTable, which hands its table to each module."""
        return self("ConcatTable", *modules)

    def each(self, *modules):
        """Return a ParallelTable."""
        return self("ParallelTable", *modules)

    def pick(self, i):
        return self("SelectTable", i)

    def product_of(self, *modules):
        return self.sequential(self.both(*modules), self("CMulTable"))

    def sum_of(self, *modules):
        return self.sequential(self.both(*modules), self("CAddTable"))


def fast_lstm_net(inner, i2g, o2g):
    """Return the net of a FastLSTM: [x, h, c] to [h, c]."""
    transfers = [inner(name) for name in ("Sigmoid", "Tanh", "Sigmoid", "Sigmoid")]
    gates = inner.sequential(
        inner("NarrowTable", 0, 2),
        inner.each(i2g, o2g),
        inner("CAddTable"),
        inner("Reshape", 4, inner.module.out_features),
        inner("SplitTable", 0, 2),
        inner.each(*transfers),
    )
    written = inner.sequential(inner("NarrowTable", 0, 2), inner("CMulTable"))
    cell = inner.sum_of(written, inner.product_of(inner.pick(2), inner.pick(4)))
    bent = inner.sequential(inner.pick(0), inner("Tanh"))
    return inner.sequential(
        inner.both(gates, inner.pick(2)),
        inner("FlattenTable"),  # i, g, f, o, c'
        inner.both(cell, inner.pick(3)),
        inner("FlattenTable"),  # c, o
        inner.both(inner.product_of(bent, inner.pick(1)), inner.pick(0)),
    )


def gru_net(inner, i2g, o2g):
    """Return the net of a GRU: [x, h] to h."""
    gates = inner.sequential(
        inner.each(i2g, o2g),
        inner("CAddTable"),
        inner("Reshape", 2, inner.module.out_features),
        inner("SplitTable", 0, 2),
        inner.each(inner("Sigmoid"), inner("Sigmoid")),
    )
    of_x = inner.sequential(inner.pick(0), inner.linear("weight_n", "bias_n"))
    of_h = inner.sequential(
        inner("NarrowTable", 1, 2), inner("CMulTable"), inner.linear("feedback_n")
    )
    new = inner.sequential(inner.both(of_x, of_h), inner("CAddTable"), inner("Tanh"))
    rest = inner.sequential(inner.pick(3), inner("SAdd", -1, True))  # 1 - u
    kept = inner.sequential(inner("NarrowTable", 3, 2), inner("CMulTable"))
    return inner.sequential(
        inner.both(inner("Identity"), gates),
        inner("FlattenTable"),  # x, h', r, u
        inner.both(inner("NarrowTable", 0, 4), inner.pick(1)),
        inner("FlattenTable"),  # x, h', r, u, h'
        inner.sum_of(inner.product_of(new, rest), kept),
    )
