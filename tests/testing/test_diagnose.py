"""Each planted mistake is named, and no built-in class is accused of one."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from cases.params import CASES
from testing.mistakes import PLANTED, RIGHT, AtKink, draw
from testing.mistakes.affine import Squarish

import nnmods as nn
from nnmods.testing import ContractError, diagnose


@pytest.mark.parametrize("case", CASES)
def test_no_false_alarm(case):
    found = diagnose(case.make(), case.inputs(np.random.default_rng(1)))
    assert found.ok, str(found)


@pytest.mark.parametrize("cls, x", RIGHT)
def test_right_modules_are_right(cls, x):
    found = diagnose(cls(), x)
    assert found.ok and found.kinks == []
    assert found.raise_if_wrong() is None


@pytest.mark.parametrize(
    "cls, x, term, mistake", PLANTED, ids=[cls.__name__ for cls, *_ in PLANTED]
)
def test_planted_mistakes_are_named(cls, x, term, mistake):
    """And what follows from a mistake is not listed beside it."""
    found = diagnose(cls(), x)
    assert [(f.term, f.mistake) for f in found.findings] == [(term, mistake)], found


def only(module, x):
    [finding] = diagnose(module, x).findings
    return finding


def named(name):
    return next((cls(), x) for cls, x, *_ in PLANTED if cls.__name__ == name)


def test_numbers_are_those_of_the_smallest_input():
    finding = only(*named("TransposedSquare"))
    assert finding.shape == (1, 3)
    assert finding.got.shape == finding.expected.shape == (1, 3)
    assert finding.deviation < 1e-8


def test_what_needs_a_batch_is_shown_with_two_samples():
    finding = only(*named("Averaged"))
    assert finding.shape == (2, 4)
    np.testing.assert_allclose(finding.got * 2, finding.expected, 1e-6)


def test_the_line_of_the_source():
    finding = only(*named("TransposedSquare"))
    assert finding.code == "return dC_dy @ self.weight.T"
    assert finding.path.endswith("affine.py")
    finding = only(*named("ScaleIgnored"))
    assert finding.code == "self.grad_bias += dC_dy.sum(axis=0)"
    finding = only(*named("WritesToGradient"))
    assert finding.code == "dC_dy *= 1 - np.tanh(x) ** 2"
    finding = only(*named("Misspelt"))
    assert "AttributeError" in finding.message and "self.ty" in finding.code


def test_kinks_are_no_mistakes():
    x = np.array([[0.0, 1.0, -1.0]])
    for share in (0.0, 0.25, 1.0):
        found = diagnose(AtKink(share), x)
        assert found.ok and len(found.kinks) == 1
        kink = found.kinks[0]
        assert (kink.term, kink.index) == ("dC_dx", 0)
        assert kink.low <= kink.got <= kink.high
        assert "kink at entry 0" in str(found) and "no mistake" in str(found)


def test_what_no_side_of_a_kink_has_is_a_mistake():
    finding = only(AtKink(3.0), np.array([[0.0, 1.0, -1.0]]))
    assert (finding.term, finding.mistake) == ("dC_dx", "outside-slopes")


def test_the_child_of_a_container_is_blamed():
    wrong, _ = named("TransposedSquare")
    finding = only(nn.Sequential(nn.Linear(4, 3), wrong, nn.Tanh()), draw((5, 4)))
    assert (finding.term, finding.mistake) == ("1.dC_dx", "transposed-weight")


def test_a_large_input_is_cut_down():
    wrong, _ = named("WrongSign")
    finding = only(wrong, draw((9, 3, 8, 8)))
    assert finding.mistake == "wrong-sign" and finding.shape == (1, 1, 1, 1)


def test_a_batch_as_long_as_another_axis_hides_no_name():
    for name, mistake in (
        ("WrongAxis", "wrong-axis"),
        ("ForgottenTranspose", "transposed-operand"),
    ):
        wrong, _ = named(name)
        found = diagnose(wrong, draw((3, 4))).findings
        assert mistake in [f.mistake for f in found]


class BothInOneLine(Squarish):
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        self.grad_weight += dC_dy.T @ x; self.grad_bias += dC_dy.sum(1)  # noqa: E702  # fmt: skip


def test_of_two_gradients_in_a_line_the_wrong_one_is_blamed():
    finding = diagnose(BothInOneLine(), draw((3, 3))).findings[0]
    assert (finding.term, finding.mistake) == ("grad_bias", "wrong-axis")


def test_what_is_lost_where_nothing_is_expected_is_infinite():
    finding = only(*named("Scattered"))
    assert finding.message.endswith("got / expected lies between -inf and inf")


def test_the_handbook_lists_every_name():
    page = (Path(__file__).parents[2] / "docs/checker.md").read_text("utf-8")
    assert {f"`{name}`" for *_, name in PLANTED} - set(
        re.findall("`.*?`", page)
    ) == set()


class Wide(nn.Linear):
    def acc_grad_params(self, x, dC_dy, scale=1.0):
        super().acc_grad_params(x, dC_dy, -scale)


def test_a_large_parameter_is_measured_as_it_is():
    found = diagnose(Wide(30, 40, bias=False), draw((3, 30)))
    assert [f.mistake for f in found.findings] == ["wrong-sign"]


def test_the_seed_of_x_does_not_hide_a_mistake():
    """Were dC_dy drawn as x is, dC_dy.T @ x would be symmetric."""
    wrong, _ = named("TransposedGradient")
    for seed in range(3):
        x = np.random.default_rng(seed).standard_normal((5, 3))
        assert not diagnose(wrong, x, seed=seed).ok


def test_the_module_and_random_states_are_left_as_they_were():
    module, x = named("AddsInBackward")
    module.grad_weight[...] = 7
    before = x.copy(), module.weight.copy(), nn.manual_seed(3).bit_generator.state
    legacy = np.random.get_state()[1].copy()  # noqa: NPY002
    diagnose(module, x)
    assert (x == before[0]).all() and (module.weight == before[1]).all()
    assert (module.grad_weight == 7).all() and set(vars(module)) == {
        "weight", "bias", "grad_weight", "grad_bias"
    }  # fmt: skip
    assert nn.core.rng.get_rng().bit_generator.state == before[2]
    assert (np.random.get_state()[1] == legacy).all()  # noqa: NPY002


def test_the_report_is_json():
    found = diagnose(*named("Overflows"))
    told = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert told["ok"] is False and told["module"] == "Overflows()"
    assert told["findings"][0]["got"] == [[30.0, "inf"]]


def test_raise_if_wrong():
    found = diagnose(*named("WrongSign"))
    with pytest.raises(ContractError, match="wrong-sign") as err:
        found.raise_if_wrong()
    assert str(err.value) == str(found)


def test_whole_numbers_are_not_differentiated():
    found = diagnose(nn.LookupTable(5, 3), [[0, 4], [1, 1]])
    assert found.ok and "x holds whole numbers: dC_dx was not measured" in str(found)


class NoTwin(nn.Module):
    def __init__(self):
        self.weight = np.array([1.0, -2.0, 0.5])

    def forward(self, x):
        return (x * self.weight).astype(x.dtype)

    def backward(self, x, dC_dy):
        return (dC_dy * self.weight).astype(x.dtype)


def test_a_weight_without_a_gradient_is_noted():
    found = diagnose(nn.Sequential(NoTwin()), draw((5, 3)))
    [note] = found.notes
    assert found.ok and note.startswith("NoTwin(): weight is no parameter")
    assert diagnose(Squarish(), draw((5, 3))).notes == []


def test_a_class_is_no_module():
    with pytest.raises(TypeError, match="module has type type, expected a Module"):
        diagnose(nn.Tanh, draw((5, 3)))
