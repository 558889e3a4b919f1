"""Check batches in every accepted form, and in forms that are rejected."""

import os
import pickle
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from PIL import Image
from scipy.sparse import csr_array

from sklearn_lpr.images import (
    PlateImage,
    SampleError,
    check_images,
    object_array,
    read_samples,
)

GREY = np.arange(24 * 94, dtype=np.uint32).reshape(24, 94).astype(np.uint8)
RGB = np.stack([GREY, GREY + 1, GREY + 2], axis=2)


@pytest.fixture
def paths(tmp_path):
    paths = [tmp_path / "京A1.png", tmp_path / "b.png"]
    for path in paths:
        Image.fromarray(RGB).save(path)
    return paths


@pytest.mark.parametrize(
    "X",
    [
        np.stack([RGB, RGB]),
        np.stack([GREY, GREY])[..., None],
        [GREY, RGB],
        (RGB, GREY[..., None]),
        object_array([RGB, RGB]),
        object_array([RGB, GREY[:10]]),
        [PlateImage(RGB), GREY],
        pd.Series([RGB, GREY], index=[7, 3]),
    ],
    ids=[
        "4-D colour",
        "4-D grey",
        "list",
        "tuple",
        "objects of one shape",
        "objects",
        "mixed",
        "Series",
    ],
)
def test_arrays(X):
    samples = check_images(X)
    assert all(isinstance(sample, PlateImage) for sample in samples)
    values = X.to_numpy() if isinstance(X, pd.Series) else X
    for sample, given in zip(samples, values, strict=True):
        pixels = given.source if isinstance(given, PlateImage) else given
        assert np.shares_memory(sample.source, pixels)
        np.testing.assert_array_equal(sample.pixels(), pixels)


@pytest.mark.parametrize(
    "container",
    [
        list,
        tuple,
        lambda paths: list(map(str, paths)),
        lambda paths: np.array(list(map(str, paths))),
        lambda paths: np.array(paths),
        lambda paths: pd.Series(list(map(str, paths)), index=[5, 2]),
        lambda paths: pd.Series(paths, index=[5, 2]),
        lambda paths: pd.DataFrame({"file": list(map(str, paths))})["file"],
        lambda paths: [PlateImage(path) for path in paths],
    ],
)
def test_paths(container, paths):
    samples = check_images(container(paths))
    assert [Path(sample.source) for sample in samples] == paths
    for pixels in read_samples(samples):
        np.testing.assert_array_equal(pixels, RGB)


def test_a_plate_image_is_returned_unchanged():
    sample = PlateImage(RGB, [[1, 2], [90, 2], [90, 20], [1, 20]])
    assert check_images([sample])[0] is sample


def test_read_only_memmap(tmp_path):
    np.save(tmp_path / "X.npy", np.stack([RGB, RGB]))
    X = np.load(tmp_path / "X.npy", mmap_mode="r")
    samples = check_images(X)
    assert np.shares_memory(samples[1].pixels(), X)


def test_no_file_is_read(tmp_path):
    (tmp_path / "text.png").write_text("no image")
    samples = check_images([tmp_path / "text.png"])
    with pytest.raises(SampleError, match=r"Sample 0: .*text\.png' \(8 bytes\) is not an image"):
        list(read_samples(samples))


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("gone.png", r"Sample 2: there is no file '.*gone\.png'"),
        (".", "Sample 2: '.*' is a folder; pass the paths of the files in it"),
    ],
)
def test_a_missing_file_is_found_before_any_is_read(tmp_path, paths, missing, message):
    with pytest.raises(SampleError, match=message):
        check_images([*paths, tmp_path / missing])


