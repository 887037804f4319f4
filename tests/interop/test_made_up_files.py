"""Files made up by hand, with sound checksums, give one ValueError that names them."""

import io
import json
import struct
import zipfile

import numpy as np
import pytest

from interop.holder import EMPTY, Holder, document, read, refused, with_state, write
from nnmods.interop import load, save


@pytest.fixture
def path(tmp_path):
    return tmp_path / "net.npz"


def test_the_made_up_document_is_sound(path):
    write(path, document(), {})
    assert type(load(path, (Holder,))) is Holder


def test_a_newer_version(path):
    write(path, document(version=2), {})
    assert refused(path) == (
        "has format version 2, expected 1 at most; a newer nnmods reads it"
    )


@pytest.mark.parametrize("version", [None, 0, -1, "1", 1.0, True, [1]])
def test_no_version(path, version):
    write(path, document(version=version), {})
    assert refused(path).startswith("has format version")


@pytest.mark.parametrize("objects", [None, [], {}, 3, "x"])
def test_no_objects(path, objects):
    write(path, document(objects=objects), {})
    assert refused(path) == "describes no objects"


@pytest.mark.parametrize(
    "broken",
    [
        None,
        [],
        {},
        {"class": "Holder"},
        {**EMPTY, "class": None},
        {**EMPTY, "module": 3},
        {**EMPTY, "state": [1]},
        {**EMPTY, "state": {"__class__": 1}},
        {**EMPTY, "state": {"__dict__": {"dict": {}}}},
        {**EMPTY, "state": {"a.b": 1}},
        {"generator": []},
    ],
)
def test_a_broken_description(path, broken):
    write(path, document(objects=[EMPTY, broken, EMPTY]), {})
    assert refused(path).startswith("has a broken description")


@pytest.mark.parametrize("number", [-1, 1, 2**70, True, None, "0", 0.0, [0]])
def test_a_reference_to_no_object(path, number):
    write(path, with_state(part={"object": number}), {})
    text = refused(path)
    assert "has no object" in text or "is no value of this format" in text


@pytest.mark.parametrize(
    "node",
    [
        {},
        {"array": 3},
        {"set": [1]},
        {"tuple": {"a": 1}},
        {"dict": [1]},
        {"int": 3},
        {"float": "1.0"},
        {"tuple": [], "dict": {}},
        {"scalar": ["<f4"]},
        [[{"eval": "1"}]],
    ],
    ids=str,
)
def test_no_value(path, node):
    write(path, with_state(value=node), {})
    assert refused(path).endswith("which is no value of this format")


@pytest.mark.parametrize(
    "node", [{"int": "0x"}, {"scalar": ["<f4", "00"]}, {"scalar": ["<f4", "zz"]}]
)
def test_values_that_cannot_be_read(path, node):
    write(path, with_state(value=node), {})
    assert refused(path).startswith("is damaged, or was not written by nnmods.save")


@pytest.mark.parametrize(
    "name", ["O", "|O", "<f4,<f4", "<M8[s]", "(9,)<f4", "f4", "|V8"]
)
def test_dtypes(path, name):
    for node in ({"dtype": name}, {"scalar": [name, "00000000"]}):
        write(path, with_state(value=node), {})
        assert refused(path) == f"has dtype {name!r}, expected numbers or text"


def test_values_without_end(path):
    node = 1
    for _ in range(102):
        node = {"tuple": [node]}
    write(path, with_state(value=node), {})
    assert refused(path) == "holds values that nest deeper than 100"


def test_a_missing_array(path):
    write(path, with_state(weight={"array": "0.weight"}), {"1.weight": np.ones(2)})
    assert refused(path) == "lacks the array '0.weight'"


def test_a_module_below_itself(path):
    objects = [
        {
            "class": "Sequential",
            "module": "nnmods.containers",
            "state": {"_flat": True, "modules": [{"object": 1 - i}]},
        }
        for i in range(2)
    ]
    write(path, document(objects=objects), {})
    assert refused(path).startswith("has a state that Sequential does not take")


def test_the_last_object_is_a_generator(path):
    save(Holder(rng=np.random.default_rng(1)), path)
    content, arrays = read(path)
    write(path, {**content, "objects": content["objects"][:1]}, arrays)
    assert refused(path) == "holds a random generator, expected a module or criterion"


