"""Text: a network as text, with shapes and the gradient on its way back."""

from nnmods.core.sketch import sketch_of
from nnmods.core.wiring_text import wiring_text
from nnmods.drawing.captions import gradients, is_container


def text(net, sizes, gradient=True):
    """Return the picture of a network as text, and below it that of its gradient.

    Parameters
    ----------
    net : Module
    sizes : Sizes
    gradient : bool, default=True
        Whether to write the second one.

    Examples
    --------
    >>> import numpy as np
    >>> import nnmods as nn
    >>> from nnmods.drawing.sizes import Sizes
    >>> net = nn.Sequential(nn.Linear(4, 3), nn.Tanh())
    >>> print(text(net, Sizes(net, np.ones((5, 4)))))
    Sequential(              (5, 4) -> (5, 3)  J: 15 x 20
      [x -> (0) -> (1) -> y]
      (0): Linear(4 -> 3)    (5, 4) -> (5, 3)  J: 15 x 20
      (1): Tanh()            (5, 3) -> (5, 3)  J: 15 x 15
    )
    <BLANKLINE>
    Sequential(
      [dC/dx <- (0) <- (1) <- dC/dy]
      (0): Linear(4 -> 3)  dC/dy J: (1 x 15)(15 x 20)  + grad_weight, grad_bias
      (1): Tanh()          dC/dy J: (1 x 15)(15 x 15)
    )
    """
    modules = net.named_modules()
    notes = {path: _forward_notes(path, sizes) for path, _ in modules}
    texts = [wiring_text(net, notes)]
    if gradient:
        silent = _without_gradient(modules)
        notes = {
            path: _back_notes(path, module, sizes)
            for path, module in modules
            if path not in silent
        }
        texts.append(wiring_text(net, notes, back=True))
    return "\n\n".join(texts)


def _without_gradient(modules):
    """Return the paths of the modules to which no gradient comes."""
    silent = set()
    for path, module in modules:  # parents before their children
        children = module.children()
        going_on = range(len(children))
        if path in silent:
            going_on = ()
        elif is_container(module):
            going_on = sketch_of(module).going_on()
        dot = "." if path else ""
        for i, (name, _) in enumerate(children):
            if i not in going_on:
                silent.add(f"{path}{dot}{name}")
    return silent


def _forward_notes(path, sizes):
    jacobian = sizes.jacobian(path)
    if not jacobian:
        return []
    return [f"{sizes.x(path)} -> {sizes.y(path)}", f"J: {jacobian}"]


def _back_notes(path, module, sizes):
    if is_container(module):  # its children say what is computed
        return ["", gradients(module)]
    product = sizes.product(path)
    return [f"dC/dy J: {product}" if product else "dC/dy J", gradients(module)]
