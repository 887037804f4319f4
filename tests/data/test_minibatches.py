"""Minibatches: every sample once per epoch, reused buffers, memory order."""

import numpy as np
import pytest
from memory import taken

from nnmods.core import manual_seed
from nnmods.data import Minibatches


def epoch(batches):
    """Return the targets of one epoch, after a look at each batch."""
    found = []
    for xb, tb in batches:
        np.testing.assert_array_equal(xb[:, 0], tb)  # samples keep their targets
        found += tb.tolist()
    return found


def data(n):
    target = np.arange(n)
    return np.stack([target, -target], axis=1).astype(np.float32), target


@pytest.mark.parametrize("shuffle", ["epoch", "once", "never"])
@pytest.mark.parametrize("n", [3, 5, 6, 7])
def test_each_sample_once_per_epoch(shuffle, n):
    batches = Minibatches(*data(n), 3, shuffle, rng=0)
    for _ in range(3):
        assert sorted(epoch(batches)) == list(range(n))


@pytest.mark.parametrize(
    ("n", "batch_size", "drop_last", "sizes"),
    [
        (7, 3, False, [3, 3, 1]),
        (7, 3, True, [3, 3]),
        (6, 3, False, [3, 3]),
        (6, 3, True, [3, 3]),
        (2, None, False, [2]),
        (70, None, False, [32, 32, 6]),
        (2, None, True, [2]),
        (1, 1, True, [1]),
    ],
)
@pytest.mark.parametrize("shuffle", ["epoch", "never"])
def test_sizes(n, batch_size, drop_last, sizes, shuffle):
    batches = Minibatches(*data(n), batch_size, shuffle, drop_last=drop_last)
    assert len(batches) == len(sizes)
    assert [len(tb) for _, tb in batches] == sizes
    assert [xb.shape for xb, _ in batches] == [(size, 2) for size in sizes]


def test_orders():
    given = list(range(50))
    never = Minibatches(*data(50), 8, "never")
    assert epoch(never) == epoch(never) == given
    once = Minibatches(*data(50), 8, "once", rng=0)
    first = epoch(once)
    assert first != given and epoch(once) == first
    each = Minibatches(*data(50), 8, rng=0)
    first, second = epoch(each), epoch(each)
    assert first != given and second != given and first != second


@pytest.mark.parametrize("shuffle", ["epoch", "once"])
def test_generators(shuffle):
    def two_epochs(rng):
        batches = Minibatches(*data(50), 8, shuffle, rng)
        return epoch(batches) + epoch(batches)

    assert two_epochs(3) == two_epochs(3) == two_epochs(np.random.default_rng(3))
    assert two_epochs(3) != two_epochs(4)
    manual_seed(5)
    first = two_epochs(None)
    manual_seed(5)
    assert two_epochs(None) == first


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32, bool])
def test_dtypes_are_kept(dtype):
    x = np.arange(5).astype(dtype)
    for shuffle in ("epoch", "never"):
        for xb, tb in Minibatches(x, x, 2, shuffle):
            assert xb.dtype == tb.dtype == x.dtype
            np.testing.assert_array_equal(xb, tb)


def test_copies_of_big_endian_data_are_native():
    x = np.arange(5).astype(">f8")
    for xb, tb in Minibatches(x, np.arange(5), 2):
        assert xb.dtype == np.float64 and xb.dtype.isnative
        np.testing.assert_array_equal(xb, tb)


def test_tables():
    n = np.arange(5)
    table = [n[:, None] * 1.0, (n * 10, [n * 100])]
    for shuffle in ("epoch", "never"):
        for (a, (b, [c])), (d, e) in Minibatches(table, (n, -n), 2, shuffle, rng=0):
            np.testing.assert_array_equal(a[:, 0], d)
            np.testing.assert_array_equal(b, 10 * d)
            np.testing.assert_array_equal(c, 100 * d)
            np.testing.assert_array_equal(e, -d)
        xb, tb = next(iter(Minibatches(table, (n, -n), 2, shuffle)))
        assert isinstance(xb, list) and isinstance(xb[1], list) and isinstance(tb, list)


def test_a_batch_is_overwritten_by_the_next():
    batches = Minibatches(*data(7), 3, rng=0)
    memory = [(xb.ctypes.data, tb.ctypes.data) for xb, tb in batches]
    memory += [(xb.ctypes.data, tb.ctypes.data) for xb, tb in batches]
    assert len(set(memory)) == 1
    assert all(xb.flags.c_contiguous for xb, _ in batches)


def test_shuffled_batches_are_not_the_data():
    x, target = data(7)
    for shuffle in ("epoch", "once"):
        for xb, tb in Minibatches(x, target, 3, shuffle):
            xb[...] = tb[...] = -1
    np.testing.assert_array_equal(x, data(7)[0])
    np.testing.assert_array_equal(target, np.arange(7))


def test_never_gives_views():
    x, target = data(7)
    for xb, tb in Minibatches(x, target, 3, "never"):
        assert np.shares_memory(xb, x) and np.shares_memory(tb, target)


