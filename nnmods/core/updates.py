"""Updates: what is done to all parameters and gradients of a module at once."""

import math

import numpy as np

from nnmods.core.tree import Tree
from nnmods.kernels.copies import clear

#: Added to a norm before it divides, as in Torch7's renorm.
TINY = 1e-7


class Updates(Tree):
    """Plain gradient steps, and the constraints and penalties applied before them.

    All go through `named_parameters`, so that shared parameters are changed once, and
    all work in place. An optimiser on the flat vectors does the same in fewer passes.
    """

    _momenta = None  # of update_grad_params, in the order of the parameters

    def zero_grad_params(self):
        """Set all gradients to 0, and return self."""
        for _, _, grad in self.named_parameters():
            clear(grad)
        return self

    def update_params(self, lr):
        """Take one plain gradient step, ``p -= lr * grad_p``, and return self."""
        for _, p, grad in self.named_parameters():
            step = self.work("step", p.shape, p.dtype)
            p -= np.multiply(grad, lr, out=step)
        return self

    def backward_update(self, x, dC_dy, lr):
        """Return dC_dx, and take the step of this call's gradient alone.

        The gradients accumulated before stay as they are.
        """
        dC_dx = self.backward(x, dC_dy)
        self.acc_update_grad_params(x, dC_dy, lr)
        return dC_dx

    def acc_update_grad_params(self, x, dC_dy, lr):
        """Do ``p -= lr * (dy/dp)^T dC_dy``, leaving ``grad_p`` alone, and return self.

        It needs what `acc_grad_params` needs: of a container, its last `backward`.
        """
        parameters = self.named_parameters()
        kept = []
        for i, (_, _, grad) in enumerate(parameters):
            copy = self.work(f"kept {i}", grad.shape, grad.dtype)
            copy[...] = grad
            kept.append(copy)
        try:
            self.zero_grad_params()
            self.acc_grad_params(x, dC_dy)
            self.update_params(lr)
        finally:
            for (_, _, grad), copy in zip(parameters, kept, strict=True):
                grad[...] = copy
        return self

    def weight_decay(self, factor, min_dim=2):
        """Add ``factor * p`` to ``grad_p``, and return self.

        Parameters
        ----------
        factor : float
        min_dim : int, default=2
            Parameters of fewer axes, such as biases, are left out.
        """
        for _, p, grad in self.named_parameters():
            if p.ndim >= min_dim:
                share = self.work("step", p.shape, p.dtype)
                grad += np.multiply(p, factor, out=share)
        return self

    def grad_param_clip(self, cutoff_norm):
        """Scale all gradients down to a common norm of ``cutoff_norm`` at most.

        Returns
        -------
        float
            The Euclidean norm of all gradients together, before.
        """
        grads = [grad for _, _, grad in self.named_parameters()]
        norm = math.sqrt(sum(float(np.vdot(grad, grad)) for grad in grads))
        if 0 < cutoff_norm < norm:
            for grad in grads:
                grad *= cutoff_norm / norm
        return norm

    def max_param_norm(self, max_out_norm=None, max_in_norm=None):
        """Scale down weights whose norm is too large, and return self.

        Parameters
        ----------
        max_out_norm : float or None, default=None
            Of all that goes into one output: ``p[i]``.
        max_in_norm : float or None, default=None
            Of all that comes from one entry of the last axis: ``p[..., i]``.

        Notes
        -----
        Parameters of one axis are left out. What is larger is multiplied by
        max / (norm + 1e-7), as in Torch7's renorm.
        """
        for _, p, _ in self.named_parameters():
            for limit, axis in ((max_out_norm, 0), (max_in_norm, p.ndim - 1)):
                if limit and p.ndim > 1:
                    others = tuple(i for i in range(p.ndim) if i != axis)
                    norms = np.sqrt(np.square(p).sum(axis=others, keepdims=True))
                    scale = np.where(norms > limit, limit / (norms + TINY), 1)
                    p *= scale.astype(p.dtype)
        return self

    def update_grad_params(self, momentum, dampening=None, nesterov=False):
        """Put running sums with momentum in the place of the gradients, return self.

        ::

            m      = momentum * m + (1 - dampening) * grad_p    (from m = grad_p)
            grad_p = m, or with nesterov grad_p + momentum * m

        ``dampening`` is as large as ``momentum`` where it is not given.
        """
        parameters = self.named_parameters()
        if self._momenta is None:
            self._momenta = [grad.copy() for _, _, grad in parameters]
        share = 1 - (momentum if dampening is None else dampening)
        for m, (_, _, grad) in zip(self._momenta, parameters, strict=True):
            m *= momentum
            m += share * grad
            if nesterov:
                grad += momentum * m
            else:
                grad[...] = m
        return self
