"""A training that is killed and resumed ends with the bits of one that is not."""

import errno
import os
import warnings

import numpy as np
import pytest

import nnmods as nn
from nnmods import optim
from nnmods.training import (
    Callback,
    Checkpoint,
    EarlyStopping,
    LogEpochs,
    Logger,
    Trainer,
    read_log,
)
from nnmods.training.checkpoint import checkpoints_in, newest
from nnmods.training.checkpoint_file import Damaged, read_checkpoint, write_checkpoint
from training.killing import (
    OPTIMIZERS,
    SOURCES,
    TARGET,
    Kill,
    Killed,
    X,
    assert_same,
    build,
    ending,
    fit,
    killed_and_resumed,
)


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("step", [1, 4, 5, 6, 9])
def test_killed_after_any_step(tmp_path, name, step):
    whole = build()
    fit(whole, SOURCES[name]())
    resumed = killed_and_resumed(tmp_path, SOURCES[name], [Kill(step)])
    assert_same(ending(resumed), ending(whole))


@pytest.mark.parametrize("name", SOURCES)
def test_killed_again_and_again(tmp_path, name):
    whole = build()
    fit(whole, SOURCES[name]())
    kills = [Kill(3), Kill(4), Kill(epoch=1), Kill(6), Kill(epoch=2), Kill(14)]
    resumed = killed_and_resumed(tmp_path, SOURCES[name], kills)
    assert_same(ending(resumed), ending(whole))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimisers_go_on(tmp_path, name):
    options = {"make_optimizer": OPTIMIZERS[name]}
    whole = build(**options)
    fit(whole, SOURCES["Minibatches"]())
    kills = [Kill(2), Kill(epoch=2), Kill(13)]
    resumed = killed_and_resumed(tmp_path, SOURCES["Minibatches"], kills, **options)
    assert_same(ending(resumed), ending(whole))


def test_averages_accumulation_and_clipping_go_on(tmp_path):
    def make():
        trainer = build(tmp_path, Kill(5), accumulate=2, clip_norm=0.1)
        trainer.average = optim.EMA(trainer.net, 0.9)
        return trainer

    whole = build(accumulate=2, clip_norm=0.1)
    whole.average = optim.EMA(whole.net, 0.9)
    fit(whole, SOURCES["Minibatches"]())
    with pytest.raises(Killed):
        fit(make(), SOURCES["Minibatches"]())
    resumed = make()
    resumed.resume(tmp_path)
    assert resumed.batch == 2
    resumed.callbacks = [c for c in resumed.callbacks if not isinstance(c, Kill)]
    fit(resumed, SOURCES["Minibatches"]())
    assert_same(ending(resumed), ending(whole))


def test_a_completed_training_is_completed_again(tmp_path):
    trainer = build(tmp_path)
    fit(trainer, SOURCES["Minibatches"]())
    again = build(tmp_path)
    again.resume(tmp_path)
    fit(again, SOURCES["Minibatches"]())
    assert_same(ending(again), ending(trainer))


def test_early_stopping_is_not_forgotten(tmp_path):
    def make():
        net = nn.Linear(6, 3, rng=0).float()
        return Trainer(
            net,
            nn.CrossEntropyCriterion(),
            optim.SGD(net, 0.0),  # it never gets better
            callbacks=[EarlyStopping(2, min_delta=1e-3), Checkpoint(tmp_path)],
        )

    trainer = make()
    trainer.fit((X, TARGET), 10, rng=0, show=False)
    assert trainer.epoch == 3
    assert "no better than" in trainer.stopped and "of epoch 1 for 2" in trainer.stopped
    again = make()
    again.resume(tmp_path)
    again.fit((X, TARGET), 10, rng=0, show=False)
    assert (again.epoch, again.stopped) == (3, trainer.stopped)


def test_the_last_few_are_kept(tmp_path):
    trainer = build()
    trainer.callbacks = [Checkpoint(tmp_path, every=2, keep=2)]
    fit(trainer, SOURCES["list"]())
    names = [path.name for path in tmp_path.iterdir()]
    assert sorted(names) == ["checkpoint-000000018.npz", "checkpoint-000000020.npz"]


def test_by_time(tmp_path):
    trainer = build()
    trainer.callbacks = [Checkpoint(tmp_path, seconds=1e-9, keep=100)]
    fit(trainer, SOURCES["list"]())
    assert len(checkpoints_in(tmp_path)) == 20


@pytest.mark.parametrize("name", ["cut", "empty", "flipped", "other", "text"])
def test_a_damaged_file_is_named_and_the_one_before_it_is_used(tmp_path, name):
    trainer = build()
    trainer.callbacks = [Checkpoint(tmp_path)]
    fit(trainer, SOURCES["list"]())
    before, last = checkpoints_in(tmp_path)[-2:]
    damage(last, name)
    with pytest.warns(UserWarning) as caught:
        path, _ = newest(tmp_path)
    assert path == before
    (warning,) = caught
    assert str(warning.message).startswith(f"{last}: is damaged")
    assert str(warning.message).endswith(f"using {before.name} instead")


