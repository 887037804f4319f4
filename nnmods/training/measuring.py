"""Measuring: what the network of a training makes of data, as it is now."""

import contextlib

from nnmods.training.evaluation import evaluate
from nnmods.training.prediction import predict


class Measuring:
    """The part of a `Trainer` that measures and uses its network."""

    def evaluate(self, x, target=None, batch_size=256, confusion=None):
        """Return cost and accuracy on a data set, and metrics if the trainer has some.

        See Also
        --------
        nnmods.training.evaluate
        """
        with self.averaged():
            return evaluate(
                self.net, self.criterion, x, target, batch_size, confusion, self.metrics
            )

    def predict(self, x, batch_size=256):
        """Return the network's results for samples, in evaluation mode.

        See Also
        --------
        nnmods.training.predict
        """
        with self.averaged():
            return predict(self.net, x, batch_size)

    def averaged(self):
        """Return a context in which the average stands in the place of the weights."""
        if self.average is None:
            return contextlib.nullcontext()
        return self.average.applied()
