"""Cases of shape."""

import nnmods as nn
from cases.case import Case

#: Of each class its cases; the key is the exported name.
MODULES = {
    "Identity": [Case(nn.Identity, (5, 4)), Case(nn.Identity, [(5, 4), [(5, 2)]])],
    "Flatten": [Case(nn.Flatten, (5, 2, 3, 4), single=False)],
    "View": [
        Case(lambda: nn.View(12), (5, 4, 3), single=False, batch=False),
        Case(lambda: nn.View(6, -1, num_input_dims=2), (5, 4, 3), single=False),
    ],
    "Reshape": [Case(lambda: nn.Reshape(3, 4), (5, 12), single=False)],
}
