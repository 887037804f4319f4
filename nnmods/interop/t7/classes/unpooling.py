"""Unpoolings of Torch7, which refer to a pooling of their network."""

from nnmods.interop.t7.spec import Spec


class Unpooling(Spec):
    """The spec of an unpooling, which refers to a pooling elsewhere."""

    wants_all = True

    def __init__(self):
        super().__init__(make=self._refer, store=self._store)

    def _refer(self, fields, given):
        if not fields.has("pooling"):
            fields.fail("pooling is missing", "a module")
        return self.cls(fields.values["pooling"])

    def _store(self, module, out):
        out["pooling"] = module.pooling
