"""Torch7's products and distances."""

CONSTRUCTORS = {}
FAULTS = {
    "Cosine.01": {
        "gradParam.s05": "part of the gradient ignores scale",
        "gradParam.acc": "part of the gradient ignores scale",
    },
    "WeightedEuclidean.01": {
        "gradParam.s05.2": "the gradient of diagCov ignores scale",
        "gradParam.acc.2": "the gradient of diagCov ignores scale",
    },
}
