"""What a network does to values and gradients, looked at closely."""

from nnmods.analysis.explain import explain
from nnmods.analysis.explanation import Explanation
from nnmods.analysis.rate_bound import RateBound, max_rate
from nnmods.core.watching import Watch

__all__ = ["Explanation", "RateBound", "Watch", "explain", "max_rate"]
