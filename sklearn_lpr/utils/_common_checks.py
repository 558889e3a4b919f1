"""Checks of all estimators, transformers and recognizers."""

import contextlib
import copy
import inspect
import io
import pickle
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import joblib
import numpy as np
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from ..images import PlateImage
from ._checked_estimator import CheckedEstimator, assert_same, check_that
from ._global_state import changed_names, global_state, preserved_global_state

__all__ = ["COMMON_CHECKS"]

# More samples than estimators usually process in one batch.
_MANY = 300


def check_init_only_stores(case: CheckedEstimator) -> None:
    """Check that ``__init__`` stores its parameters unchanged and does nothing else."""
    estimator_class = type(case.estimator)
    params = {
        name: copy.deepcopy(value) for name, value in case.estimator.get_params(deep=False).items()
    }
    instance = estimator_class(**params)
    names = set(inspect.signature(estimator_class.__init__).parameters) - {"self"}
    check_that(
        set(params) == names,
        f"get_params returns {sorted(params)}, but __init__ has {sorted(names)}.",
    )
    check_that(
        set(vars(instance)) == names,
        f"__init__ sets other attributes than its parameters: "
        f"{sorted(set(vars(instance)) ^ names)}; compute derived values in fit.",
    )
    for name, value in params.items():
        check_that(
            getattr(instance, name) is value,
            f"__init__ stores {getattr(instance, name)!r} as {name!r}, not the object that was "
            f"passed, {value!r}; validate and convert parameters in fit.",
        )


def check_parameters_round_trip(case: CheckedEstimator) -> None:
    """Check that ``get_params``, ``set_params``, ``clone`` and ``repr`` are consistent."""
    estimator = case.new()
    before = joblib.hash(estimator.get_params())
    check_that(
        estimator.set_params(**estimator.get_params(deep=False)) is estimator,
        "set_params does not return the estimator.",
    )
    check_that(
        joblib.hash(estimator.get_params()) == before,
        "set_params(**get_params()) changes parameters.",
    )
    check_that(joblib.hash(clone(estimator).get_params()) == before, "clone has other parameters.")
    check_that(type(estimator).__name__ in repr(estimator), f"repr returns {estimator!r}.")


def check_fit_returns_self(case: CheckedEstimator) -> None:
    """Check that ``fit`` returns the estimator, and that parameters do not change."""
    estimator = case.new()
    before = _hash_params(estimator)
    returned = case.fit(estimator, case.samples)
    check_that(returned is estimator, f"fit returns {returned!r} instead of the estimator.")
    _check_params(estimator, before, "fit")
    for method in ("transform", "read", "predict", "score_samples"):
        if hasattr(estimator, method):
            getattr(estimator, method)(case.samples)
            _check_params(estimator, before, method)


def check_inputs_are_not_modified(case: CheckedEstimator) -> None:
    """Check that no method modifies its input, which may be read-only."""
    before = [joblib.hash(_content(sample)) for sample in case.samples]
    writeable = [copy.deepcopy(_content(sample)) for sample in case.samples]
    for samples in (case.samples, _with_contents(case.samples, writeable)):
        X, y = list(samples), copy.deepcopy(case.texts)
        if y is not None:
            y.flags.writeable = samples is not case.samples
        try:
            estimator = case.new().fit(X, y) if case.is_recognizer else case.new().fit(X)
            case.apply(estimator, X)
        except ValueError as error:
            if "read-only" not in str(error):
                raise
            raise AssertionError(f"The input is modified: {error}") from error
        check_that(
            len(X) == len(samples) and all(a is b for a, b in zip(X, samples, strict=True)),
            "The list of samples is modified.",
        )
        check_that(y is None or np.array_equal(y, case.texts), f"The texts y are modified: {y!r}.")
        for index, sample in enumerate(samples):
            check_that(
                joblib.hash(_content(sample)) == before[index],
                f"Sample {index} of the input is modified.",
            )


def check_global_state_is_not_changed(case: CheckedEstimator) -> None:
    """Check that random states, settings of libraries and the working directory do not change."""
    with preserved_global_state():
        # Libraries that the first fit imports set variables, and may draw random numbers.
        _ = case.outputs
    random_states = (0, None) if "random_state" in case.estimator.get_params() else (0,)
    for random_state in random_states:
        with preserved_global_state():
            before = global_state()
            case.apply(case.fit(case.new(random_state), case.samples), case.samples)
            changed = changed_names(before, global_state())
        check_that(
            not changed,
            f"With random_state={random_state!r} the estimator changes {', '.join(changed)}. Use "
            "numpy.random.default_rng or check_random_state(random_state) for random numbers, "
            "restore settings, and write no files into the working directory.",
        )


