"""Parameters by element, products and distances of Torch7."""

from nnmods.interop.t7 import kinds
from nnmods.interop.t7.classes.buffers import pair, tensor, with_buffers
from nnmods.interop.t7.classes.needed import needed
from nnmods.interop.t7.kinds import length
from nnmods.interop.t7.spec import Field, Spec

_OF_TWO = with_buffers(gradInput=pair)


def _by_element(name):
    """Return what a class with one parameter of any shape is.

    Torch7 has the shape in ``size`` too, but not in its first versions.
    """
    return Spec(
        Field(
            "*",
            "size",
            kinds.Kind(lambda fields, *_: fields.array(name).shape, kinds.sizes.write),
            attribute=lambda module: getattr(module, name).shape,
        ),
        arrays={name: lambda given: given["*"]},
    )


def _in_out(given):
    return given["in_features"], given["out_features"]


def _value(fields, name, default):
    array = fields.array(name, default)
    if not array.size:
        fields.fail(f"{name} has shape {array.shape}", "a number at least")
    return array


CLASSES = {
    "CMul": _by_element("weight"),
    "CAdd": _by_element("bias"),
    "Mul": Spec(
        arrays={"weight": lambda given: (1,)},
        upgrade=needed("weight"),
    ),
    "Constant": Spec(
        Field("value", "value", kinds.Kind(_value)),
        Field("n_input_dim", "nInputDim", kinds.integer, None),
        arrays={"value": lambda given: given["value"].shape},
    ),
    "MM": Spec(
        Field("trans_a", "transA", kinds.boolean, False),
        Field("trans_b", "transB", kinds.boolean, False),
        store=_OF_TWO,
    ),
    "MV": Spec(Field("trans", "trans", kinds.boolean, False), store=_OF_TWO),
    "Cosine": Spec(
        Field("in_features", "weight", length(1)),
        Field("out_features", "weight", length(0)),
        arrays={"weight": lambda given: _in_out(given)[::-1]},
    ),
    "Euclidean": Spec(
        Field("in_features", "weight", length(0)),
        Field("out_features", "weight", length(1)),
        arrays={"weight": _in_out},
        also={"fastBackward": True},
    ),
    "WeightedEuclidean": Spec(
        Field("in_features", "weight", length(0)),
        Field("out_features", "diagCov", length(1)),
        arrays={"weight": _in_out, "diagCov": _in_out},
    ),
    "DotProduct": Spec(store=_OF_TWO),
    "CosineDistance": Spec(store=_OF_TWO),
    "PairwiseDistance": Spec(
        Field("p", "norm", default=2), store=with_buffers(gradInput=pair, diff=tensor)
    ),
}
#: Torch7's Add is a CAdd, `nnmods.Add` the sum of a table.
ALIASES = {"nn.Add": "CAdd"}
