"""Sums: the gradients that come to one node by several edges, added up."""

from nnmods.core.lending import desk, is_lent
from nnmods.core.tables import map_table, reuse_table, summed


class Sums:
    """Memory of a graph's own, in which gradients of its nodes are summed.

    Parameters
    ----------
    plan : Plan
    """

    def __init__(self, plan):
        self.plan = plan
        self.memory = {}  # by node, or by node and entry

    def total(self, module, k, received, value):
        """Return the gradient by the value of node k, from those of its edges.

        ``module`` is the graph, whose dtype serves where all operands are integers.
        """
        terms = _taken(self.plan.whole[k], received)
        parts = self.plan.parts[k]
        if parts is not None:
            terms.append(
                [
                    self._sum(module, (k, i), _taken(edges, received), value[i])
                    for i, edges in enumerate(parts)
                ]
            )
        return self._sum(module, k, terms, value)

    def _sum(self, module, key, terms, value):
        if len(terms) == 1:
            return terms[0]
        if terms:
            total = summed(module, self.memory.get(key), terms)
        else:  # an entry that nobody uses
            total = reuse_table(self.memory.get(key), module, value)
            map_table(lambda array: array.fill(0), total)
        if not (desk.blocks and is_lent(total)):  # others are in turn for that memory
            self.memory[key] = total
        return total


def _taken(edges, received):
    """Return the gradients of edges, and forget them there."""
    terms = [received[edge] for edge in edges]
    for edge in edges:
        received[edge] = None
    return terms
