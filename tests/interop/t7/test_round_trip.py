"""Every class that Torch7 has is written, and read again as the same."""

import io
import re
from collections import defaultdict

import numpy as np
import pytest
from cases import CRITERIONS, MODULES

import nnmods as nn
from nnmods.core.tables import copied, map_table
from nnmods.interop.t7 import load_t7, save_t7
from nnmods.interop.t7.classes.equivalents import EQUIVALENTS
from nnmods.testing.compare import leaves

#: Classes that Torch7 has not, under any name.
MODERN = """
    BCEWithLogitsCriterion CELU CTCCriterion Embedding FocalCriterion Fold GEGLU GELU
    GaussianNLLCriterion GroupNorm HardSigmoid Hardswish HuberCriterion InstanceNorm
    KLDivCriterion LayerNorm Mish PoissonNLLCriterion RMSNorm ReGLU Repeat SELU
    ScaledTanh SiLU SwiGLU Switch TripletMarginCriterion Unfold Upsample
""".split()
#: Classes whose cases are wrapped in one of the tests; they have files of their own.
WRAPPED = ["SparseLinear", "IndexLinear"]

CASES = [
    pytest.param(name, case, id=f"{name}-{i}")
    for name, cases in (MODULES | CRITERIONS).items()
    for i, case in enumerate(cases)
    if name not in [*MODERN, *WRAPPED]
]


def through(module, form="binary"):
    save_t7(module, file := io.BytesIO(), form)
    file.seek(0)
    return load_t7(file)


def saved_or_skipped(module):
    """Return a module that went through a file; skip a setting that Torch7 has not."""
    try:
        return through(module)
    except ValueError as err:
        assert re.search("Torch7|expected", str(err)), err
        pytest.skip(str(err))


def outcome(module, arguments):
    """Return all that a module or criterion makes of its arguments."""
    nn.manual_seed(0)
    if isinstance(module, nn.Criterion):
        return [module.forward(*arguments), copied(module.backward(*arguments))]
    (x,) = arguments
    y = copied(module.forward(x))
    dC_dy = map_table(lambda a: np.cos(np.arange(a.size)).reshape(a.shape), y)
    module.zero_grad_params()
    return [y, copied(module.backprop(x, dC_dy)), *module.parameters()[1]]


@pytest.mark.parametrize("train", [True, False])
@pytest.mark.parametrize("name, case", CASES)
def test_it_computes_the_same(name, case, train):
    module, rng = case.make(), np.random.default_rng(1)
    is_criterion = isinstance(module, nn.Criterion)
    arguments = case.arguments(rng) if is_criterion else (case.inputs(rng),)
    if not is_criterion:
        module.training() if train else module.evaluate()
    got = saved_or_skipped(module)
    assert type(got) is type(module) or name in EQUIVALENTS
    if not is_criterion:
        assert got.train is module.train
        for own in (got, module):  # files hold no random states
            own.apply(
                lambda part: vars(part).update(rng=None) if _draws(part) else None
            )
    for a, b in zip(
        leaves(outcome(got, arguments)), leaves(outcome(module, arguments)), strict=True
    ):
        np.testing.assert_array_equal(a, b)


def _draws(part):
    return "rng" in vars(part)


@pytest.mark.parametrize("name, case", CASES)
def test_it_is_written_the_same_again(name, case):
    once = saved_or_skipped(case.make())
    again = through(once, "ascii")
    assert repr(again) == repr(once)
    assert again.dtype == once.dtype
    first, second = io.BytesIO(), io.BytesIO()
    save_t7(once, first)
    save_t7(again, second)
    assert first.getvalue() == second.getvalue()


@pytest.mark.parametrize("name, case", CASES)
def test_float32_stays_float32(name, case):
    got = saved_or_skipped(case.make().float())
    assert got.dtype == np.float32
    parameters = [] if isinstance(got, nn.Criterion) else got.parameters()[0]
    assert all(p.dtype == np.float32 for p in parameters)


def test_what_torch7_has_not_is_refused():
    for name in MODERN:
        cases = (MODULES | CRITERIONS)[name]
        with pytest.raises(TypeError, match=f"{name}, expected what Torch7 has too"):
            through(cases[0].make())


def test_of_every_other_class_some_setting_can_be_written():
    written = defaultdict(int)
    for name, cases in (MODULES | CRITERIONS).items():
        for case in cases:
            try:
                through(case.make())
            except (TypeError, ValueError):
                continue
            written[name] += 1
    assert set(MODULES | CRITERIONS) - {*MODERN, *WRAPPED} == set(written)