def check_fits_repeat(case: CheckedEstimator) -> None:
    """Check that fits with the same random state are equal, and independent of earlier fits."""
    expected = [_copied(output) for output in case.outputs]
    estimator = case.new()
    numpy_state, python_state = np.random.get_state(), random.getstate()  # noqa: NPY002
    try:
        np.random.seed(1)  # noqa: NPY002
        random.seed(1)
        case.fit(estimator, case.samples[::-1])
        assert_same(
            case.apply(case.fitted, case.samples), expected, "After another estimator is fitted"
        )
        case.fit(estimator, case.samples)
    finally:
        np.random.set_state(numpy_state)  # noqa: NPY002
        random.setstate(python_state)
    assert_same(
        case.apply(estimator, case.samples),
        expected,
        "Fitted again with the same random_state",
    )


def check_verbose_has_no_effect(case: CheckedEstimator) -> None:
    """Check that the parameter ``verbose`` does not change outputs."""
    value = case.estimator.get_params().get("verbose")
    if value is None:
        return
    for other in (0, 1, 2) if not isinstance(value, bool) else (False, True):
        if other == value:
            continue
        estimator = case.new().set_params(verbose=type(value)(other))
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            outputs = case.apply(case.fit(estimator, case.samples), case.samples)
        assert_same(outputs, case.outputs, f"With verbose={other}")


