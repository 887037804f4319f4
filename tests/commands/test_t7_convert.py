"""``nnmods t7 convert``: the same network, the same arrays, in other formats."""

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import nnmods as nn
from nnmods.__main__ import main
from nnmods.commands.t7_convert import lasting_arrays

FOLDER = Path(__file__).parents[1] / "t7"


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(FOLDER / "mlp.binary.t7", "mlp.t7")


def convert(*words, code=0):
    assert main(["t7", "convert", *map(str, words)]) == code


def test_a_module_becomes_a_file_of_nnmods(capsys, rng):
    convert("mlp.t7", "--to", "npz")
    x = rng.standard_normal((4, 6))
    assert_array_equal(nn.load("mlp.npz")(x), nn.load_t7("mlp.t7")(x))
    assert (
        capsys.readouterr().out == "saved mlp.npz: Sequential, arrays 4, entries 53\n"
    )


def test_a_file_is_replaced_by_force_only(capsys):
    Path("mlp.npz").write_text("mine")
    convert("mlp.t7", "--to", "npz", code=2)
    assert capsys.readouterr().err == (
        "nnmods t7: error: --output mlp.npz: is there already; --force replaces it\n"
    )
    assert Path("mlp.npz").read_text() == "mine"
    convert("mlp.t7", "--to", "npz", "--force")
    assert isinstance(nn.load("mlp.npz"), nn.Sequential)


def test_arrays_of_tables_by_their_paths(capsys, rng):
    a, b = rng.standard_normal((2, 3)), np.arange(3, dtype=np.uint8)
    made = {"file": a.T, "in": [b, {"x y": 0.5}], "name": "n", "again": b, 7: True}
    nn.save_t7(made, "tables.t7")
    convert("tables.t7", "--to", "npz", "--output", "out.npz")
    with np.load("out.npz") as found:
        assert set(found) == {"file", "in[0]", "in[1].x y", "name", "[7]"}
        assert_array_equal(found["file"], a.T)
        assert_array_equal(found["in[0]"], b)
        assert found["in[1].x y"] == 0.5 and found["name"] == "n" and found["[7]"]


def test_what_has_no_place_is_named(capsys):
    convert(FOLDER / "functions.binary.t7", "--to", "npz", "--output", "f.npz")
    assert capsys.readouterr().out.endswith("left out: f, g\n")
    with np.load("f.npz") as found:
        assert list(found) == ["n"]


def test_a_module_in_a_table(capsys):
    net = nn.Linear(3, 2)
    nn.save_t7({"net": net, "cost": nn.MSECriterion(), "rate": 0.1}, "all.t7")
    convert("all.t7", "--to", "npz")
    assert_array_equal(nn.load("all.npz").weight, net.weight)
    assert capsys.readouterr().out.endswith("left out: all but net\n")
    convert("all.t7", "--to", "npz", "--key", "cost", "--output", "cost.npz")
    assert isinstance(nn.load("cost.npz"), nn.MSECriterion)


def test_every_tensor_type(capsys):
    convert(FOLDER / "alltypes.ascii.t7", "--to", "npz", "--output", "all.npz")
    made = nn.load_t7(FOLDER / "alltypes.ascii.t7")
    with np.load("all.npz") as found:
        assert set(found) == set(made)
        for name, array in made.items():
            assert_array_equal(found[name], np.asarray(array))


def test_nothing_to_convert(capsys):
    convert(FOLDER / "raw_nil.ascii.t7", "--to", "npz", "--output", "a.npz", code=2)
    assert "nothing in the file is an array" in capsys.readouterr().err
    assert not Path("a.npz").exists()


def test_two_arrays_with_one_path(capsys):
    nn.save_t7({"a.b": np.ones(2), "a": {"b": np.ones(3)}}, "two.t7")
    convert("two.t7", "--to", "npz", code=2)
    assert "a.b: is the path of two arrays" in capsys.readouterr().err
    assert not Path("two.npz").exists()


def test_lasting_arrays_are_parameters_and_statistics():
    net = nn.Sequential(nn.Linear(3, 2), nn.BatchNormalization(2))
    net.add(net[0].clone(share=True))
    statistics = {"1.running_mean", "1.running_var"}
    learnt = {"0.weight", "0.bias", "1.weight", "1.bias"}
    assert set(lasting_arrays(net)) == learnt | statistics


def test_lasting_arrays_of_what_is_in_a_criterion():
    nll = nn.ClassNLLCriterion(np.ones(2))
    both = nn.ParallelCriterion().add(nll).add(nn.MSECriterion())
    assert set(lasting_arrays(both)) == {"criterions.0.weights"}
    with pytest.warns(UserWarning, match="will not be trained"):
        cost = nn.ModuleCriterion(both, nn.Sequential(nn.Linear(3, 2)), nn.CMul(2))
    learnt = {"input_module.0.weight", "input_module.0.bias", "target_module.weight"}
    assert set(lasting_arrays(cost)) == learnt | {"criterion.criterions.0.weights"}


def test_safetensors(capsys, rng):
    numpy = pytest.importorskip("safetensors.numpy")
    convert("mlp.t7", "--to", "safetensors")
    found = numpy.load_file("mlp.safetensors")
    wanted = {path: p for path, p, _ in nn.load_t7("mlp.t7").named_parameters()}
    assert set(found) == set(wanted) == {"0.weight", "0.bias", "2.weight", "2.bias"}
    for path, p in wanted.items():
        assert_array_equal(found[path], p)


def test_safetensors_of_any_strides(capsys, rng):
    numpy = pytest.importorskip("safetensors.numpy")
    base = rng.standard_normal((4, 6)).astype(np.float32)
    nn.save_t7({"base": base, "turned": base.T, "some": base[::2, 1::3]}, "a.t7")
    convert("a.t7", "--to", "safetensors")
    found = numpy.load_file("a.safetensors")
    assert_array_equal(found["turned"], base.T)
    assert_array_equal(found["some"], base[::2, 1::3])


def test_safetensors_is_not_installed(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors", None)
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    convert("mlp.t7", "--to", "safetensors", code=2)
    assert capsys.readouterr().err == (
        "nnmods t7: error: --to safetensors: needs the package safetensors: "
        "pip install 'nnmods[interop]'\n"
    )
    assert not Path("mlp.safetensors").exists()
