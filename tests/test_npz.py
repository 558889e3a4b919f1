"""npz archives: valid, damaged, foreign and hostile ones."""

import io
import os
import random
import zipfile
from contextlib import suppress

import numpy as np
import pytest

from sklearn_lpr._npz import NpzError, open_npz

ARRAYS = {
    "rows": np.arange(12.0, dtype=np.float32).reshape(3, 4),
    "columns": np.asfortranarray(np.arange(12).reshape(3, 4)),
    "empty": np.zeros((0, 3)),
    "number": np.array(3),
    "text": np.array("京A12345"),
    "weights:a/b": np.arange(3, dtype=">f8"),
}


def read_all(path):
    with open_npz(path) as archive:
        return {name: archive.read(name) for name in archive.names}


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_what_numpy_writes_is_read(save, tmp_path):
    path = tmp_path / "arrays.npz"
    save(path, **ARRAYS)
    with open_npz(path) as archive:
        assert archive.names == list(ARRAYS)
        for name, array in ARRAYS.items():
            assert archive.shape(name) == array.shape
            np.testing.assert_array_equal(archive.read(name), array, strict=True)
            assert archive.read(name).flags.writeable
        assert archive.read_text("text") == "京A12345"
        assert archive.is_compressed == (save is np.savez_compressed)


def npy(header, data=b"", version=b"\x01\x00"):
    header = header.encode("latin1")
    length = len(header).to_bytes(2 if version[0] == 1 else 4, "little")
    return b"\x93NUMPY" + version + length + header + data


def described(shape="(1,)", descr="'<f4'", order="False"):
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n"


ENTRIES = {
    "nothing": b"",
    "text": b"no array",
    "no header": b"\x93NUMPY",
    "another version": npy(described(), b"1234", b"\x09\x09"),
    "no dict": npy("3\n", b"1234"),
    "open bracket": npy("{'descr': (((\n", b"1234"),
    "deep brackets": npy("(" * 9000 + ")" * 900 + "\n", b"1234"),
    "a header of 4 GB": npy("", b"1234", b"\x02\x00")[:8] + b"\xff\xff\xff\xff",
    "code": npy("__import__('os').getcwd()\n", b"1234"),
    "objects": npy(described(descr="'|O'"), b"12345678"),
    "objects in a record": npy(described(descr="[('a', '|O')]"), b"12345678"),
    "an unknown dtype": npy(described(descr="'zz'"), b"1234"),
    "a dtype of size 0": npy(described("(10000000000,)", "'|V0'")),
    "a huge array": npy(described("(1000000000000,)"), b"1234"),
    "a negative size": npy(described("(-1,)"), b"1234"),
    "two negative sizes": npy(described("(-1, -1)"), b"1234"),
    "sizes of 400 digits": npy(described(f"({'9' * 400},)"), b"1234"),
    "a size that is a bool": npy(described("(True, 2)"), b"1234"),
    "too little data": npy(described("(2,)"), b"1234"),
    "too much data": npy(described("(1,)"), b"12345678"),
    "an order that is a number": npy(described(order="3"), b"1234"),
}


@pytest.mark.parametrize("entry", ENTRIES)
def test_invalid_arrays_are_rejected(entry, tmp_path):
    path = tmp_path / "arrays.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.npy", ENTRIES[entry])
    with pytest.raises(NpzError, match=r"\w"):
        read_all(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_decompress_without_limit_are_rejected(method, tmp_path):
    path = tmp_path / "arrays.npz"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("a.npy", npy(described(), b"1234"))
    with pytest.raises(NpzError, match="unsupported method"):
        read_all(path)


def test_long_texts_and_numbers_are_no_text(tmp_path):
    path = tmp_path / "arrays.npz"
    np.savez_compressed(path, long=np.array("a" * 2**21), number=np.array(3), many=["a", "b"])
    with open_npz(path) as archive:
        for name, message in {"long": "too long", "number": "string", "many": "string"}.items():
            with pytest.raises(NpzError, match=f"'{name}' is .*{message}"):
                archive.read_text(name)
        with pytest.raises(NpzError, match="absent"):
            archive.read_text("absent")


def test_an_array_is_compared_before_it_is_read(tmp_path):
    """A few kilobytes decompress to a gigabyte: the shape is known without it."""
    path = tmp_path / "arrays.npz"
    n_values = 2**28
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("a.npy", "w") as file,
    ):
        file.write(npy(described(f"({n_values},)")))
        for _ in range(4 * n_values // 2**24):
            file.write(bytes(2**24))
    with open_npz(path) as archive:
        assert archive.shape("a") == (n_values,)


@pytest.mark.parametrize("seed", range(300))
def test_damaged_archives_are_read_or_rejected(seed, tmp_path):
    stream = io.BytesIO()
    (np.savez if seed % 2 else np.savez_compressed)(stream, **ARRAYS)
    content = bytearray(stream.getvalue())
    generator = random.Random(seed)
    for _ in range(generator.choice([1, 3, 30])):
        content[generator.randrange(len(content))] = generator.randrange(256)
    if generator.random() < 0.3:
        content = content[: generator.randrange(len(content))]
    path = tmp_path / "arrays.npz"
    path.write_bytes(content)
    with suppress(NpzError):
        for name, array in read_all(path).items():
            if name in ARRAYS:
                np.testing.assert_array_equal(array, ARRAYS[name], strict=True)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no FIFOs")
def test_a_fifo_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(OSError, match="not a regular file"):
        read_all(tmp_path / "fifo")
