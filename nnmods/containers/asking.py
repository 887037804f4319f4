"""Asking: the part of containers whose wiring depends on the data."""

from nnmods.containers.entries import check_gradient
from nnmods.containers.row_checks import count_examples
from nnmods.containers.row_order import RowOrder
from nnmods.core import Container, Module
from nnmods.core.sketch import Link
from nnmods.core.tables import check_like
from nnmods.core.tree import mark_changed


class Asking(Container):
    """A container that asks a function of x, its rule, how it is wired in this call.

    The rule is the attribute that ``question`` names: what the constructor was given,
    or a method of a subclass. Where it is a module, that is a part of the container, in
    its modes and copies; no gradient comes to it.

    A subclass has ``per_example``, whether each example is wired on its own, and says:

    - ``_decide(x, shape)`` asks, for an answer of that shape, and remembers it. With
      ``per_example`` it sorts the examples, by ``_order.sort``.
    - ``_push(x, visit)`` and ``_pull(dC_dy, visit, input_grad)`` are the wiring of a
      batch that goes one way.
    - ``_push_rows(rows, visit)`` and ``_pull_rows(rows, visit, input_grad)`` are that
      of sorted examples. They return what is to be put back in order: a list of arrays
      or tables, each with some of the rows, the first ones first.
    """

    question = ""
    _results = (*Container._results, "_order")
    _order = None

    def forward(self, x):
        shape = ()
        if self.per_example:
            shape = (count_examples(self, x),)
            self._order = self._order or RowOrder()
        else:
            check_like(self, "x", x, x)
        self._decide(x, shape)
        return Container.forward(self, x)

    def push(self, x, visit):
        names = ("x", "y")
        if self._x is not None:  # a direction, of jvp
            check_like(self, "dx", x, self._x)
            names = ("dx", "dy")
        if not self.per_example:
            return self._push(x, visit)
        parts = self._push_rows(self._order.sorted(names[0], x), visit)
        return self._order.restored(self, names[1], parts)

    def pull(self, dC_dy, visit, input_grad=True):
        check_gradient(self, "dC_dy", dC_dy, self.y)
        if not self.per_example:
            return self._pull(dC_dy, visit, input_grad)
        rows = self._order.sorted("dC_dy", dC_dy)
        parts = self._pull_rows(rows, visit, input_grad)
        return self._order.restored(self, "dC_dx", parts) if input_grad else None

    def _take_rule(self, rule):
        """Keep a rule; None leaves it to the method of a subclass.

        Raises
        ------
        TypeError
            If it is no function, or there is none.
        ValueError
            If it is a module that stands at another place too.
        """
        if rule is not None:
            setattr(self, self.question, rule)
        if not callable(getattr(self, self.question, None)):
            raise TypeError(
                f"{type(self).__name__}: {self.question} is {rule!r}, expected a "
                f"function of x; or a subclass has a method {self.question}(self, x)"
            )
        if isinstance(rule, Module):
            if self.question in [name for name, _ in super().children()]:
                raise ValueError(
                    f"{type(self).__name__}: modules has the key {self.question!r}, "
                    "expected another one, as that is the name of a module already"
                )
            self.named_modules()  # raises where one instance stands twice

    def _ask(self, x):
        """Return what the rule says of x."""
        try:
            return getattr(self, self.question)(x)
        except Exception as err:
            err.add_note(f"in {self.question} of {type(self).__name__}")
            raise

    def _rule(self):
        """Return the rule that the constructor was given, or None."""
        return vars(self).get(self.question)

    def children(self):
        rule = self._rule()
        own = [(self.question, rule)] if isinstance(rule, Module) else []
        return super().children() + own

    def set_child(self, name, module):
        if name == self.question:
            setattr(self, name, module)
            mark_changed()
        else:
            super().set_child(name, module)

    def _rule_links(self):
        """Return what a sketch shows of a rule that is a module, the last child."""
        is_child = isinstance(self._rule(), Module)
        return [Link("x", len(self), "no gradient")] if is_child else []

    def _arguments(self):
        rule, shown = self._rule(), []
        if rule is not None and not isinstance(rule, Module):
            name = type(rule).__name__ if callable(rule) else repr(rule)
            shown.append(getattr(rule, "__name__", name))
        if self.per_example:
            shown.append("per_example=True")
        return ", ".join(shown)
