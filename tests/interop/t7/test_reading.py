"""Reading: what is in memory, what stays on disk, what is said of what is not known."""

import bz2
import gc
import gzip
import io
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

import nnmods as nn
from interop.t7.made import plain, raw
from nnmods.interop.t7 import (
    LuaTable,
    T7Error,
    T7Reader,
    UnknownTorchObject,
    load_t7,
    register_t7,
    registry,
    save_t7,
)
from nnmods.interop.t7.emitter import Emitter
from nnmods.interop.t7.lifting import Lifting
from nnmods.interop.t7.lowering import Lowering
from nnmods.interop.t7.sinks import BinarySink


@pytest.fixture
def own_classes(monkeypatch):
    monkeypatch.setattr(registry, "_own", {})


@pytest.fixture
def large(tmp_path):
    """A file of 8 MB, and what it holds."""
    x = np.arange(1_000_000.0)
    save_t7({"x": x, "rows": x.reshape(1000, 1000), "note": "n"}, tmp_path / "x.t7")
    return tmp_path / "x.t7", x


def taken_by(call):
    """Return what a call returns, and the peak of memory that it took."""
    gc.collect()
    tracemalloc.start()
    try:
        made = call()
        return made, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_reading_takes_no_more_memory_than_the_file(large):
    path, x = large
    made, peak = taken_by(lambda: load_t7(path))
    np.testing.assert_array_equal(made["x"], x)
    assert np.shares_memory(made["x"], made["rows"])
    assert peak < 1.1 * path.stat().st_size


PEAK = """
import sys
from pathlib import Path
import nnmods as nn

def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

nn.load_t7(sys.argv[1])
before = peak()
net = nn.load_t7(sys.argv[2])
print((peak() - before) * 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells")
def test_networks_take_no_more_memory_than_the_file(tmp_path):
    """Of the machine's memory: constructors claim some that nothing is written to."""

    def build(n):
        return nn.Sequential(
            nn.Linear(n, n, rng=0), nn.Tanh(), nn.SpatialConvolution(n, n, 2, 2, rng=0)
        )

    save_t7(build(2), tmp_path / "small.t7")
    save_t7(build(1000), tmp_path / "net.t7")
    files = [str(tmp_path / name) for name in ("small.t7", "net.t7")]
    command = [sys.executable, "-c", PEAK, *files]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 1.1 * (tmp_path / "net.t7").stat().st_size


def test_mapped_arrays_stay_on_disk(large):
    path, x = large
    made, peak = taken_by(lambda: load_t7(path, mmap=True))
    assert peak < 100_000
    before = path.read_bytes()
    np.testing.assert_array_equal(made["x"], x)
    made["x"][:] = 0  # in memory only
    assert not made["rows"].any()
    assert path.read_bytes() == before


def test_a_mapped_network_computes_the_same(tmp_path, rng):
    net = nn.Linear(300, 200, rng=0)
    save_t7(net, tmp_path / "net.t7")
    x = rng.standard_normal((4, 300))
    mapped = load_t7(tmp_path / "net.t7", mmap=True)
    np.testing.assert_allclose(mapped(x), net(x), rtol=1e-12)
    mapped.backprop(x, mapped.forward(x).copy())
    mapped.update_params(0.1)


def test_what_was_written_to_mapped_arrays_stays(tmp_path):
    with open(tmp_path / "two.t7", "wb") as file:
        emitter = Emitter(BinarySink(file))
        for value in (0.0, 1.0):
            emitter.write(Lowering().lower(np.full(3_000_000, value)))
    with T7Reader(tmp_path / "two.t7", mmap=True) as reader:
        first = reader.read()
        first[:] = 7
        second = reader.read()
    assert (first == 7).all()
    assert (second == 1).all()


@pytest.mark.parametrize("module", [gzip, bz2])
def test_compressed_files(module, tmp_path):
    with module.open(tmp_path / "x.t7.z", "wb") as file:
        save_t7([1, np.ones(3)], file)
        save_t7("second", file)
    with module.open(tmp_path / "x.t7.z", "rb") as file:
        number, ones = load_t7(file)
        assert load_t7(file) == "second"
    np.testing.assert_array_equal(ones, np.ones(3))
    ones += 1  # it is its own


