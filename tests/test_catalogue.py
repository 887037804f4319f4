"""What holds for every class: no memory taken twice, no nonsense accepted."""

import numpy as np
import pytest
from cases.linear import index_linear, keys_values_sizes, pairs, sparse_linear
from cases.params import CASES
from memory import taken_again

import nnmods as nn
from nnmods.core.tables import copied, is_table, map_table
from nnmods.testing.compare import leaves, require_close, structure

BATCHES = [case for case in CASES if case.values[0].batch]
#: Bytes of x in the test of memory. What Python and NumPy take for a moment (tuples,
#: views, buffers of 8192 entries for each operand of a ufunc) is an eighth of them.
LARGE = 2 * 1024 * 1024


def enlarged(x, axis=0):
    """Return x with its samples repeated until it is large."""
    size = sum(leaf.nbytes for leaf in leaves(x))
    times = -(-LARGE // max(size, 1))
    return map_table(lambda a: np.concatenate([a] * times, axis), x)


def taken_memory(module, x):
    """Return how many bytes all verbs take for a moment, once shapes are known."""
    dC_dy = copied(module.forward(x))

    def step():
        module.forward(x)
        module.backward(x, dC_dy)
        module.acc_grad_params(x, dC_dy)
        module.jvp(x, x)

    nn.set_num_threads(1)  # or what NumPy takes for a moment counts once for each
    try:
        return taken_again(step)
    finally:
        nn.set_num_threads()


@pytest.mark.parametrize("case", [c for c in BATCHES if c.values[0].memory])
def test_no_array_is_allocated_after_the_first_call(case):
    module, x = case.make().double(), case.inputs(np.random.default_rng(1))
    x = enlarged(x, module.example_axis)
    assert taken_memory(module, x) < LARGE // 8


@pytest.mark.parametrize(
    "make, form", [(sparse_linear, pairs), (index_linear, keys_values_sizes)]
)
def test_sparse_layers_allocate_no_array_after_the_first_call(make, form):
    x = form(enlarged(np.random.default_rng(1).random((5, 4))))
    assert taken_memory(make().double(), x) < LARGE // 8


def wider(x):
    """Return zeros with one entry more along the last axis, or one more entry."""
    if is_table(x):
        return [*x, np.zeros(2)]
    shape = np.shape(x)
    return np.zeros((*shape[:-1], shape[-1] + 1) if shape else (2,))


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_gradient_is_refused_before_anything_changes(case):
    module, x = case.make().double(), case.inputs(np.random.default_rng(1))
    nn.manual_seed(3)
    y = copied(module.forward(x))
    dC_dx = copied(module.backward(x, y))
    before = copied(module.parameters()[1])
    wrong = [wider(y), "nonsense", None, y[0] if is_table(y) and y else [y]]
    for dC_dy in wrong:
        for verb in (module.backward, module.acc_grad_params, module.backprop):
            if verb == module.acc_grad_params and not before:
                continue  # nothing to add to
            with pytest.raises((ValueError, TypeError, RuntimeError)) as info:
                verb(x, dC_dy)
            assert "\n" not in str(info.value)
    require_close(module, "a gradient", module.parameters()[1], before, 0)
    require_close(module, "dC_dx", module.backward(x, y), dC_dx, 1e-12)


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_direction_is_refused(case):
    module, x = case.make().double(), case.inputs(np.random.default_rng(1))
    module.forward(x)
    with pytest.raises((ValueError, TypeError)):
        module.jvp(x, wider(x))


@pytest.mark.parametrize("case", CASES)
def test_an_x_that_is_no_array_is_refused(case):
    module = case.make()
    for x in ("nonsense", None, np.array(["a", "b"]), 1j * np.ones((3, 4))):
        with pytest.raises((ValueError, TypeError)):
            module.forward(x)


@pytest.mark.parametrize("case", CASES)
def test_saved_and_loaded(case, tmp_path):
    module, x = case.make(), case.inputs(np.random.default_rng(1))
    nn.save(module, tmp_path / "module.npz")
    again = nn.load(tmp_path / "module.npz", classes=(type(module),))
    nn.manual_seed(3)
    y = copied(module.forward(x))
    nn.manual_seed(3)
    other = copied(again.forward(x))
    assert structure(other) == structure(y) and repr(again) == repr(module)
    require_close(module, "y after loading", other, y, 0)