@pytest.mark.parametrize("shuffle", ["epoch", "once", "never"])
def test_strided_data(shuffle):
    wide, target = np.arange(80.0).reshape(8, 10), np.arange(16)
    x = wide.T[::2, ::3]  # 5 samples
    for xb, tb in Minibatches(x, target[10:0:-2], 2, shuffle):
        np.testing.assert_array_equal(xb, x[(10 - tb) // 2])


@pytest.mark.parametrize("shuffle", ["epoch", "once", "never"])
@pytest.mark.parametrize("strided", [False, True])
def test_batch_last(shuffle, strided):
    images = np.random.default_rng(0).standard_normal((7, 3, 4, 5))
    if strided:
        images = images[:, ::-1].transpose(0, 1, 3, 2)
    batches = Minibatches(images, np.arange(7), 3, shuffle, batch_last=True)
    memory = set()
    for xb, tb in batches:
        np.testing.assert_array_equal(xb, images[tb])
        assert xb.transpose(1, 2, 3, 0).flags.c_contiguous
        assert not np.shares_memory(xb, images)
        memory.add(xb.ctypes.data)
    assert [len(tb) for _, tb in batches] == [3, 3, 1] and len(memory) == 1


def test_batch_last_leaves_other_arrays_alone():
    table = [np.arange(6.0).reshape(3, 2), np.ones((3, 1, 2, 2))]
    for (flat, images), _ in Minibatches(table, np.arange(3), 2, batch_last=True):
        assert flat.flags.c_contiguous
        assert images.transpose(1, 2, 3, 0).flags.c_contiguous


@pytest.mark.parametrize("batch_last", [False, True])
@pytest.mark.parametrize("strided", [False, True])
def test_nothing_is_allocated_per_batch(batch_last, strided):
    images = np.zeros((64, 3, 16, 32))
    if strided:
        images = images[:, :, :, ::2]
    batches = Minibatches(images, np.zeros(64), 8, batch_last=batch_last)
    batch_bytes = 8 * images[0].nbytes
    epoch_of_sizes = sum(len(tb) for _, tb in batches)
    assert epoch_of_sizes == 64
    assert taken(lambda: list(batches)) < batch_bytes / 4


def test_samples_without_entries():
    for xb, tb in Minibatches(np.ones((5, 0)), np.arange(5), 2):
        assert xb.shape == (len(tb), 0)


def test_a_loop_that_was_left_does_not_disturb_the_next():
    batches = Minibatches(*data(10), 3, rng=0)
    next(iter(batches))
    assert sorted(epoch(batches)) == list(range(10))


def test_loops_at_the_same_time_keep_their_orders():
    batches = Minibatches(*data(10), 3, rng=0)
    found = [[], []]
    for (_, a), (_, b) in zip(batches, batches, strict=True):
        assert np.shares_memory(a, b)  # the second has overwritten the first
        found[1] += b.tolist()
    assert sorted(found[1]) == list(range(10))


def test_repr():
    assert repr(Minibatches(*data(7), 3)) == (
        "Minibatches(7 samples, batch_size=3, shuffle='epoch', drop_last=False)"
    )


@pytest.mark.parametrize(
    ("x", "target", "options", "text"),
    [
        (
            np.ones((0, 2)),
            np.ones(0),
            {},
            "x has 0 samples, expected 1 or more",
        ),
        (
            np.ones((3, 2)),
            np.ones(4),
            {},
            "x has lengths [3] and target [4], expected one common length",
        ),
        (
            [np.ones(3), np.ones(2)],
            np.ones(3),
            {},
            "x has lengths [3, 2] and target [3], expected one common length",
        ),
        (
            np.ones(3),
            [],
            {},
            "x or target is an empty table, expected arrays",
        ),
        (
            [],
            np.ones(3),
            {},
            "x or target is an empty table, expected arrays",
        ),
        (
            np.ones(3),
            np.ones(3),
            {"batch_size": 0},
            "batch_size is 0, expected 1 or more",
        ),
        (
            np.ones(3),
            np.ones(3),
            {"shuffle": True},
            "shuffle is True, expected 'epoch', 'once' or 'never'",
        ),
        (
            np.ones(3),
            np.ones(3),
            {"batch_size": 4},
            "batch_size is 4, expected at most the 3 samples there are",
        ),
    ],
)
def test_refuses_nonsense(x, target, options, text):
    with pytest.raises(ValueError) as caught:
        Minibatches(x, target, **options)
    assert str(caught.value) == f"Minibatches: {text}"


@pytest.mark.parametrize(
    ("x", "kind"), [([1, 2], "int"), (np.array(1.0), "ndarray"), (None, "NoneType")]
)
def test_data_of_another_type(x, kind):
    with pytest.raises(TypeError) as caught:
        Minibatches(x, np.ones(2))
    assert str(caught.value) == (
        f"Minibatches: x or target holds {kind}, "
        "expected arrays (N, ...) or tables of them"
    )


def test_batch_size_is_an_integer():
    with pytest.raises(TypeError):
        Minibatches(np.ones(3), np.ones(3), 2.0)
    assert len(Minibatches(np.ones(3), np.ones(3), np.int64(2))) == 2
