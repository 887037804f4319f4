"""The network that the options of ``nnmods train`` come to."""

import dataclasses

import numpy as np

from nnmods.commands.choice import Choice
from nnmods.commands.errors import CommandError, one_line
from nnmods.commands.models import DROPOUT, MODELS, build_named, is_image
from nnmods.commands.opening import load_saved, split_place
from nnmods.commands.userfile import UserFile
from nnmods.core.parameters import has_parameters
from nnmods.training import evaluating


def choose_net(options, problem):
    """Return a `Choice`, in float32 and in training mode, that fits the data.

    Options that were left open are filled in: ``model`` and ``dropout``. With
    ``--load`` the statistics of the saved network take the place of the data's.

    Returns
    -------
    Choice, Problem

    Raises
    ------
    CommandError
        If there is no such network, or it does not fit.
    """
    user = None
    if options.model not in (None, *MODELS):
        user = _open_user_file(options.model)
    if options.load is not None:
        choice, problem = _load(options, problem, user)
    elif user is not None:
        net = user.build(problem.input_shape, len(problem.classes))
        choice = Choice(net, options.model, user)
    else:
        choice = _build(options, problem)
    if options.dropout is not None and choice.name not in MODELS:
        raise CommandError(
            f"--dropout is for --model mlp and lenet, {choice.name} has its own"
        )
    choice.net.float().training()
    _check_fit(choice, problem)
    return choice, problem


def _open_user_file(text):
    place = split_place(text)
    if place is None:
        raise CommandError(
            f"--model {text}: is unknown, expected mlp, lenet or PATH.py:build"
        )
    return UserFile(f"--model {text}", *place)


def _build(options, problem):
    shape = problem.input_shape
    if options.model is None:
        options.model = "lenet" if is_image(shape) else "mlp"
    name = options.model
    if options.dropout is None:
        options.dropout = DROPOUT[name]
    sizes = {"input_shape": shape, "n_classes": len(problem.classes)}
    asked = f"--model {name}"
    net = build_named(name, asked, problem.name, dropout=options.dropout, **sizes)
    return Choice(net, name)


def _load(options, problem, user):
    """Return a saved network, and the problem with its statistics."""
    if options.model in MODELS:
        raise CommandError(
            f"--load {options.load}: brings its own network, --model {options.model} "
            "would be another"
        )
    try:
        net = load_saved(options.load, user, "--model PATH.py:build")
        problem = with_statistics_of(net, options.load, problem)
    except CommandError as err:
        raise CommandError(f"--load {err}") from err
    return Choice(net, options.load, user, saved=True), problem


def with_statistics_of(net, name, problem):
    """Return the problem, normalised by the statistics that a saved network has.

    Raises
    ------
    CommandError
        If it was trained for other classes or shapes; it begins with ``name``.
    """
    classes = getattr(net, "class_names", None)
    if classes is not None and tuple(classes) != problem.classes:
        raise CommandError(
            f"{name}: knows the classes {_listed(classes)}, but "
            f"{problem.name} has {_listed(problem.classes)}"
        )
    mean, std = getattr(net, "input_mean", None), getattr(net, "input_std", None)
    if mean is not None and std is not None:
        if np.shape(mean) != problem.mean.shape or np.shape(std) != problem.std.shape:
            raise CommandError(
                f"{name}: normalises inputs of shape {np.shape(mean)}, "
                f"but those of {problem.name} have {problem.mean.shape}"
            )
        problem = dataclasses.replace(problem, mean=mean, std=std)
    return problem


def _listed(classes):
    classes = [*map(str, classes)]
    return ", ".join(classes if len(classes) <= 6 else [*classes[:5], "..."])


def _check_fit(choice, problem):
    """Raise unless the network makes a score per class of samples of the data."""
    if not has_parameters(choice.net):
        raise CommandError(f"{choice.name}: the network has nothing to learn")
    x = problem.inputs(problem.train, slice(2))
    try:
        with choice.blamed(), evaluating(choice.net):
            y = choice.net.forward(x)
    except (ValueError, TypeError) as err:
        raise CommandError(
            f"{choice.name}: does not fit {problem.name}: {one_line(err)}"
        ) from err
    wanted = (len(x), len(problem.classes))
    if np.shape(y) != wanted:
        raise CommandError(
            f"{choice.name}: does not fit {problem.name}: makes {np.shape(y)} of "
            f"{x.shape}, expected {wanted}, a score per class"
        )