def damage(path, how):
    data = bytearray(path.read_bytes())
    if how == "cut":
        data = data[: len(data) // 2]
    elif how == "flipped":  # a bit of a weight
        data[len(data) // 3] ^= 1
    path.write_bytes(b"" if how == "empty" else data)
    if how == "other":
        np.savez(path, structure=np.zeros(3))
    elif how == "text":
        path.write_text("checkpoint")


def test_every_flipped_bit_is_noticed(tmp_path):
    path = tmp_path / "a.npz"
    write_checkpoint(path, {"w": np.arange(6.0), "t": 3})
    data, wanted = path.read_bytes(), {"w": np.arange(6.0), "t": 3}
    for place in range(len(data)):
        damaged = bytearray(data)
        damaged[place] ^= 4
        path.write_bytes(damaged)
        try:
            got = read_checkpoint(path)
        except Damaged as err:
            assert str(path) in str(err) and "\n" not in str(err)
        else:  # of the date of a member, say
            np.testing.assert_equal(got, wanted)


def test_none_is_whole(tmp_path):
    (tmp_path / "checkpoint-000000001.npz").write_text("")
    with pytest.raises(ValueError, match="checkpoint-000000001.npz: is damaged"):
        build().resume(tmp_path)


def test_no_checkpoint_yet(tmp_path):
    assert build().resume(tmp_path) is None
    assert build().resume(tmp_path / "nowhere") is None


def test_checkpoints_of_others_are_not_mixed_with_ours(tmp_path):
    fit(build(tmp_path), SOURCES["list"]())
    with pytest.raises(ValueError, match="has checkpoints of another training"):
        fit(build(tmp_path), SOURCES["list"]())


def test_what_a_killed_writer_left_is_removed(tmp_path):
    (tmp_path / ".nnmods-abc.tmp").write_text("half")
    fit(build(tmp_path), SOURCES["list"]())
    assert not list(tmp_path.glob(".nnmods-*"))


def test_a_checkpoint_of_another_net_changes_nothing(tmp_path):
    fit(build(tmp_path), SOURCES["list"]())
    net = nn.Sequential(nn.Linear(6, 3, rng=0)).float()
    trainer = Trainer(net, nn.CrossEntropyCriterion(), optim.Adam(net))
    before = trainer.optimizer.w.copy()
    with pytest.raises(ValueError, match="is of another training than this one: Tra"):
        trainer.resume(tmp_path)
    trainer.callbacks = [Callback()] * 4
    with pytest.raises(ValueError, match="restore: saved has modules Sequential, Lin"):
        trainer.resume(tmp_path)
    np.testing.assert_array_equal(trainer.optimizer.w, before)


def test_of_another_optimiser_changes_nothing(tmp_path):
    fit(build(tmp_path), SOURCES["list"]())
    trainer = build(make_optimizer=OPTIMIZERS["SGD"])
    trainer.callbacks.insert(0, Callback())
    before = trainer.optimizer.w.copy()
    with pytest.raises(ValueError, match=r"SGD\(.*state has names"):
        trainer.resume(tmp_path)
    np.testing.assert_array_equal(trainer.optimizer.w, before)
    assert trainer.epoch == 0


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_the_last_checkpoint(tmp_path, monkeypatch, call):
    trainer = build(tmp_path, Kill(3))
    with pytest.raises(Killed):
        fit(trainer, SOURCES["list"]())
    names = [path.name for path in checkpoints_in(tmp_path)]

    def full(*args):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    resumed = build(tmp_path)
    resumed.resume(tmp_path)
    monkeypatch.setattr(os, call, full)
    with pytest.raises(
        OSError, match="cannot write the checkpoint: No space left"
    ) as e:
        fit(resumed, SOURCES["list"]())
    assert e.value.errno == errno.ENOSPC and str(tmp_path) in str(e.value)
    monkeypatch.undo()
    assert [path.name for path in tmp_path.iterdir()] == names
    with warnings.catch_warnings(action="error"):
        path, _ = newest(tmp_path)
    assert path.name == names[-1]


@pytest.mark.parametrize("value", [object(), {1}, np.array([None])])
def test_what_has_no_place_in_a_file(tmp_path, value):
    path = tmp_path / "a.npz"
    write_checkpoint(path, {"a": 1})
    with pytest.raises(TypeError, match="checkpoint: "):
        write_checkpoint(path, {"a": [value]})
    assert read_checkpoint(path) == {"a": 1}


def test_values_come_back(tmp_path):
    tree = {
        "none": None,
        "numbers": [True, 3, 2**70, 0.1, float("inf"), np.float32(0.5)],
        "arrays": ({"a": np.zeros((0, 3), "int8")}, np.array("text"), np.array(True)),
    }
    write_checkpoint(tmp_path / "a.npz", tree)
    assert_same(read_checkpoint(tmp_path / "a.npz"), tree)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"every": 0}, "every has value 0"),
        ({"keep": 0}, "keep has value 0"),
        ({"seconds": -1.0}, "seconds has value -1.0"),
    ],
)
def test_refused_settings(tmp_path, options, message):
    with pytest.raises(ValueError, match=f"Checkpoint: {message}"):
        Checkpoint(tmp_path, **options)


def test_a_log_has_each_epoch_once(tmp_path):
    def make(append, kill=None):
        trainer = build(kill=kill)
        log = Logger(tmp_path / "log.csv", append=append)
        trainer.callbacks += [LogEpochs(log), Checkpoint(tmp_path)]
        return trainer

    with pytest.raises(Killed):
        fit(make(False, Kill(12)), SOURCES["list"]())
    assert len(read_log(tmp_path / "log.csv")["epoch"]) == 2
    (tmp_path / "checkpoint-000000010.npz").unlink()  # as if it had come too late
    resumed = make(True)
    resumed.resume(tmp_path)
    history = fit(resumed, SOURCES["list"]())
    logged = read_log(tmp_path / "log.csv")
    np.testing.assert_array_equal(logged["epoch"], [1, 2, 3, 4])
    np.testing.assert_array_equal(logged["train_cost"], history.train_cost)
    with pytest.raises(ValueError, match="log.csv"):
        make(False).resume(tmp_path)
