"""The checkpoints of ``nnmods train``: which training they are of, and going on."""

from pathlib import Path

from nnmods.commands.display import say
from nnmods.commands.errors import CommandError, one_line
from nnmods.commands.running import SETTINGS
from nnmods.commands.versions import versions
from nnmods.training import Checkpoint
from nnmods.training.checkpoint import checkpoints_in, newest


def check_checkpoint(options):
    """Raise unless the options for checkpoints go together, and with the folder.

    Raises
    ------
    CommandError
    """
    if options.checkpoint is None:
        for name in ("resume", "checkpoint_every"):
            if getattr(options, name):
                raise CommandError(
                    f"--{name.replace('_', '-')} needs --checkpoint FOLDER"
                )
        return
    folder = Path(options.checkpoint)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = checkpoints_in(folder)
    except OSError as err:
        raise CommandError(f"--checkpoint {one_line(err)}") from err
    if found and not options.resume:
        raise CommandError(
            f"--checkpoint {folder}: has checkpoints of a training; --resume goes on "
            "with that, or give another folder"
        )


def make_checkpoint(options):
    """Return a list of the callback that saves checkpoints, empty if none is wanted."""
    if options.checkpoint is None:
        return []
    settings = {name: getattr(options, name) for name in SETTINGS}
    settings["versions"] = versions()
    every = options.checkpoint_every
    return [Checkpoint(options.checkpoint, every, settings=settings)]


def resume(trainer, options):
    """Put a trainer where the newest checkpoint is, and say so.

    Raises
    ------
    CommandError
        If it is of a training with other options, or none is whole.
    """
    folder = Path(options.checkpoint)
    try:
        path, tree = newest(folder)
        if path is None:
            say(f"no checkpoint in {folder} yet: training from the beginning")
            return
        _compare(path, tree["settings"], options)
        trainer.load_state_dict(tree["training"])
    except (OSError, KeyError, TypeError, ValueError) as err:
        raise CommandError(f"--resume: {one_line(err)}") from err
    say(f"going on from {path}")


def _compare(path, settings, options):
    for name in SETTINGS:
        then, now = settings.get(name), getattr(options, name)
        if then != now:
            raise CommandError(
                f"--resume: {path} is of a training with --{name.replace('_', '-')} "
                f"{then}, not {now}"
            )
