"""The lecture's statements, and those of "Efficient BackProp", as small experiments.

Each module has ``NUMBER``, ``TITLE``, ``STATEMENT`` and ``run(rng=0) -> Experiment``.
"""

from nnmods.lecture import (
    asymptotes,
    bbprop,
    curvature,
    depth,
    diagonal_rates,
    emphasis,
    hessian_products,
    initial_scale,
    methods,
    power_iteration,
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
        bbprop,
        diagonal_rates,
        power_iteration,
        hessian_products,
        methods,
        emphasis,
    )
}

__all__ = ["EXPERIMENTS", "Experiment", "Panel", "Series"]
