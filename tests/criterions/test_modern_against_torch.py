"""Criterions that came after Torch7, against PyTorch's numbers."""

import numpy as np
import pytest

import nnmods as nn
from nnmods.core.tables import copied

torch = pytest.importorskip("torch")
P = torch.nn.functional
RNG = np.random.default_rng(0)
Y = RNG.standard_normal((6, 4)) * 2
OTHER = RNG.standard_normal((6, 4))
PART = RNG.uniform(0, 1, (6, 4))
PART[0] = 0, 1, 0, 1
COUNTS = RNG.poisson(2.0, (6, 4)).astype(float)
LABELS = np.array([2, 0, 1, 1, 3, 0])
WEIGHTS = np.array([0.5, 2.0, 1.0, 3.0])
W, V = torch.tensor(WEIGHTS), torch.tensor(WEIGHTS[::-1].copy())
TRIPLET = list(RNG.standard_normal((3, 6, 4)))
IMAGE, PIXELS = RNG.standard_normal((2, 4, 3, 5)), RNG.integers(0, 4, (2, 3, 5))


def focal(gamma, weight, ignore=-100):
    def cost(y, t):
        log_p = P.log_softmax(y, 1)
        used = t != ignore
        t = torch.where(used, t, 0)
        q = log_p.gather(1, t[:, None])[:, 0]
        w = torch.ones(4, dtype=y.dtype)[t] if weight is None else weight[t]
        w = torch.where(used, w, 0.0)
        return -(w * (1 - q.exp()) ** gamma * q).sum() / w.sum()

    return cost


def smoothed(s, weight, ignore=-100, reduction="mean"):
    def cost(y, t):
        return P.cross_entropy(
            y, t, weight, None, ignore, None, reduction, label_smoothing=s
        )

    return cost


CASES = {
    "huber": (
        nn.HuberCriterion(0.7),
        Y,
        OTHER,
        lambda y, t: P.huber_loss(y, t, delta=0.7),
    ),
    "huber sum": (
        nn.HuberCriterion(2.5, False),
        Y,
        OTHER,
        lambda y, t: P.huber_loss(y, t, "sum", 2.5),
    ),
    "bce": (
        nn.BCEWithLogitsCriterion(),
        30 * Y,
        PART,
        P.binary_cross_entropy_with_logits,
    ),
    "bce weights": (
        nn.BCEWithLogitsCriterion(WEIGHTS, pos_weight=WEIGHTS[::-1]),
        Y,
        PART,
        lambda y, t: P.binary_cross_entropy_with_logits(y, t, W, pos_weight=V),
    ),
    "kl": (
        nn.KLDivCriterion(),
        Y,
        PART,
        lambda y, t: P.kl_div(y, t, reduction="sum") / y.numel(),
    ),
    "kl batch": (
        nn.KLDivCriterion(batch_average=True),
        Y,
        PART,
        lambda y, t: P.kl_div(y, t, reduction="batchmean"),
    ),
    "kl log": (
        nn.KLDivCriterion(False, log_target=True),
        Y,
        OTHER,
        lambda y, t: P.kl_div(y, t, reduction="sum", log_target=True),
    ),
    "poisson": (nn.PoissonNLLCriterion(), Y, COUNTS, P.poisson_nll_loss),
    "poisson full": (
        nn.PoissonNLLCriterion(full=True, size_average=False),
        Y,
        COUNTS,
        lambda y, t: P.poisson_nll_loss(y, t, full=True, reduction="sum"),
    ),
    "poisson rates": (
        nn.PoissonNLLCriterion(False, True, 1e-3),
        PART,
        COUNTS,
        lambda y, t: P.poisson_nll_loss(y, t, False, True, eps=1e-3),
    ),
    "gauss": (
        nn.GaussianNLLCriterion(),
        [Y, PART + 0.1],
        OTHER,
        lambda a, b, t: P.gaussian_nll_loss(a, t, b),
    ),
    "gauss full": (
        nn.GaussianNLLCriterion(True, 1e-3, False),
        [Y, PART[:, :1] + 0.1],
        OTHER,
        lambda a, b, t: P.gaussian_nll_loss(a, t, b, True, 1e-3, "sum"),
    ),
    "gauss of vectors": (
        nn.GaussianNLLCriterion(),
        [Y, PART[:, 1]],
        OTHER,
        lambda a, b, t: P.gaussian_nll_loss(a, t, b),
    ),
    "smoothing": (
        nn.CrossEntropyCriterion(label_smoothing=0.1),
        Y,
        LABELS,
        smoothed(0.1, None),
    ),
    "smoothing weights": (
        nn.CrossEntropyCriterion(WEIGHTS, label_smoothing=0.3),
        Y,
        LABELS,
        smoothed(0.3, W),
    ),
    "smoothing ignored": (
        nn.CrossEntropyCriterion(ignore_index=1, label_smoothing=0.3),
        Y,
        LABELS,
        smoothed(0.3, None, 1),
    ),
    "smoothing all": (
        nn.CrossEntropyCriterion(WEIGHTS, ignore_index=1, label_smoothing=1),
        Y,
        LABELS,
        smoothed(1.0, W, 1),
    ),
    "smoothing sum": (
        nn.CrossEntropyCriterion(WEIGHTS, False, 0, label_smoothing=0.3),
        Y,
        LABELS,
        smoothed(0.3, W, 0, "sum"),
    ),
    "focal": (nn.FocalCriterion(), Y, LABELS, focal(2.0, None)),
    "focal weights": (nn.FocalCriterion(0.7, WEIGHTS), Y, LABELS, focal(0.7, W)),
    "focal pixels": (
        nn.FocalCriterion(3, WEIGHTS, ignore_index=2),
        IMAGE,
        PIXELS,
        focal(3, W, 2),
    ),
    "focal without focus": (
        nn.FocalCriterion(0, WEIGHTS),
        Y,
        LABELS,
        lambda y, t: P.cross_entropy(y, t, W),
    ),
}
for p in (0.5, 1.0, 1.5, 2.0, 3.0, np.inf):
    for swap in (False, True):
        CASES[f"triplet {p} {swap}"] = (
            nn.TripletMarginCriterion(0.8, p, 1e-3, swap),
            TRIPLET,
            None,
            lambda a, b, c, p=p, swap=swap: P.triplet_margin_loss(
                a, b, c, 0.8, p, 1e-3, swap
            ),
        )


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("cost", "y", "target", "theirs"), CASES.values(), ids=CASES)
def test_cost_and_gradient(cost, y, target, theirs, dtype):
    table = isinstance(y, list)
    inputs = [torch.tensor(a, requires_grad=True) for a in (y if table else [y])]
    C = theirs(*inputs, *([] if target is None else [torch.tensor(target)]))
    C.backward()
    cost, y = (
        cost.clone().astype(dtype),
        [a.astype(dtype) for a in (y if table else [y])],
    )
    y = y if table else y[0]
    rtol = 1e-10 if dtype == np.float64 else 3e-5
    assert cost(y, target) == pytest.approx(C.item(), rel=rtol)
    got = cost.backward(y, target)
    for ours, other in zip(got if table else [got], inputs, strict=True):
        assert ours.dtype == dtype
        atol = 1e-14 if dtype == np.float64 else 1e-5 * float(other.grad.abs().max())
        np.testing.assert_allclose(ours, other.grad.numpy(), rtol, atol)