def test_samples_are_read_one_after_the_other(paths):
    samples = read_samples(check_images(paths))
    next(samples)
    paths[1].unlink()  # the file has not been read in advance
    with pytest.raises(SampleError, match=r"Sample 1: .*b\.png' cannot be opened"):
        next(samples)


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        (None, TypeError, "X is a NoneType"),
        (5, TypeError, "X is a int"),
        ({"a.png"}, TypeError, "X is a set"),
        ((x for x in [RGB]), TypeError, "X is a generator"),
        (csr_array(GREY), TypeError, "X is a sparse csr_array"),
        ("a.png", TypeError, "X is one sample, 'a.png'; pass a list of samples"),
        (Path("a.png"), TypeError, "X is one sample"),
        (b"a.png", TypeError, "X is one sample"),
        (PlateImage(RGB), TypeError, "X is one sample, .*PlateImage"),
        (Image.fromarray(RGB), TypeError, "X is one sample, .*PIL"),
        ([], ValueError, "X is empty: found 0 sample"),
        (np.zeros((0, 24, 94, 3), np.uint8), ValueError, "X is empty: found 0 sample"),
        (np.empty(0, object), ValueError, "X is empty: found 0 sample"),
        (GREY, ValueError, r"X has shape \(24, 94\)"),
        (RGB, ValueError, r"X has shape \(24, 94, 3\)"),
        (RGB[None, None], ValueError, r"X has shape \(1, 1, 24, 94, 3\)"),
        (np.array("a.png"), ValueError, r"X has shape \(\)"),
        (np.array([["a.png"]]), ValueError, r"X has shape \(1, 1\)"),
        (
            np.array([RGB, RGB], dtype=object),
            ValueError,
            r"X has shape \(2, 24, 94, 3\) and dtype o",
        ),
        (pd.DataFrame({"a": ["a.png"], "b": ["b.png"]}), ValueError, r"X has shape \(1, 2\)"),
        (pd.DataFrame({"grey": [1, 2]}), ValueError, r"X has shape \(2, 1\)"),
        (pd.DataFrame(GREY), ValueError, r"X has shape \(24, 94\)"),
        (np.zeros((1, 24, 94, 3)), ValueError, "X: the dtype is float64; images are uint8"),
        (np.full((1, 24, 94, 3), np.nan), ValueError, "X: the dtype is float64"),
        (np.zeros((1, 24, 94, 3), bool), ValueError, "X: the dtype is bool"),
        (np.zeros((1, 24, 94, 2), np.uint8), ValueError, "X: there are 2 channels"),
        (np.zeros((1, 24, 94, 4), np.uint8), ValueError, "X: there are 4 channels"),
        (
            np.zeros((1, 3, 24, 94), np.uint8),
            ValueError,
            "X: there are 94 channels .* channels last",
        ),
        (
            np.zeros((1, 0, 94, 3), np.uint8),
            ValueError,
            r"X: the shape is \(1, 0, 94, 3\); the image has no pixels",
        ),
        (np.zeros((1, 24, 94, 0), np.uint8), ValueError, "the image has no pixels"),
    ],
)
def test_refused_batches(X, error, message):
    with pytest.raises(error, match=message):
        check_images(X)


