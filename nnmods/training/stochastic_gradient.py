"""StochasticGradient: Torch7's plain training loop, one example per step."""

from itertools import count

import numpy as np

from nnmods.core import get_rng


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
        costs, lr = [], self.learning_rate
        for iteration in count(1):
            costs.append(sum(self._step(dataset[i], lr) for i in order) / n)
            if self.hook_iteration is not None:
                self.hook_iteration(self, iteration, costs[-1])
            if self.verbose:
                print(f"# current error = {costs[-1]:.14g}", flush=True)
            if 0 < self.max_iteration <= iteration:
                break
            decay = 1 + (iteration + 1) * self.learning_rate_decay
            lr = self.learning_rate / decay
        self._print("you have reached the maximum number of iterations")
        return costs

    def _step(self, example, lr):
        x, target = example
        y = self.module.forward(x)
        C = self.criterion.forward(y, target)
        self.module.backward_update(x, self.criterion.backward(y, target), lr)
        if self.hook_example is not None:
            self.hook_example(self, example)
        return C

    def _print(self, message):
        if self.verbose:
            print(f"# StochasticGradient: {message}", flush=True)
