"""A file is replaced as a whole, or not at all."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from nnmods.core.files import replacing


class Interrupted(BaseException):
    pass


def names(folder):
    return sorted(os.listdir(folder))


def test_a_new_file(tmp_path):
    with replacing(tmp_path / "new") as file:
        file.write(b"\0\r\n")
        assert not (tmp_path / "new").exists()
    assert (tmp_path / "new").read_bytes() == b"\0\r\n"
    assert names(tmp_path) == ["new"]


def test_the_old_file_stands_until_the_end(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old and longer")
    with replacing(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old and longer"
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["file"]


def test_text_and_options_of_open(tmp_path):
    with replacing(tmp_path / "text", "w", encoding="latin-1", newline="\r\n") as file:
        file.write("ä\n")
    assert (tmp_path / "text").read_bytes() == b"\xe4\r\n"


def test_paths_as_text_and_relative(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with replacing("here") as file:
        file.write(b"1")
    with replacing(str(tmp_path / "there")) as file:
        file.write(b"2")
    assert names(tmp_path) == ["here", "there"]


@pytest.mark.parametrize("error", [ValueError, OSError, KeyboardInterrupt, Interrupted])
def test_an_error_leaves_the_old_file(tmp_path, error):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(error, match="^midway$"):
        with replacing(path) as file:
            file.write(b"half")
            raise error("midway")
    assert path.read_bytes() == b"old" and names(tmp_path) == ["file"]
    assert file.closed


def test_an_error_leaves_nothing_where_nothing_was(tmp_path):
    with pytest.raises(ZeroDivisionError):
        with replacing(tmp_path / "file"):
            1 / 0  # noqa: B018
    assert names(tmp_path) == []


@pytest.mark.parametrize("name", ["fsync", "replace"])
def test_an_error_of_the_system_leaves_the_old_file(tmp_path, monkeypatch, name):
    def fail(*args):
        raise OSError(28, "No space left on device")

    path = tmp_path / "file"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, name, fail)
    with pytest.raises(OSError, match="No space left"):
        with replacing(path) as file:
            file.write(b"new")
    assert path.read_bytes() == b"old" and names(tmp_path) == ["file"]


def test_the_data_are_on_the_disk_before_the_renaming(tmp_path, monkeypatch):
    done = []
    fsync, replace = os.fsync, os.replace

    def noted_fsync(handle):
        done.append(("fsync", os.fstat(handle).st_size))
        fsync(handle)

    def noted_replace(*args):
        done.append(("replace", os.path.getsize(args[0])))
        replace(*args)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "replace", noted_replace)
    with replacing(tmp_path / "file") as file:
        file.write(b"12345")
    assert done[:2] == [("fsync", 5), ("replace", 5)]


def test_a_missing_folder_is_named(tmp_path):
    path = tmp_path / "nowhere" / "file"
    with pytest.raises(FileNotFoundError) as caught:
        with replacing(path):
            pytest.fail("the body must not run")
    assert caught.value.filename == str(path)
    assert ".tmp" not in str(caught.value)


def test_a_folder_is_not_replaced(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError):
        with replacing(tmp_path / "folder") as file:
            file.write(b"new")
    assert names(tmp_path) == ["folder"] and (tmp_path / "folder").is_dir()


@pytest.mark.parametrize("umask, wanted", [(0o022, 0o644), (0o077, 0o600), (0, 0o666)])
def test_a_new_file_has_the_usual_permissions(tmp_path, umask, wanted):
    before = os.umask(umask)
    try:
        with replacing(tmp_path / "file") as file:
            file.write(b"new")
        assert os.umask(umask) == umask
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == wanted


def test_two_at_a_time(tmp_path):
    with replacing(tmp_path / "file") as first, replacing(tmp_path / "file") as second:
        first.write(b"first")
        second.write(b"second")
    assert (tmp_path / "file").read_bytes() == b"first"  # renamed last
    assert names(tmp_path) == ["file"]


def test_odd_names(tmp_path):
    for name in (".hidden", "with space %s {}", "ümlaut", "-rf"):
        with replacing(tmp_path / name) as file:
            file.write(name.encode())
        assert (tmp_path / name).read_bytes() == name.encode()
    assert len(names(tmp_path)) == 4


def test_a_private_file_stays_private(tmp_path):
    path = tmp_path / "f"
    path.write_text("old")
    path.chmod(0o600)
    with replacing(path, "w") as file:
        file.write("new")
    assert path.read_text() == "new" and path.stat().st_mode & 0o777 == 0o600


def test_a_link_stays_a_link(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    with replacing(link, "w") as file:
        file.write("new")
    assert link.is_symlink() and target.read_text() == "new"


def test_a_long_name_is_no_trouble(tmp_path):
    with replacing(tmp_path / ("n" * 250), "w") as file:
        file.write("new")
    assert [p.name for p in tmp_path.iterdir()] == ["n" * 250]


def test_a_folder_is_named(tmp_path):
    with pytest.raises(IsADirectoryError, match=tmp_path.name):
        with replacing(tmp_path):
            pass


def test_a_bad_mode_leaves_no_descriptor_behind(tmp_path):
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    with pytest.raises(ValueError):
        with replacing(tmp_path / "f", "wb", encoding="utf-8"):
            pass
    after = len(os.listdir("/proc/self/fd")) if before else 0
    assert before == after and not list(tmp_path.iterdir())


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs /proc")
def test_a_pipe_without_a_name_is_written_to():
    """As /dev/stdout is, where the output goes on to another command."""
    reading, writing = os.pipe()
    try:
        with replacing(f"/proc/self/fd/{writing}") as file:
            file.write(b"saved")
        assert os.read(reading, 100) == b"saved"
    finally:
        os.close(reading)
        os.close(writing)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
@pytest.mark.parametrize("name", ["pipe", "link"])
def test_a_pipe_is_written_to_and_stays_one(tmp_path, name):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    with ThreadPoolExecutor() as pool:
        read = pool.submit((tmp_path / "pipe").read_bytes)
        with replacing(tmp_path / name) as file:
            file.write(b"saved")
        assert read.result(timeout=60) == b"saved"
    assert (tmp_path / "pipe").is_fifo()
    assert sorted(os.listdir(tmp_path)) == ["link", "pipe"]
