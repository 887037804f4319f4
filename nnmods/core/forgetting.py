"""Forgetting: modules whose next call goes on from the last one."""


class Forgetting:
    """The part of a module that keeps a state from call to call, until it forgets."""

    def forget(self):
        """Drop the state of the last call, and return self."""
        raise NotImplementedError(f"{type(self).__name__}: forget() is not written")


def forget_states(module):
    """Let the next call of a module, and of all below it, begin anew."""
    for part in module.list_modules():
        if isinstance(part, Forgetting):
            part.forget()
