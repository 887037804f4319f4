"""What only old files, or other packages of Torch7, have in them."""

import io

import numpy as np
import pytest

from nnmods.interop.t7 import LuaFunction, T7Error, load_t7, save_t7
from nnmods.interop.t7.sinks import AsciiSink, BinarySink

SINKS = [BinarySink, AsciiSink]
NIL, NUMBER, STRING, TABLE, TORCH, BOOLEAN, FUNCTION, LEGACY = range(8)


class Writing:
    """A file written by hand, entry by entry."""

    def __init__(self, sink):
        self.file = io.BytesIO()
        self.sink = sink(self.file)

    def text(self, text):
        self.sink.int(len(text))
        self.sink.chars(text)
        return self

    def ints(self, *numbers):
        for number in numbers:
            self.sink.int(number)
        return self

    def number(self, value):
        self.sink.int(NUMBER)
        self.sink.double(value)
        return self

    def longs(self, *numbers):
        self.sink.longs(numbers)
        return self

    def load(self):
        self.file.seek(0)
        made = load_t7(self.file)
        assert self.file.read() == b""
        return made


@pytest.mark.parametrize("sink", SINKS)
@pytest.mark.parametrize("name", [b"tds.Hash", b"tds_hash"])
def test_a_hash_of_tds_is_a_dict(name, sink):
    file = Writing(sink).ints(TORCH, 1).text(b"V 0").text(name).longs(2)
    file.ints(STRING).text(b"a").number(1.5)
    file.number(7).ints(BOOLEAN, 1)
    assert file.load() == {"a": 1.5, 7: True}


@pytest.mark.parametrize("sink", SINKS)
@pytest.mark.parametrize("name", [b"tds.Vec", b"tds_vec"])
def test_a_vec_of_tds_is_a_list(name, sink):
    file = Writing(sink).ints(TABLE, 9, 2)
    file.number(1).ints(TORCH, 1).text(b"V 0").text(name).longs(3)
    file.number(5).ints(STRING).text(b"six").ints(TORCH, 1)  # in itself
    file.number(2).ints(TORCH, 1)
    vec, again = file.load()
    assert vec is again
    assert vec[:2] == [5, "six"]
    assert vec[2] is vec


@pytest.mark.parametrize("sink", SINKS)
def test_a_container_of_tds_cannot_claim_more_than_there_is(sink):
    file = Writing(sink).ints(TORCH, 1).text(b"V 0").text(b"tds.Vec")
    file.longs(2**40 + 2**30)
    with pytest.raises(T7Error, match="a table has size 1100585369600, expected 0 to"):
        file.load()


@pytest.mark.parametrize("sink", SINKS)
def test_functions_of_old_files(sink):
    file = Writing(sink).ints(TABLE, 1, 3)
    file.number(1).ints(FUNCTION).text(b"code").ints(TABLE, 2, 0)
    file.number(2).ints(LEGACY, 3).text(b"other").ints(TABLE, 4, 1)
    file.number(1).number(8)
    file.number(3).ints(LEGACY, 3)
    first, second, third = file.load()
    assert isinstance(first, LuaFunction)
    assert (first.bytecode, first.upvalues) == (b"code", [])
    assert (second.bytecode, second.upvalues) == (b"other", [8])
    assert third is second
    save_t7([first, second], again := io.BytesIO())
    again.seek(0)
    kinds = [function.kind for function in load_t7(again)]
    assert kinds == [FUNCTION, LEGACY]


@pytest.mark.parametrize("sink", SINKS)
@pytest.mark.parametrize(
    "name, dtype",
    [
        (b"torch.CudaTensor", np.float32),
        (b"torch.CudaDoubleTensor", np.float64),
        (b"torch.CudaHalfTensor", np.float16),
        (b"torch.CudaByteTensor", np.uint8),
        (b"torch.CudaLongTensor", np.int64),
    ],
)
def test_tensors_of_graphics_cards_are_arrays(name, dtype, sink):
    file = Writing(sink).ints(TORCH, 1).text(b"V 1").text(name)
    file.ints(2).longs(1, 3).longs(3, 1).longs(2)
    file.ints(TORCH, 2).text(b"V 1").text(name.replace(b"Tensor", b"Storage"))
    file.longs(4)
    file.sink.numbers(np.array([9, 1, 2, 3], dtype))
    got = file.load()
    assert got.dtype == dtype
    np.testing.assert_array_equal(got, [[1, 2, 3]])


@pytest.mark.parametrize("sink", SINKS)
def test_a_storage_of_another_type_than_its_tensor_is_refused(sink):
    file = Writing(sink).ints(TORCH, 1).text(b"V 1").text(b"torch.FloatTensor")
    file.ints(1).longs(1).longs(1).longs(1)
    file.ints(TORCH, 2).text(b"V 1").text(b"torch.IntStorage").longs(1)
    file.sink.numbers(np.ones(1, np.int32))
    with pytest.raises(T7Error, match="no such memory, expected float32 storage"):
        file.load()


def test_text_that_is_no_number_is_refused():
    for text in (b"1\n1_0\n", b"1\nx\n", b"1\n0x10\n", b"3\n1\nnan\n", b"1\n1.5.2\n"):
        with pytest.raises(T7Error, match="stands here, expected"):
            load_t7(io.BytesIO(text))


@pytest.mark.parametrize("numbers", [b"1 2", b"1 2 3 4", b"1 x 3", b"1 2 3e"])
def test_lines_of_numbers_are_checked(numbers):
    head = b"4\n1\n3\nV 1\n18\ntorch.IntStorage\n".replace(b"18", b"16")
    with pytest.raises(T7Error, match="expected"):
        load_t7(io.BytesIO(head + b"3\n" + numbers + b"\n"))
    good = load_t7(io.BytesIO(head + b"3\n1 2 3\n"))
    np.testing.assert_array_equal(good, [1, 2, 3])
    with pytest.raises(T7Error, match="numbers of int32"):
        load_t7(io.BytesIO(head + b"3\n1 2 3000000000\n"))
