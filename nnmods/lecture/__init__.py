"""The lecture's statements, and those of "Efficient BackProp", as small experiments.

Each module has ``NUMBER``, ``TITLE``, ``STATEMENT`` and ``run(rng=0) -> Experiment``.
"""

from nnmods.lecture import (
    asymptotes,
    curvature,
    depth,
    emphasis,
    initial_scale,
    methods,
    rate_decay,
    redundancy,
    shuffling,
    sparsity,
    stalling,
    weight_decay,
    whitening,
)
from nnmods.lecture.experiment import Experiment, Panel, Series

#: The experiments, modules by the number of the statement.
EXPERIMENTS = {
    module.NUMBER: module
    for module in (
        stalling,
        depth,
        redundancy,
        shuffling,
        rate_decay,
        weight_decay,
        sparsity,
        initial_scale,
        asymptotes,
        whitening,
        curvature,
        methods,
        emphasis,
    )
}

__all__ = ["EXPERIMENTS", "Experiment", "Panel", "Series"]