def check_order_and_number_are_kept(case: CheckedEstimator) -> None:
    """Check that each sample has one output, which does not depend on the other samples."""
    n_samples = len(case.samples)
    outputs = case.outputs
    check_that(
        len(outputs) == n_samples, f"{n_samples} samples have {len(outputs)} outputs; drop none."
    )
    order = np.random.default_rng(0).permutation(n_samples).tolist()
    choices = {
        "In another order": order,
        "In part": order[: max(1, n_samples // 3)],
        "Twice each": [index for index in order for _ in range(2)],
        f"In a batch of {_MANY}": [index % n_samples for index in range(_MANY)],
        **{f"Sample {index} alone": [index] for index in range(n_samples)},
    }
    for circumstance, indices in choices.items():
        found = case.apply(case.fitted, [case.samples[index] for index in indices])
        assert_same(found, [outputs[index] for index in indices], circumstance)


def check_earlier_calls_do_not_matter(case: CheckedEstimator) -> None:
    """Check that outputs do not depend on earlier calls, and do not change in later ones."""
    first = case.apply(case.fitted, case.samples)
    expected = [_copied(output) for output in first]
    case.apply(case.fitted, case.samples[-1:])
    case.apply(case.fitted, case.samples[::-1])
    assert_same(first, expected, "After later calls")
    assert_same(case.apply(case.fitted, case.samples), expected, "In a later call")


def check_containers_agree(case: CheckedEstimator) -> None:
    """Check that all containers of the same samples have the same outputs, in ``fit`` too."""
    for name, X in case.containers.items():
        assert_same(case.apply(case.fitted, X), case.outputs, f"With {name}")
        if case.is_recognizer:
            check_that(
                case.fitted.predict(X).tolist() == [output.text for output in case.outputs],
                f"predict of {name} differs from the texts of read.",
            )
            confidences = [output.confidence for output in case.outputs]
            check_that(
                np.allclose(case.fitted.score_samples(X), confidences, rtol=0, atol=1e-3),
                f"score_samples of {name} differs from the confidences of read.",
            )
        else:  # recognizers train for long; they are fitted to one other container
            outputs = case.apply(case.fit(case.new(), X), X)
            assert_same(outputs, case.outputs, f"Fitted to {name}")
    if case.is_recognizer:
        name, X = list(case.containers.items())[-1]
        outputs = case.apply(case.fit(case.new(), X), X)
        assert_same(outputs, case.outputs, f"Fitted to {name}")


def check_pickles(case: CheckedEstimator) -> None:
    """Check that an unpickled estimator has the same outputs, fitted or not."""
    loaded = _pickled(case.fitted)
    assert_same(case.apply(loaded, case.samples), case.outputs, "After pickling")
    unfitted = _pickled(case.new())
    outputs = case.apply(case.fit(unfitted, case.samples), case.samples)
    assert_same(outputs, case.outputs, "Pickled, then fitted")


def check_clone_is_not_fitted(case: CheckedEstimator) -> None:
    """Check that ``clone`` drops the fitted state, and that NotFittedError is raised."""
    unfitted = clone(case.fitted)
    left = [name for name in vars(unfitted) if name.endswith("_") and not name.startswith("_")]
    check_that(not left, f"After clone there are fitted attributes: {left}.")
    if not case.requires_fit:
        outputs = case.apply(unfitted, case.samples)
        assert_same(outputs, case.outputs, "Without fit, though the tags have requires_fit=False")
        return
    methods = ("read", "predict", "score_samples") if case.is_recognizer else ("transform",)
    for method in methods:
        try:
            getattr(unfitted, method)(case.samples)
        except NotFittedError:
            continue
        raise AssertionError(f"{method} works before fit; raise NotFittedError.")


def check_threads_agree(case: CheckedEstimator) -> None:
    """Check that several threads can use a fitted estimator at the same time."""
    fitted = _pickled(case.fitted)  # without caches that the first use creates
    with ThreadPoolExecutor(4) as threads:
        futures = [threads.submit(case.apply, fitted, case.samples) for _ in range(8)]
        for future in futures:
            assert_same(future.result(), case.outputs, "In several threads")


def check_tags(case: CheckedEstimator) -> None:
    """Check that, according to the tags, X is not a table."""
    tags = get_tags(case.estimator)
    check_that(
        not tags.input_tags.two_d_array,
        "According to the tags X is a table; set tags.input_tags.two_d_array = False.",
    )
    if case.is_recognizer:
        check_that(tags.target_tags.required, "According to the tags y is not required.")
        check_that(
            tags.estimator_type is None,
            f"The tags have estimator_type={tags.estimator_type!r}, so that cross-validation "
            "stratifies by text, and each text is a class; set None.",
        )


def check_invalid_batches_are_rejected(case: CheckedEstimator) -> None:
    """Check that invalid batches raise ValueError or TypeError in all methods."""
    bad: dict[str, Any] = {
        "nothing": [],
        "None": None,
        "a number": 3,
        "a table of numbers": np.zeros((len(case.samples), 5)),
        "images with NaN": np.full((len(case.samples), 24, 94, 3), np.nan),
        "a sparse matrix": csr_matrix(np.eye(len(case.samples))),
    }
    for name, X in bad.items():
        _check_rejected(case, X, name)


def check_invalid_samples_are_named(case: CheckedEstimator) -> None:
    """Check that the error of an invalid sample names its index."""
    place = len(case.samples) // 2
    bad = {
        "None among the samples": None,
        "a number among the samples": 7,
        "a sample of floats": np.full((24, 94, 3), 0.5),
        "a sample of five channels": np.zeros((24, 94, 5), np.uint8),
    }
    if case.takes_images:
        bad["a path without a file"] = "no such file.png"  # type: ignore[assignment]
    for name, sample in bad.items():
        X = list(case.samples)
        X[place] = sample
        _check_rejected(case, X, name, mention=str(place))


def _check_rejected(case: CheckedEstimator, X: Any, name: str, mention: str = "") -> None:
    unfitted = case.new()

    def apply() -> None:
        case.apply(case.fitted, X)

    def fit() -> None:
        case.fit(unfitted, X)

    for verb, attempt in (
        ("prediction" if case.is_recognizer else "transform", apply),
        ("fit", fit),
    ):
        try:
            attempt()
        except (ValueError, TypeError) as error:
            check_that(
                mention in str(error),
                f"The error about {name} does not name the index of the sample, {mention}: {error}",
            )
            continue
        except Exception as error:
            raise AssertionError(
                f"With {name}, {verb} raises {type(error).__name__} ({error}); raise a ValueError "
                "or TypeError that names the valid input."
            ) from error
        raise AssertionError(f"With {name}, {verb} raises nothing.")
    check_not_fitted(case, unfitted, name)


def check_not_fitted(case: CheckedEstimator, estimator: Any, name: str) -> None:
    """Check that an estimator whose ``fit`` raised an error is not fitted."""
    if not case.requires_fit:
        return
    try:
        check_is_fitted(estimator)
    except NotFittedError:
        return
    raise AssertionError(
        f"The estimator is fitted after an error in fit with {name}; set fitted attributes at the "
        "end of fit."
    )


def _hash_params(estimator: Any) -> dict[str, Any]:
    return {name: joblib.hash(value) for name, value in estimator.get_params().items()}


def _check_params(estimator: Any, before: dict[str, Any], method: str) -> None:
    for name, value in estimator.get_params().items():
        check_that(
            joblib.hash(value) == before.get(name),
            f"{method} changes the parameter {name!r} to {value!r}; store the result of fit in an "
            "attribute that ends in _.",
        )


def _pickled(estimator: Any) -> Any:
    try:
        return pickle.loads(pickle.dumps(estimator))
    except Exception as error:
        raise AssertionError(f"The estimator cannot be pickled: {error}") from error


def _copied(output: Any) -> Any:
    return output.copy() if isinstance(output, np.ndarray) else output


def _content(sample: Any) -> Any:
    return sample.source if isinstance(sample, PlateImage) else sample


def _with_contents(samples: list[Any], contents: list[Any]) -> list[Any]:
    """Return samples of the same types with other contents."""
    return [
        PlateImage(content, sample.corners) if isinstance(sample, PlateImage) else content
        for sample, content in zip(samples, contents, strict=True)
    ]


COMMON_CHECKS = (
    check_init_only_stores,
    check_parameters_round_trip,
    check_inputs_are_not_modified,
    check_fit_returns_self,
    check_global_state_is_not_changed,
    check_fits_repeat,
    check_verbose_has_no_effect,
    check_order_and_number_are_kept,
    check_earlier_calls_do_not_matter,
    check_containers_agree,
    check_pickles,
    check_clone_is_not_fitted,
    check_threads_agree,
    check_tags,
    check_invalid_batches_are_rejected,
    check_invalid_samples_are_named,
)
