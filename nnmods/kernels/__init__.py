"""Stateless array functions that need care: convolution, pooling, softmax."""

from nnmods.kernels.average_pooling import (
    average_pool_backward,
    average_pool_forward,
)
from nnmods.kernels.convolution import (
    channel_sum,
    conv_backward,
    conv_forward,
    conv_weight_grad,
)
from nnmods.kernels.layout import batch_last, empty_batch_last, padded
from nnmods.kernels.max_pooling import (
    max_pool_backward,
    max_pool_forward,
    max_pool_jvp,
)
from nnmods.kernels.softmax import (
    log_softmax,
    log_softmax_backward,
    softmax,
    softmax_backward,
)
from nnmods.kernels.windows import output_size, pool_output_size

__all__ = [
    "average_pool_backward",
    "average_pool_forward",
    "batch_last",
    "channel_sum",
    "conv_backward",
    "conv_forward",
    "conv_weight_grad",
    "empty_batch_last",
    "log_softmax",
    "log_softmax_backward",
    "max_pool_backward",
    "max_pool_forward",
    "max_pool_jvp",
    "output_size",
    "padded",
    "pool_output_size",
    "softmax",
    "softmax_backward",
]
