"""Captions: what is written in blocks, and at edges."""

import re

from nnmods.core import Container
from nnmods.core.parameters import own_parameters
from nnmods.core.sketch import sketch_of
from nnmods.layers import CriterionTable

LENGTH = 36  # in characters, of a repr in a block


def is_cost(module):
    """Tell whether a module is a criterion in a graph."""
    return isinstance(module, CriterionTable)


def is_container(module):
    """Tell whether a module is drawn as a box with others in it."""
    return isinstance(module, Container) and bool(module.children())


def ends_in_cost(module, output=None):
    """Tell whether y of a module, or one of its outputs, is a criterion's cost."""
    while is_container(module):
        sketch = sketch_of(module)
        wanted = [output] if output is not None else list(sketch.outputs)
        links = [link for link in sketch.links if link.target in wanted]
        if sketch.note or len(links) != 1 or not isinstance(links[0].source, int):
            return False
        module, output = module.children()[links[0].source][1], None
    return is_cost(module)


def title(module, name=None, note=""):
    """Return what a block is called.

    Examples
    --------
    >>> import nnmods as nn
    >>> title(nn.Linear(4, 3), "0"), title(nn.Repeater(nn.GRU(3, 2), 4), note="4 steps")
    ('(0) Linear(4 -> 3)', 'Repeater(4), 4 steps')
    """
    kind = type(module).__name__
    if is_container(module):
        arguments = module._arguments()
        text = f"{kind}({_cut(arguments)})" if arguments else kind
    else:
        shown = module.criterion if is_cost(module) else module
        text = repr(shown)
        if "\n" in text or len(text) > LENGTH:
            text = f"{type(shown).__name__}(...)"
    text = f"({name}) {text}" if name is not None else text
    return f"{text}, {note}" if note else text


def gradients(module):
    """Return what a sweep back adds to parameters, of one's own in a container.

    Examples
    --------
    >>> import nnmods as nn
    >>> gradients(nn.Linear(4, 3)), gradients(nn.Tanh())
    ('+ grad_weight, grad_bias', '')
    """
    if is_container(module):
        paths = [name for name, _, _ in own_parameters(module)]
    else:
        paths = [path for path, _, _ in module.named_parameters()]
    names = [re.sub(r"([^.]*)$", r"grad_\1", path, count=1) for path in paths]
    text = ", ".join(names)
    while len(text) > LENGTH and len(names) > 1:
        text = f"{', '.join(names := names[:-1])}, ..."
    return f"+ {text}" if names else ""


def forward_lines(module, heading, jacobian):
    """Return the lines of a module in the forward graph."""
    return [heading, f"J: {jacobian}"] if jacobian else [heading]


def back_lines(module, heading, product):
    """Return the lines of a module in the gradient graph."""
    return given(heading, "dC/dy J", product, gradients(module))


def given(*lines):
    """Return a list of those lines that say something."""
    return [line for line in lines if line]


def brackets(entry):
    """Return the indices of an entry as text."""
    return "".join(f"[{i}]" for i in entry)


def joined(*texts):
    """Return those of the texts that say something, one after another."""
    return " ".join(filter(None, texts))


def _cut(text):
    text = " ".join(text.split())
    return text if len(text) <= LENGTH else f"{text[: LENGTH - 4]} ..."
