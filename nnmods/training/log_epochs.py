"""LogEpochs: the figures of each epoch as rows of a table in a file."""

from nnmods.training.callback import Callback


class LogEpochs(Callback):
    """Write the record of each epoch to a `Logger`.

    Parameters
    ----------
    log : Logger
        Of a training that is resumed, one with ``append=True``: rows that were written
        after the checkpoint are taken off, to be written again.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import numpy as np
    >>> import nnmods as nn
    >>> from nnmods.training import Logger, Trainer, read_log
    >>> net = nn.Linear(2, 1, rng=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     log = Logger(pathlib.Path(folder) / "log.csv")
    ...     opt = nn.optim.SGD(net)
    ...     trainer = Trainer(net, nn.MSECriterion(), opt, callbacks=[LogEpochs(log)])
    ...     _ = trainer.fit((np.eye(2), np.eye(2)[:, :1]), 3, batch_size=2, show=False)
    ...     len(read_log(log.path)["train_cost"])
    3
    """

    def __init__(self, log):
        self.log = log

    def on_epoch(self, trainer):
        self.log.add({"epoch": trainer.epoch, **trainer.history[-1]})

    def state_dict(self):
        return {"rows": len(self.log)}

    def load_state_dict(self, state):
        self.log.truncate(state["rows"])
