"""Second derivatives of layers refuse wrong shapes before anything changes."""

import numpy as np
import pytest

import nnmods as nn

SPARSE = np.array([[0, 2.0], [2, 1.0]])
DIRECTIONS = {
    "LinearWeightNorm": (nn.LinearWeightNorm(3, 2), np.ones((4, 3))),
    "Bilinear": (nn.Bilinear(3, 3, 2), [np.ones((4, 3)), np.ones((4, 3))]),
    "SparseLinear": (nn.SparseLinear(3, 2), SPARSE),
    "Kmeans": (nn.Kmeans(2, 3), np.ones((4, 3))),
    "BatchNormalization": (nn.BatchNormalization(3), np.eye(4, 3)),
    "LayerNorm": (nn.LayerNorm(3), np.eye(4, 3)),
}


@pytest.mark.parametrize("name", DIRECTIONS)
def test_directions_of_parameters(name):
    module, x = DIRECTIONS[name]
    dC_dy = np.ones_like(module.forward(x), float)
    right, grads = module.parameters()
    module.zero_grad_params()
    for i, p in enumerate(right):
        wrong = [np.ones((*q.shape, 7)) if q is p else q for q in right]
        with pytest.raises(ValueError, match=rf"dparams\[{i}\] has shape .*, expected"):
            module.hvp(x, dC_dy, x, wrong)
        assert not any(grad.any() for grad in grads)


TABLES = [nn.PairwiseDistance(2), nn.CosineDistance(), nn.CDivTable()]


@pytest.mark.parametrize("module", TABLES, ids=repr)
def test_gradients_of_tables(module):
    x = [np.ones((4, 3)), np.full((4, 3), 2.0)]
    h = np.ones_like(module.forward(x))
    with pytest.raises(ValueError, match=r"dC_dy has shape \(7,\), expected"):
        module.backward_diag_hessian(x, h, np.ones(7))


CURVED = [nn.LinearWeightNorm(3, 2), nn.Cosine(3, 2), nn.WeightedEuclidean(3, 2)]


@pytest.mark.parametrize("module", CURVED, ids=repr)
def test_gradients_of_parameters_that_bend_y(module):
    x = np.ones((4, 3))
    module.forward(x)
    grads = module.parameters()[1]
    for grad in grads:
        grad.fill(7)
    with pytest.raises(ValueError, match=r"dC_dy has shape \(4, 5\), expected"):
        module.acc_diag_hessian_params(x, np.ones((4, 2)), 1.0, np.ones((4, 5)))
    assert all((grad == 7).all() for grad in grads)
