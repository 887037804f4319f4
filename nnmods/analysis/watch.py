"""Watch: it stands in the core, where training sees it, and is offered here."""

from nnmods.core.watching import Watch as Watch
