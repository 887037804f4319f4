"""StochasticGradient: Torch7's plain training loop, one example per step."""

import sys

import numpy as np

from nnmods.core import get_rng
from nnmods.optim import SGD
from nnmods.training.callback import Callback
from nnmods.training.trainer import Trainer


class StochasticGradient:
    """Steps down the gradient of one example's cost after another.

    ::

        lr_t = learning_rate / (1 + t * learning_rate_decay)     in pass t = 2, 3, ...
        p   -= lr_t * dC/dp                                      for each example

    Pass 1 takes ``learning_rate`` itself. The order is drawn once and then kept.

    Parameters
    ----------
    module : Module
    criterion : Criterion
    learning_rate : float, default=0.01
    learning_rate_decay : float, default=0.0
    max_iteration : int, default=25
        The number of passes; 0 goes on until a hook raises.
    shuffle_indices : bool, default=True
        Whether the order of the examples is random.
    verbose : bool, default=True
        Whether to print the mean cost of each pass.
    rng : int, numpy.random.Generator or None, default=None
        Draws the order.

    Attributes
    ----------
    hook_example : function or None
        Called after each step, with this object and the example.
    hook_iteration : function or None
        Called after each pass, with this object, the pass from 1, the mean cost.

    Raises
    ------
    ValueError
        If the data set is empty.

    References
    ----------
    .. [1] Torch7, nn, ``StochasticGradient``.

    Examples
    --------
    >>> import nnmods as nn
    >>> net = nn.Linear(1, 1, bias=False)
    >>> net.weight[...] = 0
    >>> trainer = StochasticGradient(net, nn.MSECriterion(), 0.25, max_iteration=2)
    >>> costs = trainer.train([(np.array([1.0]), np.array([4.0]))])
    # StochasticGradient: training
    # current error = 16
    # current error = 4
    # StochasticGradient: you have reached the maximum number of iterations
    """

    hook_example = hook_iteration = None

    def __init__(
        self,
        module,
        criterion,
        learning_rate=0.01,
        learning_rate_decay=0.0,
        max_iteration=25,
        shuffle_indices=True,
        verbose=True,
        *,
        rng=None,
    ):
        self.module = module
        self.criterion = criterion
        self.learning_rate = learning_rate
        self.learning_rate_decay = learning_rate_decay
        self.max_iteration = max_iteration
        self.shuffle_indices = shuffle_indices
        self.verbose = verbose
        self.rng = rng

    def train(self, dataset):
        """Go through a sequence of pairs (x, target), and return each pass's cost."""
        n = len(dataset)
        if n == 0:
            raise ValueError("StochasticGradient: dataset has 0 examples, expected 1")
        order = get_rng(self.rng).permutation(n)  # drawn in any case, as in Torch7
        if not self.shuffle_indices:
            order = np.arange(n)
        self._print("training")
        optimizer = SGD(self.module, self.learning_rate, schedule=self._decay(n))
        passes = _Passes(self, dataset, order)
        trainer = Trainer(self.module, self.criterion, optimizer, callbacks=[passes])
        trainer.fit(passes, self.max_iteration or sys.maxsize, show=False)
        self._print("you have reached the maximum number of iterations")
        return passes.costs

    def _decay(self, n):
        """Return the factor of the rate at step t, where a pass has n steps."""

        def factor(t):
            iteration = t // n  # from 0; Torch7 counts from 1, and first after a pass
            decay = iteration and (iteration + 1) * self.learning_rate_decay
            return 1 / (1 + decay)

        return factor

    def _print(self, message):
        if self.verbose:
            print(f"# StochasticGradient: {message}", flush=True)


class _Passes(Callback):
    """The examples in their order, pass by pass, and what is to be done after each."""

    def __init__(self, owner, dataset, order):
        self.owner, self.dataset, self.order = owner, dataset, order
        self.costs, self._example, self._sum = [], None, 0.0

    def __iter__(self):
        for i in self.order:
            self._example = self.dataset[i]
            yield self._example

    def on_step(self, trainer):
        self._sum += trainer.tally.last
        if self.owner.hook_example is not None:
            self.owner.hook_example(self.owner, self._example)

    def on_epoch(self, trainer):
        self.costs.append(self._sum / len(self.order))
        self._sum = 0.0
        if self.owner.hook_iteration is not None:
            self.owner.hook_iteration(self.owner, trainer.epoch, self.costs[-1])
        if self.owner.verbose:
            print(f"# current error = {self.costs[-1]:.14g}", flush=True)
