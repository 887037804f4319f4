import json

import pytest

from nnmods.commands.outputs import write_all, write_json


def test_json_is_whole_or_absent(tmp_path):
    path = tmp_path / "a.json"
    write_json(path, {"a": [1.5, None]})
    assert json.loads(path.read_text()) == {"a": [1.5, None]}
    with pytest.raises(ValueError):
        write_json(path, {"a": float("nan")})  # which JSON does not have
    assert json.loads(path.read_text()) == {"a": [1.5, None]}
    assert list(tmp_path.iterdir()) == [path]


def test_write_all_goes_on_after_an_error():
    done = []

    def fail(path):
        raise OSError(28, "No space left on device", path)

    def refuse(path):
        raise TypeError("holds a function")

    written, errors = write_all(
        [("a", fail), ("b", done.append), (None, done.append), ("c", refuse)]
    )
    assert (written, done) == (["b"], ["b"])
    assert errors == ["a: No space left on device", "c: holds a function"]
