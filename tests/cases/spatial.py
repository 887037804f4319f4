"""Cases of spatial."""

#: Of each class its cases; the key is the exported name.
MODULES = {}
