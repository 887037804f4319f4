"""The fields of raw objects: in what order they are shown, and which have a use."""

from nnmods.commands.t7_text import raw_key
from nnmods.interop.t7.raw import Object, Table, Tensor
from nnmods.interop.t7.registry import find
from nnmods.interop.t7.views import field, is_list

#: What modules leave behind of their last call: in every class, and in some.
SCRATCH = {"output", "gradInput", "train", "finput", "fgradInput", "addBuffer", "ones"}
SCRATCH |= {"save_mean", "save_std", "buffer", "shared", "numElements", "lastInput"}
SCRATCH |= {"inputSize", "outputSize", "input_map", "centered", "std", "normalized"}
#: Shown before the other fields, which refer to what is in them.
FIRST = ("modules", "forwardnodes")
#: What nngraph's containers are wired with.
WIRING = {"graph.Edge", "graph.Graph", "graph.Node", "nngraph.Node"}


class Known:
    """What is known of the fields of an object.

    Parameters
    ----------
    raw : Object

    Attributes
    ----------
    name : str
        Of its class.
    by_class : bool
        Whether the class is known.
    entries : list of (key, value)
        Without what is left of the last call, and without gradients.
    """

    def __init__(self, raw):
        spec = find(raw.name)
        self.name = raw.name
        self.by_class = spec is not None
        self._used = None if spec is None else spec.known()
        if type(raw.content) is Table:
            entries = entries_of(raw.content)
        else:
            entries = [("content", raw.content)]
        tensors = {key for key, value in entries if type(value) is Tensor}
        self._learnt = {key for key in tensors if _gradient(key) in tensors}
        if not raw.name.endswith("Criterion"):  # whose weights are those of classes
            self._learnt |= tensors & {"weight", "bias"}
        hidden = {_gradient(key) for key, _ in entries} | SCRATCH
        self.entries = [
            (key, value)
            for key, value in entries
            if key not in hidden and not (isinstance(key, str) and key[0] == "_")
        ]
        self.entries.sort(key=lambda entry: _rank(entry[0]))

    def has_use(self, key):
        """Tell whether a field means something here, as far as is known."""
        return self._used is None or key in self._used

    def is_parameter(self, key):
        """Tell whether a field is learnt: by its gradient, or by its name."""
        return key in self._learnt


def entries_of(table):
    """Return a list of (key, value): by number, by name, and others as they stand.

    Keys 1 to n are counted from 0, as in the list that such a table becomes.
    """
    first = 1 if is_list(table) else 0
    entries = [(raw_key(key), value) for key, value in table.pairs()]
    entries.sort(key=lambda entry: _order(entry[0]))
    return [(key - 1 if first else key, value) for key, value in entries]


def is_plain(raw):
    """Tell whether a value is a number, a string, a boolean or nil."""
    return raw is None or type(raw) in (float, bytes, bool)


def wired(raw):
    """Return the number and the module of a node of a graph, None where it has none."""
    number, module = field(raw, b"id"), field(field(raw, b"data"), b"module")
    return (
        number if type(number) is float else None,
        module if type(module) is Object else None,
    )


def _gradient(key):
    return f"grad{key[:1].upper()}{key[1:]}" if isinstance(key, str) else None


def _rank(key):
    return FIRST.index(key) if key in FIRST else len(FIRST)


def _order(key):
    if type(key) in (int, float):
        return 0, key
    return (1, key) if isinstance(key, str) else (2, 0)