def test_a_pipe_can_be_read():
    class Pipe(io.RawIOBase):
        def __init__(self, data):
            self._file = io.BytesIO(data)

        def read(self, n=-1):
            return self._file.read(n)

        def readable(self):
            return True

    save_t7({"a": 1}, file := io.BytesIO())
    assert load_t7(Pipe(file.getvalue())) == {"a": 1}


def test_errors_name_the_file_and_the_byte(tmp_path):
    path = tmp_path / "damaged.t7"
    path.write_bytes(b"3\n1\n1\n7\n")
    with pytest.raises(T7Error) as caught:
        load_t7(path)
    assert str(caught.value).startswith(f"{path}: byte ")
    assert caught.value.offset > 0
    with pytest.raises(FileNotFoundError):
        load_t7(tmp_path / "none.t7")
    with pytest.raises(TypeError, match="file has type int, expected a path"):
        load_t7(3)
    with pytest.raises(TypeError, match="file has type StringIO, expected a path"):
        load_t7(io.StringIO("5\n1\n"))


def test_errors_are_one_line_whatever_the_keys():
    net = raw("nn.Sequential", modules=[raw("my.Layer")])
    with pytest.raises(T7Error, match=r"^\['a\\nb'\].modules\[0\] is of class"):
        Lifting().lift(plain({"a\nb": net}))


def test_an_unknown_class_is_data_alone():
    got = Lifting().lift(raw("my.Options", rate=0.1, names=["a", "b"]))
    assert isinstance(got, UnknownTorchObject)
    assert got.fields == {"rate": 0.1, "names": ["a", "b"]}


def test_an_unknown_class_in_a_network_is_named_with_its_place():
    inner = raw("nn.Sequential", modules=[raw("nn.Tanh"), raw("my.Layer")])
    net = raw("nn.Sequential", modules=[raw("nn.Tanh"), inner])
    with pytest.raises(
        T7Error, match=r"^modules\[1\].modules\[1\] is of class my.Layer, which is not"
    ):
        Lifting().lift(net)


def test_a_registered_class_is_read(own_classes):
    register_t7("my.Gain", lambda fields: nn.MulConstant(fields["gain"]))
    net = Lifting().lift(raw("nn.Sequential", modules=[raw("my.Gain", gain=3.0)]))
    np.testing.assert_array_equal(net(np.ones(2)), [3, 3])


def test_errors_of_a_registered_function_are_t7_errors(own_classes):
    register_t7("my.Gain", lambda fields: nn.MulConstant(fields["gain"]))
    with pytest.raises(T7Error, match=r"modules\[0\] \(my.Gain\): 'gain'"):
        Lifting().lift(raw("nn.Sequential", modules=[raw("my.Gain")]))


def test_what_cannot_be_registered_is_refused(own_classes):
    with pytest.raises(TypeError, match="expected a str and a function"):
        register_t7("my.Gain", 3)
    with pytest.raises(TypeError, match="cls and save are expected together"):
        register_t7("my.Gain", nn.Tanh, nn.Tanh)


def test_a_network_that_contains_itself_is_refused():
    net = raw("nn.Sequential")
    modules = raw("nn.Sequential", modules=[net]).content.items[1]
    net.content.items += b"modules", modules
    with pytest.raises(T7Error, match=r"modules\[0\] is the nn.Sequential that it"):
        Lifting().lift(net)


def test_a_table_of_modules_that_contains_itself_is_refused():
    net = raw("nn.Sequential", modules=[raw("nn.Tanh")])
    modules = net.content.items[1]
    modules.items += 2.0, modules
    with pytest.raises(T7Error, match="module has type Table, expected a Module"):
        Lifting().lift(net)


