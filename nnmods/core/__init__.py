"""What every module stands on: the contract, its buffers, dtypes and random numbers."""

from nnmods.core.dtypes import get_default_dtype, set_default_dtype
from nnmods.core.rng import get_rng, manual_seed

__all__ = ["get_default_dtype", "get_rng", "manual_seed", "set_default_dtype"]
