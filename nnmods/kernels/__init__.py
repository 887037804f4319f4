"""Stateless array functions that need care: convolution, pooling, softmax."""
