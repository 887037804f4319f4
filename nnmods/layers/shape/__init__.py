"""Modules that select, pad, move or reshape, and do not compute."""

from nnmods.core.lazy import lazily

FILES = {
    "collapse": "Collapse",
    "contiguous": "Contiguous",
    "convert": "Convert",
    "copy": "Copy",
    "flatten": "Flatten",
    "identity": "Identity",
    "index": "Index",
    "masked_select": "MaskedSelect",
    "narrow": "Narrow",
    "one_hot": "OneHot",
    "padding": "Padding",
    "replicate": "Replicate",
    "reshape": "Reshape",
    "select": "Select",
    "squeeze": "Squeeze",
    "transpose": "Transpose",
    "unsqueeze": "Unsqueeze",
    "view": "View",
}

__all__, __getattr__, __dir__ = lazily(__name__, FILES)
