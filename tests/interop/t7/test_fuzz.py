"""Damaged files raise T7Error, quickly and in little memory, and do nothing else."""

import struct
import sys
from pathlib import Path

import pytest

from interop.t7.originals import FOLDER

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"
FILES = [path.read_bytes() for path in sorted(FOLDER.glob("*.t7"))]


@pytest.fixture
def fuzzer(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import fuzz_t7

    yield fuzz_t7
    sys.modules.pop("fuzz_t7")


def test_two_thousand_mutations(fuzzer):
    outcomes, failures = fuzzer.fuzz(FILES, 2000, seed=0)
    assert not failures
    assert outcomes["loaded"] > 20  # not all are stopped at the door
    assert outcomes["T7Error"] > 1000


def test_the_same_seed_gives_the_same_bytes(fuzzer):
    assert fuzzer.mutate(FILES, 1, 2) == fuzzer.mutate(FILES, 1, 2)
    assert fuzzer.mutate(FILES, 1, 2) != fuzzer.mutate(FILES, 1, 3)


def test_the_fuzzer_sees_other_errors_and_memory(fuzzer, monkeypatch):
    def fails(data):
        raise KeyError("key")

    monkeypatch.setattr(fuzzer, "load", fails)
    outcomes, failures = fuzzer.fuzz(FILES, 1, seed=0, tell=lambda line: None)
    assert outcomes == {"failed": 1}
    assert failures[0][1] == "KeyError: 'key'"

    monkeypatch.setattr(
        fuzzer, "load", lambda data: bytearray(fuzzer.MEMORY * 2) and ""
    )
    outcomes, failures = fuzzer.fuzz(FILES, 1, seed=0, tell=lambda line: None)
    assert failures[0][2] > 0


@pytest.mark.parametrize("name", ["lenet.binary.t7", "scalars.binary.t7"])
def test_every_truncation_is_an_error(fuzzer, name):
    data = (FOLDER / name).read_bytes()
    step = max(1, len(data) // 400)
    for end in range(1, len(data), step):
        assert fuzzer.watched(data[:end])[0] == "T7Error", end


def tensor(axes, sizes, strides, start=1, storage=b""):
    """Return a binary file of a double tensor with these claims."""
    name = b"torch.DoubleTensor"
    head = struct.pack("<ii i3s i", 4, 1, 3, b"V 1", len(name)) + name
    longs = [*sizes, *strides, start]
    return head + struct.pack(f"<i{len(longs)}q", axes, *longs) + storage


def storage(n, values):
    name = b"torch.DoubleStorage"
    head = struct.pack("<ii i3s i", 4, 2, 3, b"V 1", len(name)) + name
    return head + struct.pack(f"<q{len(values)}d", n, *values)


@pytest.mark.parametrize(
    "data, message",
    [
        (tensor(1, [3], [1], 1, storage(2, [1, 2])), "starts at 1, expected one that"),
        (tensor(1, [2], [1], 2, storage(2, [1, 2])), "starts at 2, expected one that"),
        (tensor(1, [2], [1], 0, storage(2, [1, 2])), "starts at 0, expected one that"),
        (tensor(1, [-2], [1], 1, storage(2, [1, 2])), "expected one that lies in"),
        (tensor(1, [2], [-1], 2, storage(2, [1, 2])), "expected one that lies in"),
        (tensor(2, [2**40, 2**40], [0, 0], 1, storage(1, [1])), "expected one that"),
        (tensor(1, [2], [1], 1, storage(10**12, [1, 2])), "16 bytes are left"),
        (tensor(1, [2], [1], 1, struct.pack("<i", 0)), "no such memory, expected"),
        (tensor(1000, [1], [1]), "1000 axes, expected 0 to 64"),
    ],
)
def test_claims_of_tensors_are_checked(data, message, fuzzer):
    with pytest.raises(fuzzer.T7Error, match=message) as caught:
        with fuzzer.T7Reader(fuzzer.io.BytesIO(data)) as reader:
            reader.read()
    assert 0 <= caught.value.offset <= len(data)
