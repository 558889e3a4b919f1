"""Check the transformers on images of any size and content."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sklearn_lpr import PlateImage
from sklearn_lpr.detection import ContourPlateDetector
from sklearn_lpr.preprocessing import (
    CharacterSegmenter,
    PlateCropper,
    PlateNormalizer,
    RowJoiner,
)

sizes = st.integers(1, 80)
BLANK = np.zeros((1, 1), np.uint8)
contrasts = st.sampled_from([None, "equalize", "clahe", "stretch"])
colors = st.sampled_from(["rgb", "grey"])
aspects = st.sampled_from(["stretch", "pad"])


@st.composite
def images(draw, sizes=sizes):
    """Return read-only noise, stripes or blocks of few or many levels; grey or RGB."""
    height, width = draw(sizes), draw(sizes)
    shape = (height, width, *draw(st.sampled_from([(), (1,), (3,)])))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    levels = rng.integers(0, 256, draw(st.sampled_from([1, 2, 3, 256])), dtype=np.uint8)
    pixels = rng.choice(levels, shape)
    rows, columns = (
        np.arange(length) // draw(st.integers(1, 20)) * draw(st.integers(0, 1))
        for length in (height, width)
    )
    pixels = pixels[np.ix_(rows, columns)]
    pixels.flags.writeable = False
    return pixels


batches = st.lists(images(), min_size=1, max_size=4)


def transformed(transformer, X):
    """Transform a batch; check that results do not depend on it and that it is not modified."""
    before = [pixels.copy() for pixels in X]
    results = transformer.transform(X)
    assert len(results) == len(X)
    for pixels, copy, result in zip(X, before, results, strict=True):
        np.testing.assert_array_equal(pixels, copy)
        np.testing.assert_array_equal(transformer.transform([pixels])[0], result)
        assert result.dtype == np.uint8
        assert not np.shares_memory(result, pixels)
    return results


@pytest.mark.filterwarnings("ignore:.*seem to have three rows")
@given(batches, st.sampled_from(["auto", 1, 2]))
def test_joined_rows_keep_their_channels(X, rows):
    joiner = RowJoiner(rows=rows)
    for pixels, result, count in zip(X, transformed(joiner, X), joiner.count_rows(X), strict=True):
        grey = pixels.ndim == 2 or pixels.shape[2] == 1
        assert result.ndim == (2 if grey else 3)
        assert result.size > 0
        if count == 1:
            np.testing.assert_array_equal(
                result, pixels[:, :, 0] if pixels.ndim > 2 and grey else pixels
            )


@given(batches, st.integers(1, 40), st.integers(1, 100), colors, aspects, contrasts)
def test_normalized_plates_have_one_size(X, height, width, color, aspect, contrast):
    normalizer = PlateNormalizer(
        height=height, width=width, color=color, aspect=aspect, contrast=contrast
    )
    results = transformed(normalizer, X)
    assert results.shape == (len(X), height, width, 1 if color == "grey" else 3)
    for pixels, result in zip(X, results, strict=True):
        if contrast is None and np.ptp(pixels) == 0:
            np.testing.assert_array_equal(result, pixels.flat[0])


@given(
    batches,
    st.none() | st.integers(1, 9) | st.tuples(st.integers(1, 4), st.integers(4, 9)),
    st.integers(1, 40),
    st.integers(1, 40),
    colors,
    aspects,
    contrasts,
    st.floats(0, 1),
)
def test_there_is_one_segment_of_the_given_size_per_box(
    X, n_characters, height, width, color, aspect, contrast, margin
):
    segmenter = CharacterSegmenter(
        n_characters, height, width, color=color, aspect=aspect, contrast=contrast, margin=margin
    )
    results = transformed(segmenter, X)
    assert results.dtype == object
    for pixels, segments, found in zip(X, results, segmenter.segment(X), strict=True):
        assert segments.shape[1:] == (height, width, 1 if color == "grey" else 3)
        assert len(segments) == len(found.boxes) == len(found.scores)
        assert (found.boxes[:, 2:] > 0).all()
        assert ((found.scores > 0) & (found.scores < 1)).all()
        assert (np.diff(found.boxes[:, 0] + found.boxes[:, 2] / 2) >= 0).all()
        if np.ptp(pixels) == 0:
            assert len(segments) == 0
        if n_characters is not None:
            most = n_characters if isinstance(n_characters, int) else n_characters[1]
            assert len(segments) <= most


@st.composite
def scenes(draw):
    """Return an image with a rectangle like a plate, which may extend beyond its edges."""
    pixels = draw(images(st.integers(40, 160))).copy()
    height = draw(st.integers(8, 30))
    plate = np.full((height, draw(st.integers(2, 5)) * height), draw(st.sampled_from([60, 230])))
    pitch = draw(st.integers(4, 12))
    for left in range(2, plate.shape[1] - 2, pitch):
        plate[2:-2, left : left + pitch // 2] = 140
    top, left = (draw(st.integers(-10, length - 10)) for length in pixels.shape[:2])
    part = plate[max(0, -top) :, max(0, -left) :]
    window = pixels[max(0, top) :, max(0, left) :][: part.shape[0], : part.shape[1]]
    part = part[: window.shape[0], : window.shape[1]]
    window[:] = part if pixels.ndim == 2 else part[..., np.newaxis]
    return pixels


@given(scenes(), st.booleans())
def test_every_detected_plate_can_be_cropped(pixels, rectify):
    detector = ContourPlateDetector(threshold=0)
    [(found, _)] = detector.detect_all([pixels])
    cropper = PlateCropper(margin=0.1, rectify=rectify)
    for crop in cropper.transform([PlateImage(pixels, corners) for corners in found] or [BLANK]):
        assert crop.size > 0
    (best,) = detector.detect([pixels])
    assert (best is None) == (len(found) == 0)
    assert best is None or (best == found[0]).all()
