"""Sources: the line to look at, of an error or of the statement that makes a term."""

import ast
import inspect
import os
import textwrap
import tokenize
import traceback
from pathlib import Path

HOUSE = str(Path(__file__).parents[2])
CHECKERS = str(Path(__file__).parents[1])
NOWHERE = None, None, ""
#: Of a class whose source is not there, or is another one by now.
UNREADABLE = OSError, TypeError, SyntaxError, tokenize.TokenError


def place_of_error(module, err):
    """Return (path, line, code) of where an error arose in a module's own source."""
    files = {_file(cls) for part in module.list_modules() for cls in type(part).__mro__}
    frames = traceback.extract_tb(err.__traceback__)
    outside = [f for f in frames if not f.filename.startswith(CHECKERS)]
    own = [f for f in outside if f.filename in files]
    users = [f for f in own if not _is_ours(f.filename)]
    for found in (users, own, outside):
        if found:
            frame = found[-1]
            return shown(frame.filename), frame.lineno, frame.line or ""
    return NOWHERE


def place_of(module, verb, term):
    """Return (path, line, code) of the statement to change.

    For dC_dx and y it is the last return of the verb, for grad_p what assigns to it.
    A verb that a family gives to a user's class is no place to change anything: then
    it is the class.
    """
    function = inspect.unwrap(getattr(type(module), verb, type(module).forward))
    code = getattr(function, "__code__", None)
    if code is None:
        return NOWHERE
    path = code.co_filename
    if _is_ours(path) and type(module).__module__.partition(".")[0] != "nnmods":
        return _place_of_class(type(module))
    line, text = code.co_firstlineno, ""
    try:
        source, first = inspect.getsourcelines(function)
        tree = ast.parse(textwrap.dedent("".join(source)))
    except UNREADABLE:
        return shown(path), line, text
    offset = _statement(tree, term.rpartition(".")[2])
    return shown(path), first + offset - 1, source[offset - 1].strip()


def shown(path):
    """Return a path, from the working directory where it lies below that."""
    near = os.path.relpath(path) if os.path.isabs(path) else path
    return path if near.startswith("..") else near


def _statement(tree, term):
    """Return the line of the statement in a function that makes a term."""
    names = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == term
    ]
    returns = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Return)]
    found = names if term.startswith("grad_") and names else returns
    return max(found, default=1)


def _place_of_class(cls):
    try:
        source, first = inspect.getsourcelines(cls)
    except UNREADABLE:  # of a file that was run, not imported
        codes = _codes(cls)
        lines = [code.co_firstlineno for code in codes]
        return (shown(codes[0].co_filename), min(lines), "") if codes else NOWHERE
    return shown(_file(cls)), first, source[0].strip()


def _file(cls):
    """Return the file of a class: where its functions stand, if it is not known."""
    try:
        return inspect.getfile(cls)
    except (OSError, TypeError):
        return next((code.co_filename for code in _codes(cls)), None)


def _codes(cls):
    return [f.__code__ for f in vars(cls).values() if hasattr(f, "__code__")]


def _is_ours(path):
    return path is not None and path.startswith(HOUSE + os.sep)
