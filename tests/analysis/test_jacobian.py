"""jacobian: an operator that is the Jacobian, of every class and of any graph."""

import numpy as np
import pytest
from cases import MODULES

import nnmods as nn
from nnmods.analysis import jacobian
from nnmods.analysis.values import arrays_of
from nnmods.testing import numeric_jacobian
from nnmods.testing.compare import DIFFERENCES, EXACT, require_close
from nnmods.testing.subject import Subject

#: Of <J u, v> and <u, J^T v>, as a share of the absolute terms of both sums.
ADJOINT = 1e-12

CASES = [
    pytest.param(case, id=f"{name}-{i}")
    for name, cases in MODULES.items()
    for i, case in enumerate(cases)
]


def require_adjoint(J, rng):
    """Raise unless <J v, u> == <v, J^T u>."""
    M, N = J.shape
    v, u = rng.standard_normal(N), rng.standard_normal(M)
    Jv, Ju = J.matvec(v), J.rmatvec(u)
    size = np.abs(Jv) @ np.abs(u) + np.abs(v) @ np.abs(Ju)
    assert abs(Jv @ u - v @ Ju) <= ADJOINT * size


@pytest.mark.parametrize("case", CASES)
def test_operator_of_every_class(case):
    nn.manual_seed(0)
    subject = Subject(case.make(), case.inputs(np.random.default_rng(1)), 0)
    module, x = subject.module, subject.x
    if subject.surrogate:
        with pytest.raises(ValueError, match="by design"):
            jacobian(module, x)
        return
    if not any(array.dtype.kind == "f" for array in arrays_of(x)):
        assert jacobian(module, x).shape[1] == 0
    J = jacobian(module, x, "both")
    require_adjoint(J, np.random.default_rng(0))
    rng = np.random.default_rng(3)
    V, U = (rng.standard_normal((n, 3)) for n in J.shape[::-1])
    by_x = jacobian(module, x)
    for operator, n in ((J, None), (by_x, by_x.shape[1])):
        v = V[:n]
        one_by_one = np.stack([operator.matvec(v[:, j]) for j in range(3)], axis=1)
        require_close(module, "J V", operator @ v, one_by_one, EXACT)
        one_by_one = np.stack([operator.rmatvec(U[:, j]) for j in range(3)], axis=1)
        require_close(module, "J^T U", operator.T @ U, one_by_one, EXACT)
    require_differences(subject, J)


def require_differences(subject, J):
    """Raise unless J is the Jacobian by differences: entry by entry, x and params."""
    module, x = subject.module, subject.x
    dense = J.dense()
    forward = module.forward

    def from_the_start(x):
        subject.restart()  # the same mask each time
        return forward(x)

    module.forward = from_the_start
    try:
        parts = [numeric_jacobian(module, x)]
        parts += [numeric_jacobian(module, x, p) for p in module.parameters()[0]]
    finally:
        del module.forward
    whole = np.hstack([part for part in parts if part.shape[1]] or [dense[:, :0]])
    size = np.max(np.abs(whole), initial=1.0)
    assert dense.shape == whole.shape
    np.testing.assert_allclose(dense, whole, rtol=0, atol=10 * DIFFERENCES * size)


UNITS = [nn.Tanh, nn.Sigmoid, nn.SoftPlus, nn.SiLU, nn.Square, nn.SoftSign, nn.GELU]


def random_graph(rng):
    """Return a graph of 3 to 12 nodes, each of any before it, and its x."""
    widths = [int(rng.integers(1, 5)) for _ in range(int(rng.integers(1, 3)))]
    inputs = [nn.Input() for _ in widths]
    nodes = list(zip(inputs, widths, strict=True))
    open_ends = set(range(len(nodes)))
    for _ in range(int(rng.integers(2, 10))):
        k = int(rng.integers(len(nodes)))
        node, width = nodes[k]
        used, kind = {k}, int(rng.integers(5))
        if kind == 0:
            new = int(rng.integers(1, 5))
            node, width = nn.Linear(width, new, rng=rng)(node), new
        elif kind == 1:
            node = UNITS[int(rng.integers(len(UNITS)))]()(node)
        elif kind == 2:
            node = nn.LayerNorm(width)(node) if width > 1 else nn.Mul(rng=rng)(node)
        else:
            other = int(rng.integers(len(nodes)))
            used.add(other)
            if kind == 3:
                node = nn.JoinTable(1)([node, nodes[other][0]])
                width += nodes[other][1]
            else:
                fit = nn.Linear(nodes[other][1], width, rng=rng)(nodes[other][0])
                table = nn.CAddTable() if rng.integers(2) else nn.CMulTable()
                node = table([node, fit])
        open_ends = (open_ends - used) | {len(nodes)}
        nodes.append((node, width))
    outputs = [nodes[k][0] for k in sorted(open_ends)]
    shapes = [(2, n) for n in widths]
    x = [rng.standard_normal(shape) for shape in shapes]
    single = len(inputs) == 1
    graph = nn.Graph(
        inputs[0] if single else inputs, outputs[0] if len(outputs) == 1 else outputs
    )
    return graph, x[0] if single else x


@pytest.mark.parametrize("seed", range(50))
def test_operators_of_random_graphs(seed):
    """Ten graphs each: 500 in all."""
    for i in range(10):
        rng = np.random.default_rng([seed, i])
        graph, x = random_graph(rng)
        J = jacobian(graph, x, "both")
        require_adjoint(J, rng)
        require_differences(Subject(graph, x, 0), J)