@pytest.mark.parametrize(
    "kind, change",
    [
        ("MT19937", {"state": {"dict": {"key": {"array": "0.bits"}, "pos": 625}}}),
        ("MT19937", {"state": {"dict": {"key": {"array": "0.bits"}, "pos": -1}}}),
        ("MT19937", {"state": {"dict": {"key": [1, 2], "pos": 3}}}),
        ("MT19937", {"state": 3}),
        ("Philox", {"buffer_pos": 5}),
        ("Philox", {"buffer_pos": -1}),
        ("Philox", {"buffer_pos": 5, "state": {"dict": {"buffer_pos": 0}}}),
        ("Philox", {"buffer_pos": None}),
        ("PCG64", {"bit_generator": "Foreign"}),
        ("PCG64", {"bit_generator": "PCG64DXSM", "state": {"dict": {}}}),
        ("PCG64", {"bit_generator": ["PCG64"]}),
        ("PCG64", {"state": {"dict": {"state": -1, "inc": 1}}}),
        ("SFC64", {"state": {"dict": {"state": [1, 2]}}}),
    ],
    ids=str,
)
def test_broken_states_of_generators(path, kind, change):
    save(Holder(rng=np.random.Generator(getattr(np.random, kind)(1))), path)
    content, arrays = read(path)
    content["objects"][0]["generator"]["bits"]["dict"].update(change)
    write(path, content, arrays)
    assert refused(path).startswith("has a broken generator state")


@pytest.mark.parametrize(
    "seeds",
    [
        3,
        {"dict": {}},
        {"dict": {"pool_size": 10**9}},
        {"dict": {"pool_size": 4, "x": 1}},
    ],
)
def test_broken_seeds(path, seeds):
    save(Holder(rng=np.random.default_rng(1)), path)
    content, arrays = read(path)
    content["objects"][0]["generator"]["seeds"] = seeds
    write(path, content, arrays)
    assert refused(path).startswith("has a broken generator state")


def with_array(path, header, data):
    """Write a file whose array "a" is an .npy file put together by hand."""
    with zipfile.ZipFile(path, "w") as archive:
        structure = io.BytesIO()
        text = json.dumps(with_state(a={"array": "a"}))
        np.save(structure, np.frombuffer(text.encode(), np.uint8))
        archive.writestr("structure.npy", structure.getvalue())
        header = header.encode()
        start = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header))
        archive.writestr("a.npy", start + header + data)


def header(shape="(2,)", dtype="'<f8'"):
    return f"{{'descr': {dtype}, 'fortran_order': False, 'shape': {shape}, }}"


def test_the_array_by_hand_is_sound(path):
    with_array(path, header(), struct.pack("<2d", 1, 2))
    np.testing.assert_array_equal(load(path, (Holder,)).a, [1, 2])


@pytest.mark.parametrize(
    "shape",
    [
        "(10**12,)",
        "(1000000000000,)",
        "(3,)",
        "(1,)",
        "(-2, -1)",
        "(2.0,)",
        "2",
        "None",
    ],
)
def test_shapes_that_do_not_fit(path, shape):
    with_array(path, header(shape), bytes(16))
    refused(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "(" * 9000,
        "-" * 9000 + "1",
        "{'descr': 1}",
        header(dtype="'<f8,<f8'"),
        header(dtype="'|O'"),
        header(dtype="'<U4611686018427387904'"),
    ],
    ids=range(8),
)
def test_headers(path, text):
    with_array(path, text, bytes(16))
    refused(path)


def test_members_that_are_one_stretch_of_the_file(path):
    save(Holder(a=np.zeros(1000), b=np.ones(1000)), path)
    raw = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        first, *others = archive.infolist()
    end = raw.rindex(b"PK\x05\x06")
    start = struct.unpack_from("<L", raw, end + 16)[0]
    entry, n = bytes(raw[raw.rindex(b"PK\x01\x02") : end]), 50
    struct.pack_into("<HH", raw, end + 8, 3 + n, 3 + n)
    struct.pack_into("<L", raw, end + 12, end - start + n * len(entry))
    path.write_bytes(raw[:end] + entry * n + raw[end:])
    assert refused(path).startswith("claims more than")
