"""Values: what is said of those that go from block to block in a container."""

from collections import defaultdict

from nnmods.drawing.captions import brackets, joined


def gradient_of(name):
    """Return what the gradient by a value is called."""
    return f"dC/d{name}"


class Values:
    """The values within a container, and the labels of the edges they go along.

    Parameters
    ----------
    sketch : Sketch
    children : list of (name, module)
    path : str
        Of the container.
    sizes : Sizes
    outermost : bool
        Whether its inputs and outputs are those of the network.
    """

    def __init__(self, sketch, children, path, sizes, outermost):
        self.sketch, self.sizes, self.path = sketch, sizes, path
        self.names = [name for name, _ in children]
        dot = "." if path else ""
        self.paths = [f"{path}{dot}{name}" for name in self.names]
        self.bare = not outermost
        self.entries, self.ways_in = defaultdict(set), defaultdict(int)
        for link in sketch.links:
            self.entries[link.source].add(link.entry)
            self.ways_in[link.target] += 1
        self.going_on = sketch.going_on()
        self.users = defaultdict(list)
        for link in sketch.links:
            if link.target in self.going_on:
                self.users[self._key(link)].append(link)

    def _key(self, link):
        """Return the source, and the largest part of its value that has this in it."""
        entries, entry = self.entries[link.source], link.entry
        n = next(n for n in range(len(entry) + 1) if entry[:n] in entries)
        return link.source, entry[:n]

    def shared(self, link):
        """Return the key of a value that goes several ways, or None."""
        key = self._key(link)
        return (
            key if link.target in self.going_on and len(self.users[key]) > 1 else None
        )

    def is_dashed(self, key):
        """Tell whether a value is in use in some calls only."""
        return all(link.dashed for link in self.users[key])

    def labels(self, link):
        """Return the texts of an edge, forward and back."""
        entry = brackets(link.entry)
        shape = self._unless_outside(link, self._shape(link))
        if self._is_joint(link.source):
            back = self._share(link)
        else:
            back = self._gradient(link.source, link.target, entry)
        return joined(entry, link.label, shape), joined(back, link.label)

    def fan_labels(self, key):
        """Return the texts of the edge to a fan."""
        source, entry = key
        shape = self._whole_shape(source, entry)
        if self._at_border(source) and shape == self._outside(source):
            shape = ""
        back = brackets(entry)
        if not self._is_joint(source):
            back = self._gradient(source, None, back)
        return joined(brackets(entry), shape), back

    def branch_labels(self, link, key):
        """Return the texts of an edge from a fan."""
        entry = brackets(link.entry[len(key[1]) :])
        shape = self._unless_outside(link, self._shape(link))
        if shape == self._whole_shape(*key):
            shape = ""
        share, said = self._share(link), link.label
        if isinstance(link.target, int) and said == self.names[link.target]:
            said = ""  # the share is named after it
        return joined(entry, link.label, shape), joined(entry, share, said)

    def _share(self, link):
        """Return what the gradient by x of a child is called, one of those summed."""
        if isinstance(link.target, str):
            return ""
        name = self.sketch.names.get(link.target) or self.names[link.target]
        return f"dC/dx_{{{name}}}" + brackets(self._place(link))

    def _place(self, link):
        """Return which entry of x of a child a link leads to, if x is a table."""
        ways = [way for way in self.sketch.links if way.target == link.target]
        if link.dashed or len(ways) == 1:  # one of several ways, or the only one
            return ()
        return (next(i for i, way in enumerate(ways) if way is link),)

    def _gradient(self, source, target, entry):
        """Return what the gradient is called, unless an end of the edge says so."""
        if source in self.sketch.inputs:
            return gradient_of(source) + entry if entry else ""
        if target in self.sketch.outputs and self.ways_in[target] == 1:
            return entry
        name = self.sketch.names.get(source) or f"y_{{{self.names[source]}}}"
        return gradient_of(name) + entry

    def _is_joint(self, end):
        ends = (self.sketch.inputs, self.sketch.outputs)
        return isinstance(end, str) and not any(end in texts for texts in ends)

    def _shape(self, link):
        """Return the shape of what goes along a link, or nothing."""
        source, target = link.source, link.target
        if isinstance(source, str) and isinstance(target, int):
            if self._is_joint(source) or self.ways_in[target] == 1:
                return self.sizes.x(self.paths[target], self._place(link))
        if self._is_joint(source) and target in self.sketch.outputs:
            return self.sizes.y(self.path, self.sketch.outputs[target])
        return self._whole_shape(source, link.entry)

    def _whole_shape(self, source, entry):
        if isinstance(source, int):
            return self.sizes.y(self.paths[source], entry)
        if source in self.sketch.inputs:
            place = self.sketch.inputs[source]
            return self.sizes.x(self.path, (*place, *entry))
        return ""

    def _unless_outside(self, link, shape):
        """Return a shape, unless the edge outside of the box has the same one."""
        for end in (link.source, link.target):
            if self._at_border(end) and shape == self._outside(end):
                return ""
        return shape

    def _at_border(self, end):
        """Tell whether an end is a point on the border of a box."""
        ends = [self.sketch.inputs, self.sketch.outputs]
        return self.bare and any(end in texts and len(texts) == 1 for texts in ends)

    def _outside(self, end):
        if end in self.sketch.inputs:
            return self.sizes.x(self.path)
        return self.sizes.y(self.path)
