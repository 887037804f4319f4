"""KeptGradients: what the last `backward` brought to each child, for later verbs."""

from nnmods.core.arrays import same
from nnmods.core.tables import copied


class KeptGradients:
    """Gradients of the last `backward` of a container, and copies of them on demand."""

    _owned = False  # whether the remembered gradients are copies

    def _check_last(self, x, dC_dy, verb):
        """Raise unless the last `backward` was of these."""
        self._check_x(x)
        if self._dC_dy is None:
            raise RuntimeError(
                f"{type(self).__name__}: {verb} needs backward(x, dC_dy) first"
            )
        if not same(dC_dy, self._dC_dy):
            raise RuntimeError(
                f"{type(self).__name__}: dC_dy is not that of the last backward; "
                f"{verb} needs backward(x, dC_dy) first"
            )

    def _own_gradients(self, known):
        """Put copies in the place of gradients, here and in containers below.

        A second sweep back writes to the very buffers in which the children returned
        the gradients of the first.
        """

        def own(value):
            if value is None:
                return None
            if id(value) not in known:
                known[id(value)] = value, copied(value)
            return known[id(value)][1]

        if self._grads is None or self._owned:
            return
        self._grads, self._dC_dy = [own(grad) for grad in self._grads], own(self._dC_dy)
        self._owned = True
        for child in self.modules:
            if isinstance(child, KeptGradients):
                child._own_gradients(known)
