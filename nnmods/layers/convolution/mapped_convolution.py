"""Convolution of chosen pairs of an input and an output plane."""

from math import prod

import numpy as np

from nnmods.core import check, get_rng, uniform_bound
from nnmods.kernels.conv_examples import conv_example_grads
from nnmods.kernels.convolution import channel_sum
from nnmods.kernels.layout import rolled
from nnmods.layers.convolution.connections import Connections, as_table
from nnmods.layers.convolution.convolution import Convolution


class MappedConvolution(Convolution):
    """The abstract base of the mapped convolutions.

    They are computed as convolutions with groups of channels, laid out by
    `Connections`. A subclass sets ``_transposed`` and says in `_apply`, `_input_grad`
    and `_weight_grad` what is computed with the planes of the groups.
    """

    _results = (*Convolution._results, "_layout")
    _layout = None
    _transposed = False
    axes = 2

    def _connect(self, conn_table, bias, rng):
        self.conn_table = as_table(type(self).__name__, conn_table)
        self.in_channels, self.out_channels = (
            int(n) + 1 for n in self.conn_table.max(axis=0)
        )
        shape = len(self.conn_table), *self.kernel_size
        self._allocate(shape, (self.out_channels,), bias, rng)

    def reset(self, rng=None, stdv=None):
        rng = get_rng(rng)
        outputs = self.conn_table[:, 1]
        fan_in = np.bincount(outputs) * prod(self.kernel_size)
        bounds = np.array([uniform_bound(stdv, n) for n in fan_in])
        bound = bounds[outputs, None, None]
        self.weight[...] = rng.uniform(-bound, bound, self.weight.shape)
        if self.bias is not None:
            self.bias[...] = rng.uniform(-bounds, bounds, self.bias.shape)
        return self

    def decay_parameters(self, decay):
        """Multiply the parameters by ``1 - decay``, and return self."""
        for p in self.parameters()[0]:
            p *= 1 - decay
        return self

    def acc_grad_params(self, x, dC_dy, scale=1.0):
        x, dC_dy = self._batch_pair(x, dC_dy)
        filters, shape = self._packed(self.weight.dtype), self.weight.shape
        self._weight_grad(self._gathered(x, "planes of x"), dC_dy, filters)
        share = self.work("weight share", shape, self.weight.dtype)
        rows = filters.reshape(-1, prod(self.kernel_size))
        # In its mode "raise" NumPy would allocate the result a second time.
        out = share.reshape(len(share), -1)
        np.take(rows, self._connections().places, axis=0, out=out, mode="clip")
        self._add(self.grad_weight, share, scale)
        if self.bias is not None:
            share = self.work("bias share", self.bias.shape, self.bias.dtype)
            channel_sum(dC_dy, share)
            self._add(self.grad_bias, share, scale)

    def _weight_grads(self, x, dC_dy, out):
        filters = self._packed(out.dtype)
        shape = len(x), *filters.shape
        grads = self.work("filters by example", shape, out.dtype)
        pair = self._ordered(self._gathered(x, "planes of x"), dC_dy)
        conv_example_grads(*pair, *self._geometry(), grads)
        taps = prod(self.kernel_size)
        np.take(
            grads.reshape(len(x), filters.size // taps, taps),
            self._connections().places,
            axis=1,
            out=out.reshape(*out.shape[:2], taps),
            mode="clip",
        )

    def _weight_norms(self, x, dC_dy):
        shape = len(x), *self.weight.shape
        grads = self.work("weight by example", shape, self.weight.dtype)
        self._weight_grads(x, dC_dy, grads)
        rows = grads.reshape(len(x), self.weight.size)
        return np.einsum("nk,nk->n", rows, rows)

    def _bias_grads(self, dC_dy, out):
        np.add.reduce(dC_dy, axis=(2, 3), out=out)

    def squares(self):
        """Return those of the parameters; of a pair's connections that of their sum."""
        squares = super().squares()
        _, first, of = np.unique(
            self.conn_table, axis=0, return_index=True, return_inverse=True
        )
        if len(first) < len(of):
            sums = np.zeros((len(first), *self.kernel_size), self.weight.dtype)
            np.add.at(sums, of, self.weight)
            squares[0].fill(0)
            squares[0][first] = np.square(sums)
        return squares

    def _forward(self, x, out):
        super()._forward(self._gathered(x, "planes of x"), out)

    def _backward(self, x, dC_dy, out):
        if self._connections().direct:
            out[:, self.in_channels :] = 0
            self._input_grad(dC_dy, out[:, : self.in_channels])
            return
        planes = self._planes("planes of dC_dx", out, out.dtype)
        self._input_grad(dC_dy, planes.transpose(3, 0, 1, 2))
        out.fill(0)
        total = rolled(out)
        for place, i in self._connections().planes:
            np.add(total[i], planes[place], out=total[i])

    def _jvp(self, x, dx, dparams, out):
        dx = self._gathered(dx, "planes of dx")
        super()._jvp(self._gathered(x, "planes of x"), dx, dparams, out)

    def _batch(self, name, x):
        """Return ``x`` as a batch; planes beyond the table's last input are idle."""
        batch = super()._batch(name, x)  # any number of channels
        if batch.shape[1] < self.in_channels:
            wanted = (self.in_channels, None, None)
            check(self, name, x, wanted if batch is not x else (None, *wanted))
        return batch

    def _gathered(self, x, name):
        """Return ``x`` with the planes of each group together."""
        if self._connections().direct:
            return x[:, : self.in_channels]
        planes, source = self._planes(name, x, x.dtype), rolled(x)
        for place, i in self._connections().planes:
            np.copyto(planes[place], source[i])
        return planes.transpose(3, 0, 1, 2)

    def _planes(self, name, x, dtype):
        """Return scratch for the planes of all groups; those left out hold zeros."""
        where = self._connections()
        shape = where.groups * where.slots, *x.shape[2:], len(x)
        return self.work(name, shape, dtype, fill=0)

    def _filters(self, weight):
        """Return the filters of the groups, zero in the slots that are left."""
        filters = self._packed(weight.dtype)
        filters.fill(0)
        taps = prod(self.kernel_size)
        filters.reshape(-1, taps)[self._connections().places] = weight.reshape(-1, taps)
        return filters

    def _packed(self, dtype):
        """Return scratch for filters, shaped as the kernels take them."""
        where = self._connections()
        filters = self.work("filters", (*where.filters, *self.kernel_size), dtype)
        return filters[0] if where.groups == 1 else filters

    def _offsets(self, bias):
        return bias if self._connections().groups == 1 else bias[:, None]

    def _connections(self):
        if self._layout is None:
            self._layout = Connections(self.conn_table, self._transposed)
        return self._layout

    def _grouping(self):
        return f", {len(self.conn_table)} connections"
