"""Settings that are refused, and a gradient of nan, for the rules since Adam."""

import numpy as np
import pytest

from nnmods import optim

NUMBER = "expected a finite number >= 0"
UNIT = "expected a number >= 0 and < 1"
UNITS = {
    "AdamW": ("beta1", "beta2"),
    "NAdam": ("beta1", "beta2"),
    "RAdam": ("beta1", "beta2"),
    "Lion": ("beta1", "beta2"),
    "LARS": ("momentum",),
    "LAMB": ("beta1", "beta2"),
    "Adafactor": (),
    "Muon": ("momentum", "beta1", "beta2"),
}
NUMBERS = {
    "AdamW": ("lr", "eps", "weight_decay", "l1"),
    "NAdam": ("lr", "eps", "momentum_decay", "weight_decay", "l1"),
    "RAdam": ("lr", "eps", "weight_decay", "l1"),
    "Lion": ("lr", "weight_decay"),
    "LARS": ("lr", "weight_decay", "trust"),
    "LAMB": ("lr", "eps", "weight_decay"),
    "Adafactor": ("lr", "decay", "eps1", "eps2", "clip", "weight_decay"),
    "Muon": ("lr", "eps", "weight_decay"),
}


@pytest.mark.parametrize("rule", NUMBERS)
@pytest.mark.parametrize("wrong", [-0.5, np.nan, np.inf, "much"])
def test_wrong_settings_are_refused(rule, wrong):
    for settings, wanted in ((NUMBERS, NUMBER), (UNITS, UNIT)):
        for name in settings[rule]:
            pair = np.zeros(3), np.zeros(3)
            with pytest.raises((TypeError, ValueError)) as info:
                getattr(optim, rule)(pair, **{name: wrong})
            got = f"{rule}: {name} has value {wrong}, {wanted}"
            if isinstance(wrong, str):
                got = f"{rule}: {name} has type str, expected a number"
            assert str(info.value) == got


@pytest.mark.parametrize("rule", NUMBERS)
def test_nan_goes_through(rule):
    w, dC_dw = np.ones(5), np.ones(5)
    opt = getattr(optim, rule)((w, dC_dw))
    for dC_dw[2] in (1, np.nan, 1):
        opt.step()
    assert np.isnan(w[2]) and np.isfinite(np.delete(w, 2)).all()


@pytest.mark.parametrize("rule", NUMBERS)
def test_the_repr_shows_what_is_not_the_default(rule):
    pair = np.zeros(3), np.zeros(3)
    opt = getattr(optim, rule)(pair, lr=0.5, weight_decay=0.25)
    assert repr(opt) == f"{rule}(3 parameters, lr=0.5, weight_decay=0.25)"
