"""The net of an LSTM of the package rnn, whose parts it keeps by name."""


def lstm_parts(inner, peepholes):
    """Return a dict of the net, [x, h, c] to [h, c], and of its parts.

    Parameters
    ----------
    inner : Inner
        Of an LSTM.
    peepholes : bool
    """
    forget, write, give = (
        _gate(inner, gate, peepholes) for gate in ("forget", "input", "output")
    )
    hidden = inner.sequential(
        inner("NarrowTable", 0, 2),
        inner.each(*_affine(inner, "hidden")),
        inner("CAddTable"),
        inner("Tanh"),
    )
    kept, written = inner.product_of(forget, inner.pick(2)), [write, hidden]
    cell = inner.sum_of(kept, inner.product_of(*written))
    bent = inner.sequential(inner.pick(2), inner("Tanh"))
    net = inner.sequential(
        inner.both(inner("NarrowTable", 0, 2), cell),
        inner("FlattenTable"),  # x, h', c
        inner.both(inner.product_of(give, bent), inner.pick(2)),
    )
    return {
        "recurrentModule": net,
        "inputGate": write,
        "forgetGate": forget,
        "outputGate": give,
        "hiddenLayer": hidden,
        "cellLayer": cell,
        "cell2gate": peepholes,
    }


def _gate(inner, gate, peepholes):
    """Return the net of a gate, [x, h, c] to its values."""
    first = [] if peepholes else [inner("NarrowTable", 0, 2)]
    parts = _affine(inner, gate)
    if peepholes:
        parts.append(inner.c_mul(f"peephole_{gate}"))
    return inner.sequential(
        *first, inner.each(*parts), inner("CAddTable"), inner("Sigmoid")
    )


def _affine(inner, gate):
    """Return a list of what is applied to x and to h."""
    of_x = inner.linear(f"weight_{gate}", f"bias_{gate}")
    of_h = inner.linear(f"feedback_{gate}")
    return [inner.sequential(inner("Dropout", 0), layer) for layer in (of_x, of_h)]