@pytest.mark.parametrize(
    ("sample", "error", "message"),
    [
        (None, ValueError, "Sample 1: None of type NoneType is not an image"),
        (float("nan"), ValueError, "Sample 1: nan of type float"),
        (b"a.png", ValueError, "Sample 1: b'a.png' of type bytes"),
        (GREY.tolist(), ValueError, "Sample 1: .* of type list"),
        (csr_array(GREY), ValueError, "Sample 1: .* of type csr_array"),
        ({"bytes": None, "path": None}, ValueError, "Sample 1: None of type NoneType"),
        ({"bytes": b"text", "path": "a.png"}, ValueError, "Sample 1: b'text' of type bytes"),
        ({"image": RGB}, ValueError, "Sample 1: .* of type dict"),
        (GREY[0], ValueError, r"Sample 1: the shape is \(94,\)"),
        (RGB[None], ValueError, r"Sample 1: the shape is \(1, 24, 94, 3\)"),
        (GREY / 255, ValueError, "Sample 1: the dtype is float64"),
        (np.full((24, 94), np.nan), ValueError, "Sample 1: the dtype is float64"),
        (GREY.astype(np.uint16), ValueError, "Sample 1: the dtype is uint16"),
        (RGB[..., :2], ValueError, "Sample 1: there are 2 channels"),
        (np.moveaxis(RGB, 2, 0), ValueError, "Sample 1: there are 94 channels"),
        (GREY[:0], ValueError, r"Sample 1: the shape is \(0, 94\); the image has no pixels"),
        (GREY[:, :0], ValueError, r"Sample 1: the shape is \(24, 0\); the image has no pixels"),
        (PlateImage(GREY[:0]), ValueError, "Sample 1: .* no pixels"),
        ("gone.png", SampleError, "Sample 1: there is no file 'gone.png'"),
        (PlateImage("gone.png"), SampleError, "Sample 1: there is no file 'gone.png'"),
        ("", SampleError, "Sample 1: there is no file ''"),
        (PlateImage("."), SampleError, r"Sample 1: '\.' is a folder"),
    ],
)
def test_refused_samples_are_named(sample, error, message):
    with pytest.raises(error, match=message):
        check_images([RGB, sample])


def test_messages_are_short():
    with pytest.raises(SampleError) as caught:
        check_images([np.zeros((500, 500), np.uint8).tolist()])
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "items", [[RGB, RGB], [RGB, GREY], [[1, 2], [3, 4]], ["a", None], []], ids=len
)
def test_object_array_does_not_split_items(items):
    array = object_array(items)
    assert array.dtype == object
    assert array.shape == (len(items),)
    assert all(ours is given for ours, given in zip(array, items, strict=True))


def test_inputs_are_not_modified():
    X = [GREY.copy(), RGB.copy()]
    given = list(X)
    check_images(X)
    assert all(a is b for a, b in zip(X, given, strict=True))
    np.testing.assert_array_equal(X[0], GREY)


def encoded(suffix):
    return cv2.imencode(suffix, RGB[:, :, ::-1])[1].tobytes()


@pytest.mark.parametrize(
    "sample",
    [
        encoded(".png"),
        Image.fromarray(RGB),
        {"bytes": encoded(".png"), "path": None},
        {"bytes": encoded(".bmp"), "path": "elsewhere.bmp"},
        PlateImage(encoded(".tiff"), corners=[[1, 2], [90, 2], [90, 20], [1, 20]]),
    ],
    ids=["bytes", "Pillow", "dict", "dict with path", "PlateImage"],
)
@pytest.mark.parametrize("container", [list, object_array, pd.Series])
def test_encoded_and_pillow_images(sample, container):
    samples = check_images(container([GREY, sample]))
    np.testing.assert_array_equal(samples[1].pixels(), RGB)
    assert "0, 0" not in repr(samples[1])
    copied = pickle.loads(pickle.dumps(samples[1]))
    np.testing.assert_array_equal(copied.pixels(), RGB)


def test_a_dict_without_bytes_is_a_path(paths):
    (sample,) = check_images([{"bytes": None, "path": str(paths[0])}])
    np.testing.assert_array_equal(sample.pixels(), RGB)


def test_damaged_bytes_name_the_sample():
    samples = check_images([RGB, encoded(".png")[:-30]])
    with pytest.raises(SampleError, match="Sample 1: the encoded image cannot be decoded"):
        list(read_samples(samples))


def test_a_data_frame_with_one_column_of_paths(paths):
    samples = check_images(pd.DataFrame({"file": list(map(str, paths))}, index=[5, 2]))
    assert [Path(sample.source) for sample in samples] == paths


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no FIFOs")
def test_a_fifo_is_rejected(tmp_path):
    os.mkfifo(tmp_path / "photo.jpg")
    with pytest.raises(SampleError, match=r"Sample 0: '.*photo\.jpg' is not a regular file"):
        check_images([tmp_path / "photo.jpg"])
