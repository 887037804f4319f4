"""Cases of algebra."""

#: Of each class its cases; the key is the exported name.
MODULES = {}
