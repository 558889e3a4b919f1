"""What a transformer of plates must do."""

import numpy as np
from sklearn import config_context

from ..images import PlateImage
from ._subject import Subject, assert_same, check_that

__all__ = ["TRANSFORMER_CHECKS"]

# A batch that no 4-D array holds: sizes differ, grey and RGB.
_SHAPES = [(24, 94, 3), (31, 62), (18, 70, 1), (60, 120, 3)]


def check_fit_transform_agrees(subject: Subject) -> None:
    """Check that ``fit_transform`` gives what ``fit`` and ``transform`` give."""
    found = list(subject.new().fit_transform(subject.samples))
    assert_same(found, subject.answers, "By fit_transform")


def check_output_is_a_batch(subject: Subject) -> None:
    """Check that the output is an array with one entry a sample, of its own memory."""
    for name, X in subject.containers.items():
        result = subject.fitted.transform(X)
        check_that(
            isinstance(result, np.ndarray) and len(result) == len(X),
            f"Given {name}, transform gives a {type(result).__name__} of {len(result)}; give an "
            f"array of {len(X)} entries, one a sample.",
        )
        check_that(
            (result.dtype == object and result.ndim == 1)
            or (result.dtype == np.uint8 and result.ndim >= 4),
            f"Given {name}, transform gives an array of shape {result.shape} and dtype "
            f"{result.dtype}; give uint8 images in a 4-D array, or a 1-D object array.",
        )
        # The container must not depend on the data: one sample has that of many.
        single = subject.fitted.transform(X[:1])
        check_that(
            single.dtype == result.dtype and single.ndim == result.ndim,
            f"One sample gives an array of {single.ndim} dimensions and dtype {single.dtype}, "
            f"{len(X)} give {result.ndim} and {result.dtype}.",
        )
        if isinstance(X, np.ndarray) and X.dtype == np.uint8:
            shared = any(np.shares_memory(item, X) for item in result)
            check_that(not shared, "The output shares memory with the input; copy.")


def check_ragged_batches(subject: Subject) -> None:
    """Check that samples of different sizes and channels are transformed as each of them alone."""
    if not subject.takes_images or subject.has_corners:
        return
    rng = np.random.default_rng(0)
    X = [rng.integers(0, 256, shape, dtype=np.uint8) for shape in _SHAPES]
    together = subject.ask(subject.fitted, X)
    for index, sample in enumerate(X):
        alone = subject.ask(subject.fitted, [sample])
        assert_same(together[index : index + 1], alone, f"Among sizes {_SHAPES}")


def check_blank_samples_pass(subject: Subject) -> None:
    """Check that a sample whose pixels are all equal holds no plate, and stays so."""
    if not subject.takes_images:
        return
    for value in (0, 128, 255):
        blank = np.full((24, 94, 3), value, np.uint8)
        (found,) = subject.ask(subject.fitted, [PlateImage(blank)])
        check_that(
            np.size(found) == 0 or np.ptp(found) == 0,
            f"A blank sample (all pixels {value}) becomes one that is not blank.",
        )


def check_global_output_setting_is_harmless(subject: Subject) -> None:
    """Check that ``set_config(transform_output="pandas")`` changes nothing: images are no table."""
    with config_context(transform_output="pandas"):
        found = subject.fitted.transform(subject.samples)
    check_that(
        isinstance(found, np.ndarray),
        f'Under transform_output="pandas", transform gives a {type(found).__name__}; define no '
        "get_feature_names_out.",
    )
    assert_same(list(found), subject.answers, 'Under transform_output="pandas"')


TRANSFORMER_CHECKS = (
    check_fit_transform_agrees,
    check_output_is_a_batch,
    check_ragged_batches,
    check_blank_samples_pass,
    check_global_output_setting_is_harmless,
)
