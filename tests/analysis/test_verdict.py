"""Verdicts: planted mistakes are found where they were planted."""

import numpy as np
import pytest

import nnmods as nn


@pytest.fixture
def x(rng):
    return rng.standard_normal((8, 6))


def mlp(n=3, activation=nn.Tanh, width=6):
    layers = []
    for i in range(n):
        layers += [nn.Linear(width, width, rng=i), activation()]
    return nn.Sequential(*layers)


def judged(net, x, dC_dy=None):
    told = nn.explain(net, x, dC_dy)
    return told.culprit, told.verdict


@pytest.mark.parametrize("value, kind", [(np.nan, "nan"), (-np.inf, "inf")])
def test_a_parameter_that_is_not_finite(x, value, kind):
    net = mlp()
    net[2].weight[1, 2] = value
    assert judged(net, x) == ("2", f"weight of 2 (Linear) holds {kind}")
    assert nn.explain(net, x).records[1]["finite"] == "dC_dx"
    net = mlp()
    net[4].bias[0] = value
    assert judged(net, x) == ("4", f"bias of 4 (Linear) holds {kind}")


def test_an_x_or_a_gradient_that_is_given_so(x):
    net = mlp()
    bad = x.copy()
    bad[0, 0] = np.nan
    assert judged(net, bad) == (None, "x, as given, holds nan")
    bad[0, 0] = np.inf
    assert judged(net, x, bad) == (None, "dC_dy, as given, holds inf")


def test_the_logarithm_of_a_negative_number():
    net = nn.Sequential(nn.MulConstant(2), nn.Log(), nn.Sum(1))
    x = np.array([[1.0, 2.0], [-3.0, 4.0]])
    wanted = "y turns nan at 1 (Log): its x reaches from -6 to 8"
    assert judged(net, x) == ("1", wanted)
    assert judged(nn.Log(), x) == ("", "y turns nan at Log: its x reaches from -3 to 4")


def test_an_overflow_in_single_precision():
    net = nn.Sequential(nn.MulConstant(50), nn.Exp(), nn.Sqrt()).float()
    x = np.array([[1.0, 2.0]])
    wanted = "y turns inf at 1 (Exp): its x reaches from 50 to 100"
    assert judged(net, x.astype("f")) == ("1", wanted)
    assert "turns" not in nn.explain(net.double(), x).verdict


def test_an_overflow_of_a_sum_between_modules():
    large = nn.MulConstant(1e308)
    net = nn.Sequential(nn.Tanh(), nn.ConcatTable(large, nn.MulConstant(1e308)))
    ends = nn.Sequential(nn.CAddTable(), nn.Identity())
    assert judged(net.add(ends), np.array([[9.0]]))[0] == "2.0"
    x = nn.Input()
    h = nn.MulConstant(1e308)(nn.Tanh()(x))
    users = [nn.Identity()(h), nn.Identity()(h)]
    dC_dy = [np.array([[1e308]])] * 2
    told = nn.explain(nn.Graph(x, users), np.array([[1e-300]]), dC_dy)
    wanted = "dC_dy of 1 (MulConstant) holds inf, which no module after it made"
    assert (told.culprit, told.verdict) == ("1", wanted)


def test_a_gradient_that_overflows_on_its_way_back():
    net = nn.Sequential(nn.Tanh(), nn.Log(), nn.Identity())
    culprit, verdict = judged(net, np.array([[1e-320, 1.0]]), np.ones((1, 2)))
    assert (culprit, verdict) == ("1", "dC_dx turns inf at 1 (Log)")


def test_a_parameter_gradient_that_overflows():
    net = nn.Sequential(nn.Linear(2, 1, bias=False, rng=0), nn.MulConstant(1e200))
    net[0].weight[...] = 1e-200
    culprit, verdict = judged(net, np.array([[1e200, 1.0]]), np.ones((1, 1)))
    assert (culprit, verdict) == ("0", "grad_weight of 0 (Linear) turns inf")