def test_reading_goes_on_after_an_error():
    lifting, inner = Lifting(), raw("my.Layer")
    net = raw("nn.Sequential", modules=[inner])
    for _ in range(2):
        with pytest.raises(T7Error, match="my.Layer, which is not known"):
            lifting.lift(net)
    inner.name = "nn.Tanh"
    assert isinstance(Lifting().lift(net)[0], nn.Tanh)


def test_what_an_error_left_unfinished_is_not_known():
    lifting, inner = Lifting(), raw("my.Layer")
    table = plain([1, [2], raw("nn.Sequential", modules=[inner])])
    for _ in range(2):
        with pytest.raises(T7Error, match="my.Layer, which is not known"):
            lifting.lift(table)
    inner.name = "nn.Tanh"
    one, two, net = lifting.lift(table)
    assert (one, two) == (1, [2])
    assert isinstance(net[0], nn.Tanh)


def test_what_is_known_outlives_an_error():
    lifting, shared = Lifting(), plain([1])
    known = lifting.lift(shared)
    net = raw("nn.Sequential", modules=[raw("my.Layer")])
    with pytest.raises(T7Error, match="not known"):
        lifting.lift(plain([shared, net]))
    assert lifting.lift(plain([shared]))[0] is known


@pytest.mark.parametrize("fails_first", [False, True])
def test_each_gradient_of_a_shared_weight_is_added_once(fails_first):
    weight, one, ten = (plain(np.full((1, 2), n)) for n in (0.5, 1.0, 10.0))
    bias = np.zeros(1)
    net = raw(
        "nn.Sequential",
        modules=[
            raw("nn.Linear", weight=weight, gradWeight=grad, bias=bias, gradBias=bias)
            for grad in (one, ten, ten)
        ],
    )
    lifting = Lifting()
    if fails_first:
        bad = raw("nn.Sequential", modules=[raw("my.Layer")])
        with pytest.raises(T7Error, match="not known"):
            lifting.lift(plain([net, bad]))
    first, *others = lifting.lift(net).modules
    np.testing.assert_array_equal(first.grad_weight, [[11, 11]])
    assert all(other.grad_weight is first.grad_weight for other in others)


def test_tables_of_lua():
    key, other = [1], [1]
    table = LuaTable([(key, 1), (other, 2), ("s", 3), (True, 4), (1, 5)])
    assert [table[k] for k in (key, other, "s", True, 1, 1.0)] == [1, 2, 3, 4, 5, 5]
    assert len(table) == 5
    assert list(table)[0] is key
    del table[key]
    assert key not in table
    with pytest.raises(KeyError):
        table[key]
    assert repr(table) == "LuaTable(4 entries)"


def test_a_trainer():
    net, criterion = nn.Linear(2, 1, rng=0), nn.MSECriterion()
    trainer = nn.StochasticGradient(net, criterion, 0.5, max_iteration=3)
    save_t7([trainer, net], file := io.BytesIO())
    file.seek(0)
    got, same = load_t7(file)
    assert got.learning_rate == 0.5
    assert got.max_iteration == 3
    assert got.shuffle_indices is True
    assert got.module is same
    assert isinstance(got.criterion, nn.MSECriterion)


#: Classes of Torch7's packages nn, rnn, dpnn and nngraph that have a counterpart.
CLASSES = """
    nn.BinaryLogisticRegression nn.BiSequencer nn.BiSequencerLM
    nn.CategoricalEntropy nn.Clip nn.FastLSTM nn.GRU nn.LSTM nn.LinearNoBias
    nn.LookupTableMaskZero nn.MaskZero nn.Recursor nn.Repeater nn.ReverseTable nn.SAdd
    nn.SeqBRNN nn.SeqGRU nn.SeqLSTM nn.SeqLSTMP nn.SeqReverseSequence nn.Sequencer
    nn.Serial nn.SpatialBinaryLogisticRegression nn.StochasticGradient nn.TrimZero
    nn.gModule
""".split()


@pytest.mark.parametrize("name", CLASSES)
def test_classes_beyond_torch_nn_are_known(name):
    assert registry.find(name) is not None
