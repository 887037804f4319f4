"""Pictures as text: wiring, shapes, and the gradient on its way back."""

import numpy as np
import pytest
from cases import MODULES

import nnmods as nn
from drawing.nets import lecture


def test_shapes_and_jacobians_in_columns():
    net = nn.Sequential(
        nn.Linear(4, 3),
        nn.Concat(1, nn.Linear(3, 20), nn.Tanh()),
        nn.WeightNorm(nn.Linear(23, 2)),
    )
    assert nn.draw(net, np.ones((5, 4))).text == (
        "Sequential(                      (5, 4) -> (5, 2)   J: 10 x 20\n"
        "  [x -> (0) -> (1) -> (2) -> y]\n"
        "  (0): Linear(4 -> 3)            (5, 4) -> (5, 3)   J: 15 x 20\n"
        "  (1): Concat(1,                 (5, 3) -> (5, 23)  J: 115 x 15\n"
        "    x\n"
        "      |`-> (0): Linear(3 -> 20)  (5, 3) -> (5, 20)  J: 100 x 15\n"
        "       `-> (1): Tanh()           (5, 3) -> (5, 3)   J: 15 x 15\n"
        "       ... -> y\n"
        "  )\n"
        "  (2): WeightNorm(               (5, 23) -> (5, 2)  J: 10 x 115\n"
        "    [x -> (0) -> y] (weight = g v / |v|)\n"
        "    (0): Linear(23 -> 2)         (5, 23) -> (5, 2)  J: 10 x 115\n"
        "  )\n"
        ")\n"
        "\n"
        "Sequential(\n"
        "  [dC/dx <- (0) <- (1) <- (2) <- dC/dy]\n"
        "  (0): Linear(4 -> 3)            dC/dy J: (1 x 15)(15 x 20)"
        "    + grad_weight, grad_bias\n"
        "  (1): Concat(1,\n"
        "    dC/dx\n"
        "      |`<- (0): Linear(3 -> 20)  dC/dy J: (1 x 100)(100 x 15)"
        "  + grad_weight, grad_bias\n"
        "       `<- (1): Tanh()           dC/dy J: (1 x 15)(15 x 15)\n"
        "       ... <- dC/dy\n"
        "  )\n"
        "  (2): WeightNorm(                                           "
        "  + grad_v, grad_g\n"
        "    [dC/dx <- (0) <- dC/dy] (weight = g v / |v|)\n"
        "    (0): Linear(23 -> 2)         dC/dy J: (1 x 10)(10 x 115) "
        "  + grad_bias\n"
        "  )\n"
        ")"
    )


def test_the_example_of_the_lecture():
    net, x = lecture()
    assert nn.draw(net, x).text == (
        "Graph(                                              "
        "[(5, 4), (4, 3), (5, 3)] -> ()  J: 1 x 47\n"
        "  x = [x, w, y]\n"
        "  (ybar): G() <- [x, w]                             "
        "[(5, 4), (4, 3)] -> (5, 3)      J: 15 x 32\n"
        "  (C): CriterionTable(MSECriterion()) <- [ybar, y]  "
        "[(5, 3), (5, 3)] -> ()          J: 1 x 30\n"
        "  y = C\n"
        ")\n"
        "\n"
        "Graph(\n"
        "  dC/dx = [dC/dx, dC/dw, dC/dy]\n"
        "  (ybar): G() -> [x, w]                             "
        "dC/dy J: (1 x 15)(15 x 32)\n"
        "  (C): CriterionTable(MSECriterion()) -> [ybar, y]  "
        "dC/dy J: (1 x 1)(1 x 30)\n"
        "  dC/dy -> C\n"
        ")"
    )


def test_without_x_or_gradient():
    net = nn.Sequential(nn.Linear(4, 3), nn.Tanh())
    forward = "Sequential(\n  [x -> (0) -> (1) -> y]\n  (0): Linear(4 -> 3)\n"
    forward += "  (1): Tanh()\n)"
    assert nn.draw(net, gradient=False).text == forward == str(net)
    assert nn.draw(net).text == (
        f"{forward}\n\n"
        "Sequential(\n"
        "  [dC/dx <- (0) <- (1) <- dC/dy]\n"
        "  (0): Linear(4 -> 3)  dC/dy J  + grad_weight, grad_bias\n"
        "  (1): Tanh()          dC/dy J\n"
        ")"
    )


def test_one_module():
    assert nn.draw(nn.Linear(4, 3), np.ones(4)).text == (
        "Linear(4 -> 3)  (4,) -> (3,)  J: 3 x 4\n"
        "\n"
        "Linear(4 -> 3)  dC/dy J: (1 x 3)(3 x 4)  + grad_weight, grad_bias"
    )


def test_tables_and_steps():
    net = nn.MapTable(nn.Linear(3, 2))
    x = [np.ones((5, 3)), np.ones(3)]
    line = nn.draw(net, x).text.splitlines()
    assert line[0].split("  ")[-2].strip() == "[(5, 3), (3,)] -> [(5, 2), (2,)]"
    assert line[0].endswith("J: 12 x 18") and line[2].endswith("J: 10 x 15")
    many = nn.draw(net, [np.ones(3)] * 100).text.splitlines()[0]
    assert " [(3,)] * 100 -> [(2,)] * 100 " in many
    unequal = nn.draw(net, [np.ones((n, 3)) for n in range(100)]).text.splitlines()[0]
    assert " [(0, 3), ... 99 more] -> [(0, 2), ... 99 more] " in unequal
    steps = nn.Repeater(nn.GRU(3, 2), 4)
    assert " (5, 3) -> [(5, 2)] * 4 " in nn.draw(steps, np.ones((5, 3))).text


@pytest.mark.parametrize("name", MODULES)
def test_shapes_change_nothing_else(name, rng):
    """Without its columns the text is that of print, twice."""
    for case in MODULES[name]:
        net = case.make()
        whole = nn.draw(net, case.inputs(rng)).text
        lines = nn.draw(net, gradient=False).text.splitlines()
        assert lines == str(net).splitlines()
        for line, noted in zip(lines, whole.splitlines(), strict=False):
            assert noted == line or noted.startswith(line + "  ")
        assert whole.count("\n") == 2 * len(lines)