def test_an_infinity_that_does_no_harm_is_none():
    net = nn.Sequential(nn.Identity(), nn.Clamp(-1, 1))
    told = nn.explain(net, np.array([[np.inf, 0.5]]))
    assert told.records[0]["finite"] == "y" and told.records[0]["y_norm"] == np.inf
    assert told.culprit is None and told.verdict.startswith("no module")


def test_the_gradient_ends_where_all_units_are_off(x):
    net = mlp(activation=nn.ReLU)
    net[2].bias[...] = -100
    culprit, verdict = judged(net, x)
    assert (culprit, verdict) == (
        "3",
        "the gradient ends at 3 (ReLU): all its 6 units are off",
    )
    assert judged(net, x[0])[1] == (
        "the gradient ends at 3 (ReLU): all 6 entries of its y are 0"
    )


def test_the_gradient_ends_at_weights_of_0(x):
    net = mlp()
    net[2].weight[...] = 0
    culprit, verdict = judged(net, x)
    assert culprit == "2" and verdict.startswith("the gradient ends at 2 (Linear): its")
    assert verdict.endswith(", and its dC_dx 0")


def test_a_path_that_ends_is_no_end_where_others_go_on(x):
    def net(*branches):
        return nn.Sequential(mlp(1), nn.ConcatTable(*branches), nn.CAddTable())

    dead = [nn.Sequential(nn.AddConstant(-99), nn.ReLU()) for _ in range(2)]
    assert judged(net(nn.Tanh(), dead[0]), x)[0] == "1.1.1"  # 90 % of it are dead
    told = nn.explain(net(nn.Tanh(), nn.ZeroGrad()), x)
    assert told.culprit is None and told.verdict.startswith("no module")
    assert judged(net(*dead), x)[1].startswith("the gradient ends at 1.1.1 (ReLU)")


def test_targets_and_indices_are_not_blamed(x, rng):
    y, target = nn.Input(), nn.Input()
    teacher = nn.Sequential(nn.Linear(6, 6, rng=0), nn.Tanh())(target)
    net = nn.Graph([y, target], nn.MSECriterion()(mlp()(y), teacher))
    told = nn.explain(net, [x, x], np.array(1.0))
    assert told.culprit is None and told.verdict.startswith("no module")
    for indices in (np.array([[1, 2, 3]]), np.array([[1.0, 2.0, 3.0]])):
        net = nn.Sequential(nn.LookupTable(9, 4, rng=0), nn.Linear(4, 2, rng=0))
        told = nn.explain(net, indices)
        assert told.culprit is None and told.verdict.startswith("no module")
        assert told.records[0]["dC_dx_norm"] is told.whole["ratio"] is None
    net = nn.Sequential(nn.LookupTable(9, 6, rng=0), mlp(30, nn.Sigmoid))
    culprit, verdict = judged(net, np.array([[1.0, 2.0, 3.0]]))
    assert verdict.startswith("the gradient vanishes: at 1.0 (Linear)")
    assert net[1][int(culprit[2:])].__class__ is nn.Sigmoid


def test_zeros_of_data_that_are_whole_numbers_are_blamed_where_they_end():
    net = nn.Sequential(nn.ReLU(), nn.Linear(3, 2, rng=0))
    culprit, verdict = judged(net, -np.ones((4, 3)))
    assert culprit == "0" and verdict.startswith("the gradient ends at 0 (ReLU)")


