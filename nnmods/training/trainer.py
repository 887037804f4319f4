"""Trainer: from gradients to a trained network."""

import numpy as np

from nnmods.training.batching import shuffled
from nnmods.training.checkpoint import Checkpoint
from nnmods.training.epochs import Epochs
from nnmods.training.history import History
from nnmods.training.showing import Show
from nnmods.training.stepping import Stepper, check_net


class Trainer(Epochs):
    """Steps down the gradient of the mean cost of minibatches, epoch by epoch.

    Each minibatch (x, target) is one step::

        y      = net.forward(x)
        C      = criterion.forward(y, target)
        dC_dw  = 0, to which net.backprop(x, criterion.backward(y, target)) adds
        w      = what optimizer.step() makes of it

    With ``accumulate=k`` a step is made for k minibatches together: of the gradient of
    the mean cost of all their samples.

    Parameters
    ----------
    net : Module
    criterion : Criterion
        One whose cost is the mean over the samples.
    optimizer : Optimizer
        Made for ``net``. One that evaluates the cost itself, such as `LBFGS`, does so
        on one minibatch in each step; one batch of all samples suits it best.
    schedule : callable, default=None
        ``t -> factor``: takes the place of the optimiser's own. One that has
        ``report``, such as `Plateau`, is told each epoch's validation cost, or without
        one the training cost.
    callbacks : sequence of Callback, default=()
    metrics : dict of callables, default=None
        ``metric(y, target) -> float``, the mean over a batch; recorded for each epoch.
    accumulate : int, default=1
    clip_norm, clip_value : float, default=None
        Bounds for the gradient of a step: its norm, and each of its entries.
    average : object, default=None
        An `EMA` or `SWA` of ``net``: updated after each step, and in the place of the
        weights whenever the network is evaluated here.

    Attributes
    ----------
    history : History
        Of the epochs that were completed.
    epoch : int
        How many these are.
    stopped : str or None
        Why training ended before all epochs were done.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    >>> import nnmods as nn
    >>> from nnmods.optim import SGD
    >>> net = nn.Linear(1, 1, bias=False)
    >>> net.weight[...] = 0
    >>> trainer = Trainer(net, nn.MSECriterion(), SGD(net, lr=0.25))
    >>> x, target = np.array([[1.0]]), np.array([[3.0]])
    >>> history = trainer.fit((x, target), epochs=2, batch_size=1, show=False)
    >>> history.train_cost, net.weight  # w = 0 - 0.25 * 2 * (w - 3), and once more
    (array([9.  , 2.25]), array([[2.25]]))
    >>> trainer.predict(np.array([[2.0]]))
    array([[4.5]])
    """

    def __init__(
        self,
        net,
        criterion,
        optimizer,
        *,
        schedule=None,
        callbacks=(),
        metrics=None,
        accumulate=1,
        clip_norm=None,
        clip_value=None,
        average=None,
    ):
        self._stepper = Stepper(
            net, criterion, optimizer, accumulate, clip_norm, clip_value
        )
        if average is not None:
            check_net("average", average, net)
        if schedule is not None:
            optimizer.schedule = _callable("schedule", schedule)
        self.net = net
        self.criterion = criterion
        self.optimizer = optimizer
        self.metrics = {
            name: _callable(f"metrics[{name!r}]", metric)
            for name, metric in (metrics or {}).items()
        }
        # what is saved after an epoch includes what all others made of it
        self.callbacks = sorted(callbacks, key=lambda c: isinstance(c, Checkpoint))
        self.average = average
        self.history = History()
        self._dtypes_seen = False
        super().__init__()

    @property
    def epoch(self):
        return len(self.history)

    def fit(
        self, batches, epochs=1, validation=None, batch_size=None, rng=None, show=True
    ):
        """Train for some epochs, and return the history.

        Parameters
        ----------
        batches : pair, Dataset or iterable
            A pair of samples and targets (arrays or tables of arrays), or a Dataset:
            they are shuffled anew in each epoch. Or minibatches (x, target), of which
            each ``iter(batches)`` is one epoch; where there are just two, in a list,
            as a tuple of two tables is a pair.
        epochs : int, default=1
            How many more epochs to train. After `resume` the training that was
            interrupted is completed: give the number that it was begun with.
        validation : pair, Dataset or iterable, default=None
            What the network is measured on after each epoch.
        batch_size : int, default=None
            Where ``batches`` is no iterable of these; None takes 32, or all samples
            where there are fewer.
        rng : int, numpy.random.Generator or None, default=None
            Draws the orders of a pair or Dataset.
        show : bool, default=True
            Whether to show a line for each epoch on stderr, and there a bar where it
            is a terminal and tqdm is installed.

        Raises
        ------
        Diverged
            If the cost or its gradient is infinite or not a number; it says which
            module made it so. The step that it would have led to is not made.
        ValueError
            If there is no minibatch.

        Warns
        -----
        UserWarning
            Once, if the data are not of the parameters' dtype: the wider one of the
            two is computed in, and time is lost on conversion.
        """
        if not isinstance(epochs, (int, np.integer)) or epochs < 0:
            raise ValueError(
                f"Trainer: epochs has value {epochs!r}, expected 0 or more"
            )
        batches = shuffled("Trainer", batches, batch_size, rng)
        self._begin(batches, validation, int(epochs))
        present = [Show(), *self.callbacks] if show else self.callbacks
        try:
            self._tell(present, "on_begin")
            self._waiting_state = None  # an error up to here leaves all as it was
            while self.epoch < self.goal and self.stopped is None:
                self._train(batches, present)
                self._record(validation)
                self._tell(present, "on_epoch")
            self._tell(present, "on_end")
        finally:
            for callback in present:
                callback.close()
        return self.history

    def stop(self, reason):
        """End `fit` after the present epoch, for a reason that ``stopped`` tells."""
        self.stopped = str(reason)


def _callable(name, value):
    if not callable(value):
        raise TypeError(
            f"Trainer: {name} has type {type(value).__name__}, expected a callable"
        )
    return value