LONG = RNG.integers(1, 6, (4, 5))
LONG[0] = 3, 3, 3, 1, 1
TIMES, NUMBERS = np.array([12, 9, 5, 11]), np.array([5, 3, 0, 1])


@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize("average", [True, False])
@pytest.mark.parametrize("blank", [0, 6])
def test_ctc_through_log_softmax(padded, average, blank):
    """PyTorch's gradient counts on a log-softmax before, ours is the plain one."""
    scores = torch.tensor(RNG.standard_normal((12, 4, 7)) * 3, requires_grad=True)
    labels = LONG if padded else LONG[np.arange(5) < NUMBERS[:, None]]
    log_p = P.log_softmax(scores, 2)
    times, numbers = torch.tensor(TIMES), torch.tensor(NUMBERS)
    C = P.ctc_loss(
        log_p,
        torch.tensor(labels),
        times,
        numbers,
        blank,
        "mean" if average else "sum",
    )
    C.backward()
    y, cost = log_p.detach().numpy(), nn.CTCCriterion(blank, average)
    target = [labels, TIMES, NUMBERS]
    assert cost(y, target) == pytest.approx(C.item(), rel=1e-12)
    dC_dy = copied(cost.backward(y, target))
    got = dC_dy - np.exp(y) * dC_dy.sum(axis=2, keepdims=True)
    np.testing.assert_allclose(got, scores.grad.numpy(), 1e-10, 1e-13)


def test_ctc_of_long_sequences():
    T, N, C, S = 300, 3, 20, 60
    scores = torch.tensor(RNG.standard_normal((T, N, C)) * 5, requires_grad=True)
    log_p = P.log_softmax(scores, 2)
    target = [RNG.integers(1, C, (N, S)), np.full(N, T), np.array([S, 40, 1])]
    C = P.ctc_loss(log_p, *map(torch.tensor, target))
    C.backward()
    cost, y = nn.CTCCriterion(), log_p.detach().numpy()
    assert cost(y, target) == pytest.approx(C.item(), rel=1e-12)
    dC_dy = cost.backward(y, target)
    got = dC_dy - np.exp(y) * dC_dy.sum(axis=2, keepdims=True)
    np.testing.assert_allclose(got, scores.grad.numpy(), 1e-8, 1e-12)
