"""What a network is given: random numbers of a shape, a data set, or arrays."""

import dataclasses
import zipfile

import numpy as np

from nnmods.commands.arrays import cast_for, read_arrays
from nnmods.commands.choosing import with_statistics_of
from nnmods.commands.datasets import NAMES, Problem, load_problem
from nnmods.commands.errors import CommandError, one_line
from nnmods.commands.parsing import count, shape
from nnmods.core.tables import is_table, map_table


@dataclasses.dataclass(frozen=True)
class Given:
    """What an option gives to a network.

    Attributes
    ----------
    name : str
        The option and its value; errors begin with it. Empty if nothing is given.
    x : ndarray, table or None
        In float32, as it was read, or None: of a data set, and if nothing is given.
    problem : Problem or None
        Of a data set.
    n_classes : int or None
    """

    name: str = ""
    x: np.ndarray | list | None = None
    problem: Problem | None = None
    n_classes: int | None = None

    @property
    def sizes(self):
        """What a network is built for, as `open_model` takes it."""
        if self.problem is not None:
            input_shape = self.problem.input_shape
        elif self.x is None:
            input_shape = None
        else:
            input_shape = map_table(lambda array: array.shape[1:], self.x)
        return {"input_shape": input_shape, "n_classes": self.n_classes}

    def batch(self, choice, n_samples):
        """Return x for a network, in its dtype, and the labels of a data set or None.

        Of a data set it is a random choice, the same in each call, of samples to train
        with, normalised.
        """
        if self.problem is None:
            return None if self.x is None else cast_for(choice.net, self.x), None
        problem = with_statistics_of(choice.net, choice.name, self.problem)
        chosen = np.random.default_rng(0).permutation(len(problem.train))[:n_samples]
        x = problem.inputs(problem.train, chosen)
        return cast_for(choice.net, x), problem.train.target[chosen]


def add_given(parser, required):
    """Add the options that say what the network is given."""
    group = parser.add_mutually_exclusive_group(required=required)
    group.add_argument(
        "--shape",
        type=shape,
        action="append",
        metavar="5,1,28,28",
        help="standard normal numbers of this shape, the batch first; several --shape "
        "make a table",
    )
    group.add_argument(
        "--data",
        help=f"a batch of {NAMES}, FILE.csv (the last column is the class) or FILE.npz "
        "(arrays x and target), normalised; or FILE.npy, or an .npz of other arrays: "
        "a table, in the order of names; both as they are",
    )
    add = parser.add_argument
    add(
        "--samples",
        type=count,
        default=128,
        metavar="N",
        help="how many of a data set (default: 128)",
    )
    add(
        "--n-classes",
        type=count,
        metavar="N",
        help="what a MODEL is built for, where there is no data set",
    )


def read_given(options):
    """Return the `Given` that the options of `add_given` come to.

    Raises
    ------
    CommandError
        If it cannot be read.
    """
    if options.data is not None:
        return _read_data(options)
    if options.shape is None:
        return Given(n_classes=options.n_classes)
    texts = [f"--shape {','.join(map(str, sizes))}" for sizes in options.shape]
    name, rng = " ".join(texts), np.random.default_rng(0)
    try:
        x = [rng.standard_normal(sizes, np.float32) for sizes in options.shape]
    except (MemoryError, ValueError) as err:
        raise CommandError(f"{name}: {one_line(err)}") from err
    return Given(name, x[0] if len(x) == 1 else x, n_classes=options.n_classes)


def _read_data(options):
    name = f"--data {options.data}"
    if options.data.lower().endswith(".npy") or _is_table(options.data):
        x = read_arrays("--data", options.data)
        if min(len(array.shape) for array in (x if is_table(x) else [x])) == 0:
            raise CommandError(f"{name}: has shape (), expected samples")
        return Given(name, x, n_classes=options.n_classes)
    problem = load_problem(options.data)
    n_classes = len(problem.classes)
    if options.n_classes not in (None, n_classes):
        raise CommandError(
            f"--n-classes {options.n_classes}: {problem.name} has {n_classes}"
        )
    return Given(name, problem=problem, n_classes=n_classes)


def _is_table(path):
    """Tell whether it is an .npz file of other arrays than those of a data set."""
    if not path.lower().endswith(".npz"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.removesuffix(".npy").lower() for name in archive.namelist()}
    except (OSError, zipfile.BadZipFile):
        return False  # the reader of data sets says what is wrong
    return not ("x" in names and names & {"target", "y"})
