"""Reach: how far back a gradient has to go that is wanted for parameters alone."""

from nnmods.core.parameters import has_parameters


class Reach:
    """Which nodes of a graph a gradient is needed at.

    Parameters
    ----------
    plan : Plan
    modules : list of Module

    Attributes
    ----------
    back : list of (node, child, edge, edges, wanted)
        Those of the plan at nodes with a parameter at them or above; its dC_dx is
        wanted where there is one above.
    """

    def __init__(self, plan, modules):
        needed, above = [False] * plan.size, [False] * plan.size
        self._seen = []
        for k, child, _, _ in plan.forward:
            above[k] = any(needed[parent] for parent in plan.parents[k])
            own = False
            if child is not None and not above[k]:
                own = has_parameters(modules[child])
                self._seen.append((child, own))
            needed[k] = above[k] or own
        self.back = [
            (*step[:4], above[step[0]]) for step in plan.back if needed[step[0]]
        ]

    def holds(self, modules):
        """Tell whether it is still so; modules without one above decide about it."""
        return all(has_parameters(modules[i]) == own for i, own in self._seen)
