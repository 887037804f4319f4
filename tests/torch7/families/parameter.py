"""Torch7's parameters by element: its Add is our CAdd."""

import nnmods as nn

CONSTRUCTORS = {"Add": nn.CAdd}
