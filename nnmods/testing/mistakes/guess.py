"""Guess: a mistake, and what it would give."""


class Guess:
    """A mistake that would explain a wrong derivative.

    Parameters
    ----------
    mistake, message : str
    predicted : function
        Returns the vector that a module with this mistake gives; of another length, or
        an error, it is no explanation.
    """

    def __init__(self, mistake, message, predicted):
        self.mistake, self.message, self.predicted = mistake, message, predicted
