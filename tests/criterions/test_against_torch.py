"""Criterions that PyTorch has too, with the same divisors."""

import numpy as np
import pytest

import nnmods as nn

torch = pytest.importorskip("torch")
RNG = np.random.default_rng(0)
Y = RNG.standard_normal((6, 4))
SIGNS = RNG.choice([-1.0, 1.0], (6, 4))
LABELS = np.array([2, 0, 1, 1, 3, 0])
LISTS = np.array([[2, 0, -1, 1], [-1, 0, 1, 2], [3, 1, 2, 0]] * 2)
LISTS[4] = 1, 3, -1, -1
WEIGHTS = np.array([0.5, 2.0, 1.0, 3.0])
IMAGE, PIXELS = RNG.standard_normal((2, 4, 3, 5)), RNG.integers(0, 4, (2, 3, 5))
P = torch.nn.functional
W = torch.tensor(WEIGHTS)

CASES = {
    "smooth l1": (nn.SmoothL1Criterion(), Y, SIGNS, P.smooth_l1_loss),
    "soft margin": (nn.SoftMarginCriterion(), Y, SIGNS, P.soft_margin_loss),
    "hinge": (
        nn.HingeEmbeddingCriterion(0.4),
        Y,
        SIGNS,
        lambda y, t: P.hinge_embedding_loss(y, t, 0.4),
    ),
    "kl": (
        nn.DistKLDivCriterion(),
        Y,
        np.abs(SIGNS + 1),
        lambda y, t: P.kl_div(y, t, reduction="sum") / y.numel(),
    ),
    "multi margin": (nn.MultiMarginCriterion(), Y, LABELS, P.multi_margin_loss),
    "multi margin squared": (
        nn.MultiMarginCriterion(2, WEIGHTS, 0.4),
        Y,
        LABELS,
        lambda y, t: P.multi_margin_loss(y, t, 2, 0.4, W),
    ),
    "multi-label margin": (
        nn.MultiLabelMarginCriterion(),
        Y,
        LISTS,
        P.multilabel_margin_loss,
    ),
    "multi-label soft margin": (
        nn.MultiLabelSoftMarginCriterion(WEIGHTS),
        Y,
        (SIGNS + 1) / 2,
        lambda y, t: P.multilabel_soft_margin_loss(y, t, W),
    ),
    "pixels": (
        nn.SpatialClassNLLCriterion(WEIGHTS, ignore_index=1),
        IMAGE,
        PIXELS,
        lambda y, t: P.nll_loss(y, t, W, ignore_index=1),
    ),
    "ranking": (
        nn.MarginRankingCriterion(0.5),
        [Y[:, 0], Y[:, 1]],
        SIGNS[:, 0],
        lambda a, b, t: P.margin_ranking_loss(a, b, t, 0.5),
    ),
    "cosine": (
        nn.CosineEmbeddingCriterion(-0.2),
        [Y[:, :2], Y[:, 2:]],
        SIGNS[:, 0],
        lambda a, b, t: P.cosine_embedding_loss(a, b, t, -0.2),
    ),
}


@pytest.mark.parametrize(("cost", "y", "target", "theirs"), CASES.values(), ids=CASES)
def test_cost_and_gradient(cost, y, target, theirs):
    table = isinstance(y, list)
    theirs_of = [torch.tensor(a, requires_grad=True) for a in (y if table else [y])]
    C = theirs(*theirs_of, torch.tensor(target))
    C.backward()
    assert cost(y, target) == pytest.approx(C.item(), rel=1e-10)
    got = cost.backward(y, target)
    for ours, other in zip(got if table else [got], theirs_of, strict=True):
        np.testing.assert_allclose(ours, other.grad.numpy(), 1e-9, 1e-14)
