"""KeptGradients: what the last `backward` brought to each child, for later verbs."""

from nnmods.core.tables import copied


class KeptGradients:
    """Gradients of the last `backward` of a container, and copies of them on demand."""

    _owned = False  # whether the remembered gradients are copies

    def _need_gradients(self, x, dC_dy, verb):
        """Raise unless the last `backward` was of these; from now on hold copies.

        The second sweep back writes to the very buffers in which the children returned
        the gradients of the first.
        """
        self._check_last(x, dC_dy, verb)
        if not self._owned:
            self._own_gradients({})

    def _own_gradients(self, known):
        """Put copies in the place of gradients, here and in containers below."""

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