def test_the_gradient_vanishes_in_sigmoids(x):
    net = mlp(50, nn.Sigmoid)
    told = nn.explain(net, x)
    records = {record["path"]: record for record in told.records}
    left = [told.whole["dC_dy_norm"], *(r["dC_dx_norm"] for r in told.records[::-1])]
    left = np.array(left) / left[0]
    ratios = [record["ratio"] for record in told.records]
    smallest = min(ratios)
    below = 99 - int(np.argmax(left[1:] < 1e-4))
    means = [np.exp(np.mean(np.log(ratios[i::2]))) for i in (0, 1)]
    assert records[told.culprit]["ratio"] == smallest
    number = nn.analysis.words.number
    assert told.verdict == (
        f"the gradient vanishes: at 0 (Linear) {number(left[-1])} of dC_dy is left; "
        f"below 1e-4 from {below} ({records[str(below)]['class']}) on; the smallest "
        f"ratio is {number(smallest)}, at {told.culprit} "
        f"({records[told.culprit]['class']}); geometric means: "
        + ", ".join(
            f"{number(mean)} of 50 {cls}"
            for mean, cls in sorted(zip(means, ("Linear", "Sigmoid"), strict=True))
        )
    )


def test_a_gradient_that_vanished_did_not_end(x):
    net = mlp(60, lambda: nn.MulConstant(1e-9)).float()
    told = nn.explain(net, x.astype("f"))
    assert told.records[0]["dC_dx_norm"] == 0
    kept = [r for r in told.records if r["dC_dx_norm"]]
    name = nn.analysis.words.name(kept[0])
    assert told.verdict.startswith(f"the gradient vanishes: at {name} ")
    assert "1e-9 of 4 MulConstant" in told.verdict


def test_one_module_that_takes_it_all(x):
    net = mlp()
    net[2].weight *= 1e-6
    culprit, verdict = judged(net, x)
    assert culprit == "2" and "below 1e-4 from 2 (Linear) on" in verdict


def test_a_branch_whose_parameters_get_next_to_nothing(x):
    branch = nn.Sequential(nn.Linear(6, 6, rng=0), nn.MulConstant(1e-7))
    net = nn.Sequential(nn.ConcatTable(nn.Tanh(), branch), nn.CAddTable())
    culprit, verdict = judged(net, x)
    assert culprit == "0.1.1" and verdict.startswith("the gradient vanishes: at 0.1.0")


def test_the_gradient_explodes(x):
    net = mlp(10, nn.ReLU)
    for i in range(0, 20, 2):
        net[i].weight *= 20
    culprit, verdict = judged(net, x)
    assert verdict.startswith("the gradient explodes: at 0 (Linear) ")
    assert (
        "times dC_dy; above 1e4 from " in verdict and "the largest ratio is" in verdict
    )
    assert type(net[int(culprit)]) is nn.Linear
    assert verdict.index("of 10 Linear") < verdict.index("of 10 ReLU")


def test_units_that_hardly_learn(x):
    net = nn.Sequential(nn.Linear(6, 20, rng=0), nn.ReLU(), nn.Linear(20, 2, rng=0))
    net[0].bias[1:] = -99
    net[0].bias[0] = 9
    wanted = "95% of the units of 1 (ReLU) are dead: they are 0 in all samples"
    assert judged(net, x) == ("1", wanted)
    net = nn.Sequential(nn.Linear(6, 4, rng=0), nn.Tanh(), nn.Linear(4, 2, rng=0))
    net[0].bias[...] = 4.3
    culprit, verdict = judged(net, x * 0.1)
    assert culprit == "1" and verdict.endswith(
        "% of the entries of 1 (Tanh) are saturated: their slope is less than 0.01"
    )


def test_no_gradient_is_no_verdict_on_modules(x):
    wanted = "dC_dy is 0: no gradient goes back"
    assert judged(mlp(), x, np.zeros((8, 6))) == (None, wanted)


def test_all_is_well(x):
    told = nn.explain(mlp(), x)
    ratios = [
        nn.analysis.words.number(f(r["ratio"] for r in told.records))
        for f in (min, max)
    ]
    share = nn.analysis.words.number(told.whole["ratio"])
    assert told.culprit is None
    assert told.verdict == (
        f"no module stops the gradient: |dC_dx| is {share} of |dC_dy|, "
        f"ratios from {ratios[0]} to {ratios[1]}"
    )
