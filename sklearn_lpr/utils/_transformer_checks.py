"""Checks of transformers."""

from typing import Any

import numpy as np
from sklearn import config_context

from ..images import PlateImage
from ._checked_estimator import CheckedEstimator, assert_same, check_that, pixels_of

__all__ = ["TRANSFORMER_CHECKS"]

# Shapes of a batch that does not fit in a 4-D array, of grey and RGB images.
_SHAPES = [(24, 94, 3), (31, 62), (18, 70, 1), (60, 120, 3)]


def check_fit_transform_agrees(case: CheckedEstimator) -> None:
    """Check that ``fit_transform`` returns the result of ``fit`` and ``transform``."""
    found = list(case.new().fit_transform(case.samples))
    assert_same(found, case.outputs, "With fit_transform")


def check_output_is_a_batch(case: CheckedEstimator) -> None:
    """Check that the output is an array with one item per sample, and shares no memory."""
    for name, X in case.containers.items():
        result = case.fitted.transform(X)
        check_that(
            isinstance(result, np.ndarray) and len(result) == len(X),
            f"With {name}, transform returns a {type(result).__name__} of length {len(result)}; "
            f"return an array of {len(X)} items, one per sample.",
        )
        check_that(
            (result.dtype == object and result.ndim == 1)
            or (result.dtype == np.uint8 and result.ndim >= 4),
            f"With {name}, transform returns an array of shape {result.shape} and dtype "
            f"{result.dtype}; return uint8 images in a 4-D array, or a 1-D object array.",
        )
        for index, item in enumerate(result):
            _check_item(item, f"With {name}, item {index}")
        check_that(
            len({item.ndim for item in result if item.size}) <= 1,
            f"With {name}, the items have different numbers of dimensions: "
            f"{[item.ndim for item in result]}.",
        )
        # The container must not depend on the data, such as the number of samples.
        single = case.fitted.transform(X[:1])
        check_that(
            single.dtype == result.dtype and single.ndim == result.ndim,
            f"The output for one sample has {single.ndim} dimensions and dtype {single.dtype}, "
            f"that for {len(X)} samples has {result.ndim} and {result.dtype}.",
        )
        inputs = [sample for sample in X if isinstance(sample, np.ndarray)]
        shared = any(np.shares_memory(item, sample) for item in result for sample in inputs)
        check_that(not shared, "The output shares memory with the input; copy.")


def _check_item(item: Any, name: str) -> None:
    check_that(
        isinstance(item, np.ndarray) and item.dtype == np.uint8,
        f"{name} is a {type(item).__name__} of dtype {getattr(item, 'dtype', None)}; return arrays "
        "of dtype uint8.",
    )
    channels = item.shape[-1] if item.ndim > 2 else 1
    check_that(
        item.ndim in (2, 3, 4) and channels in (1, 3),
        f"{name} has shape {item.shape}; return an image (height, width[, 1 or 3]) or segments "
        "(n_characters, height, width, 1 or 3).",
    )


def check_ragged_batches(case: CheckedEstimator) -> None:
    """Check that outputs for samples of different sizes and channels equal those of each sample."""
    if not case.takes_images or case.has_corners:
        return
    rng = np.random.default_rng(0)
    X = [rng.integers(0, 256, shape, dtype=np.uint8) for shape in _SHAPES]
    together = case.apply(case.fitted, X)
    for index, sample in enumerate(X):
        alone = case.apply(case.fitted, [sample])
        assert_same(together[index : index + 1], alone, f"Among sizes {_SHAPES}")


def check_grey_equals_color(case: CheckedEstimator) -> None:
    """Check that a grey image and an RGB image with equal channels have equal outputs."""
    if not case.takes_images:
        return
    for index, sample in enumerate(case.samples):
        pixels = pixels_of(sample)
        grey = np.ascontiguousarray(pixels if pixels.ndim == 2 else pixels[:, :, 0])
        corners = getattr(sample, "corners", None)
        outputs = [
            case.apply(case.fitted, [PlateImage(image, corners)])[0]
            for image in (np.dstack([grey] * 3), grey, grey[:, :, np.newaxis])
        ]
        expected = _as_rgb(outputs[0])
        for output in outputs[1:]:
            check_that(
                np.array_equal(_as_rgb(output), expected),
                f"Sample {index} in grey has another output than as RGB image with equal channels.",
            )


def _as_rgb(image: Any) -> Any:
    if image.ndim == 2:
        image = image[:, :, np.newaxis]
    return np.repeat(image, 3, axis=-1) if image.shape[-1] == 1 else image


def check_blank_samples_pass(case: CheckedEstimator) -> None:
    """Check that the output for a blank sample, whose pixels are all equal, is blank too."""
    if not case.takes_images:
        return
    for value in (0, 128, 255):
        blank = np.full((24, 94, 3), value, np.uint8)
        (found,) = case.apply(case.fitted, [PlateImage(blank)])
        check_that(
            np.size(found) == 0 or np.ptp(found) == 0,
            f"The output for a blank sample (all pixels are {value}) is not blank.",
        )


def check_global_output_setting_is_harmless(case: CheckedEstimator) -> None:
    """Check that ``set_config(transform_output="pandas")`` has no effect on images."""
    with config_context(transform_output="pandas"):
        found = case.fitted.transform(case.samples)
    check_that(
        isinstance(found, np.ndarray),
        f'With transform_output="pandas", transform returns a {type(found).__name__}; define no '
        "get_feature_names_out.",
    )
    assert_same(list(found), case.outputs, 'With transform_output="pandas"')


TRANSFORMER_CHECKS = (
    check_fit_transform_agrees,
    check_output_is_a_batch,
    check_ragged_batches,
    check_grey_equals_color,
    check_blank_samples_pass,
    check_global_output_setting_is_harmless,
)
