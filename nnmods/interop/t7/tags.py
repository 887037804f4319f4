"""Tags: what comes before an object of a `.t7` file and says how it goes on.

It is the id of its type and, for type `TORCH`, the name of a class.
"""

NIL, NUMBER, STRING, TABLE, TORCH, BOOLEAN = range(6)
#: Functions with their upvalues: of old files, and two that are referred to by index.
FUNCTION, LEGACY_FUNCTION, CLOSURE = 6, 7, 8

#: Containers of the package tds.
HASHES = ("tds.Hash", "tds_hash")
VECTORS = ("tds.Vec", "tds_vec")
#: Classes that write nothing, and those that write a table before their fields: there
#: its type and device, which stand among the fields too.
NOTHING, HEADED = ("torch.Timer",), ("nn.GPU",)
