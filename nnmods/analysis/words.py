"""Words: how explanations write modules, numbers, shapes and shares."""

#: The widest shape of a table that is written out.
WIDEST = 16


def name(record):
    """Return what a module is called, such as ``3 (Linear)``."""
    path, cls = record["path"], record["class"]
    return f"{path} ({cls})" if path else cls


def number(value):
    """Return a number in two or three digits, and ``-`` for None.

    Examples
    --------
    >>> number(0.8251), number(12.34), number(3.1e-31), number(1e-4), number(45678.0)
    ('0.83', '12.3', '3.1e-31', '1e-4', '4.6e4')
    """
    if value is None:
        return "-"
    size = abs(value)
    if 0 < size < 1e-3:
        text = f"{value:.1e}"
    else:
        text = f"{value:.3g}" if 10 <= size < 999.5 else f"{value:.2g}"
    if "e" in text:
        digits, exponent = text.split("e")
        text = f"{digits.removesuffix('.0')}e{int(exponent)}"
    return text


def share(value):
    """Return a share in percent, and ``-`` for None."""
    return "-" if value is None else f"{100 * value:.0f}%"


def shape(value):
    """Return a shape, or those of a table.

    Examples
    --------
    >>> shape((5, 3)), shape(()), shape([(5, 3), (2,)]), shape([(128, 64, 32)] * 3)
    ('5x3', '()', '[5x3, 2]', '[128x64x32, ...]')
    """
    if value is None:
        return "-"
    if isinstance(value, tuple):
        return "x".join(map(str, value)) or "()"
    entries = [shape(entry) for entry in value]
    text = f"[{', '.join(entries)}]"
    return text if len(text) <= WIDEST or len(entries) < 2 else f"[{entries[0]}, ...]"


def matrix(sizes):
    """Return the size of a Jacobian, M x N.

    Examples
    --------
    >>> matrix([15, 20]), matrix([1605632, 100352]), matrix(None)
    ('15x20', '1.6e6x1e5', '-')
    """
    if sizes is None:
        return "-"
    return "x".join(str(n) if n < 100_000 else number(n) for n in sizes)


def cut(text, width):
    """Return a text in one line of at most ``width`` characters."""
    printable = (c if c.isprintable() else " " for c in text)
    text = " ".join("".join(printable).split())
    return text if len(text) <= width else text[: width - 3] + "..."
