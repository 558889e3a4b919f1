"""What every estimator of plates must do, whether it transforms or reads."""

import copy
import inspect
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

from ..images import PlateImage
from ._subject import Subject, assert_same, check_that

__all__ = ["COMMON_CHECKS"]


def check_init_only_stores(subject: Subject) -> None:
    """Check that ``__init__`` stores its parameters, the very objects, and does nothing else."""
    kind = type(subject.estimator)
    given = {
        name: copy.deepcopy(value)
        for name, value in subject.estimator.get_params(deep=False).items()
    }
    made = kind(**given)
    names = set(inspect.signature(kind.__init__).parameters) - {"self"}
    check_that(
        set(given) == names,
        f"get_params gives {sorted(given)}, but __init__ takes {sorted(names)}.",
    )
    check_that(
        set(vars(made)) == names,
        f"__init__ sets {sorted(set(vars(made)) ^ names)} beside or instead of its parameters; "
        "what is derived from them belongs to fit.",
    )
    for name, value in given.items():
        check_that(
            getattr(made, name) is value,
            f"__init__ stores {getattr(made, name)!r} as {name!r}, not the object that was "
            f"passed, {value!r}; change and check parameters in fit.",
        )


def check_parameters_round_trip(subject: Subject) -> None:
    """Check that ``get_params``, ``set_params``, ``clone`` and ``repr`` agree."""
    estimator = subject.new()
    before = joblib.hash(estimator.get_params())
    check_that(
        estimator.set_params(**estimator.get_params(deep=False)) is estimator,
        "set_params returns something else than the estimator.",
    )
    check_that(
        joblib.hash(estimator.get_params()) == before,
        "set_params(**get_params()) changes parameters.",
    )
    check_that(joblib.hash(clone(estimator).get_params()) == before, "clone has other parameters.")
    check_that(type(estimator).__name__ in repr(estimator), f"repr gives {estimator!r}.")


def check_fit_returns_self(subject: Subject) -> None:
    """Check that ``fit`` returns the estimator and leaves its parameters as they are."""
    estimator = subject.new()
    before = {name: joblib.hash(value) for name, value in estimator.get_params().items()}
    returned = subject.fit(estimator, subject.samples)
    check_that(returned is estimator, f"fit returns {returned!r} instead of the estimator.")
    for name, value in estimator.get_params().items():
        check_that(
            joblib.hash(value) == before.get(name),
            f"fit changes the parameter {name!r} to {value!r}; keep what it learns in an "
            "attribute that ends in _.",
        )


def check_inputs_are_left_alone(subject: Subject) -> None:
    """Check that neither fit nor asking writes into the samples, which may be read-only."""
    before = [joblib.hash(_content(sample)) for sample in subject.samples]
    writeable = [copy.deepcopy(_content(sample)) for sample in subject.samples]
    for samples in (subject.samples, _like(subject.samples, writeable)):
        try:
            subject.ask(subject.fit(subject.new(), samples), samples)
        except ValueError as error:
            if "read-only" not in str(error):
                raise
            raise AssertionError(f"It writes into its input: {error}") from error
        for index, sample in enumerate(samples):
            check_that(
                joblib.hash(_content(sample)) == before[index],
                f"Sample {index} of the input is written into.",
            )


def check_global_random_states_are_left_alone(subject: Subject) -> None:
    """Check that the random states of Python and NumPy are where they were."""
    before = random.getstate(), joblib.hash(np.random.get_state())  # noqa: NPY002
    subject.ask(subject.fit(subject.new(), subject.samples), subject.samples)
    after = random.getstate(), joblib.hash(np.random.get_state())  # noqa: NPY002
    check_that(
        before == after,
        "A global random state is drawn from or seeded; use "
        "numpy.random.default_rng or check_random_state(random_state).",
    )


def check_fits_repeat(subject: Subject) -> None:
    """Check that fits with one seed agree, whatever the global states and earlier fits."""
    again = subject.new()
    numpy_state, python_state = np.random.get_state(), random.getstate()  # noqa: NPY002
    try:
        np.random.seed(1)  # noqa: NPY002
        random.seed(1)
        subject.fit(again, subject.samples[::-1])
        subject.fit(again, subject.samples)
    finally:
        np.random.set_state(numpy_state)  # noqa: NPY002
        random.setstate(python_state)
    assert_same(
        subject.ask(again, subject.samples),
        subject.answers,
        "Fitted again with the same random_state",
    )


def check_order_and_number_are_kept(subject: Subject) -> None:
    """Check that each sample has one answer in its place, which does not depend on the others."""
    n_samples = len(subject.samples)
    answers = subject.answers
    check_that(
        len(answers) == n_samples, f"{n_samples} samples have {len(answers)} answers; drop none."
    )
    order = np.random.default_rng(0).permutation(n_samples).tolist()
    choices = {
        "In another order": order,
        "In part": order[: max(1, n_samples // 3)],
        "Twice each": [index for index in order for _ in range(2)],
        **{f"Sample {index} alone": [index] for index in range(n_samples)},
    }
    for circumstance, indices in choices.items():
        found = subject.ask(subject.fitted, [subject.samples[index] for index in indices])
        assert_same(found, [answers[index] for index in indices], circumstance)


def check_earlier_calls_do_not_matter(subject: Subject) -> None:
    """Check that an answer does not depend on what was asked before."""
    first = subject.ask(subject.fitted, subject.samples)
    subject.ask(subject.fitted, subject.samples[-1:])
    subject.ask(subject.fitted, subject.samples[::-1])
    assert_same(subject.ask(subject.fitted, subject.samples), first, "Asked once more")


def check_containers_agree(subject: Subject) -> None:
    """Check that each container of the same samples gives the same answers, in fit as well."""
    for name, X in subject.containers.items():
        assert_same(subject.ask(subject.fitted, X), subject.answers, f"Given {name}")
        if not subject.is_recognizer:  # recognizers train for long; one container will do
            found = subject.ask(subject.fit(subject.new(), X), X)
            assert_same(found, subject.answers, f"Fitted to {name}")
    if subject.is_recognizer:
        name, X = list(subject.containers.items())[-1]
        found = subject.ask(subject.fit(subject.new(), X), X)
        assert_same(found, subject.answers, f"Fitted to {name}")


def check_pickles(subject: Subject) -> None:
    """Check that a pickle answers as the estimator does, fitted or not."""
    loaded = _pickled(subject.fitted)
    assert_same(subject.ask(loaded, subject.samples), subject.answers, "After pickling")
    unfitted = _pickled(subject.new())
    found = subject.ask(subject.fit(unfitted, subject.samples), subject.samples)
    assert_same(found, subject.answers, "Pickled, then fitted")


def check_clone_is_not_fitted(subject: Subject) -> None:
    """Check that ``clone`` forgets what was learnt; who must be fitted says so."""
    forgotten = clone(subject.fitted)
    left = [name for name in vars(forgotten) if name.endswith("_") and not name.startswith("_")]
    check_that(not left, f"After clone there are fitted attributes: {left}.")
    if not subject.requires_fit:
        found = subject.ask(forgotten, subject.samples)
        assert_same(found, subject.answers, "Not fitted, though the tags say requires_fit=False")
        return
    methods = ("read", "predict", "score_samples") if subject.is_recognizer else ("transform",)
    for method in methods:
        try:
            getattr(forgotten, method)(subject.samples)
        except NotFittedError:
            continue
        raise AssertionError(f"{method} works before fit; raise NotFittedError.")


def check_threads_agree(subject: Subject) -> None:
    """Check that one fitted estimator answers several threads at once."""
    fitted = _pickled(subject.fitted)  # without whatever is made at first use
    with ThreadPoolExecutor(4) as threads:
        futures = [threads.submit(subject.ask, fitted, subject.samples) for _ in range(8)]
        for future in futures:
            assert_same(future.result(), subject.answers, "Asked by several threads")


def check_tags(subject: Subject) -> None:
    """Check that the tags say that samples are no rows of a table."""
    tags = get_tags(subject.estimator)
    check_that(
        not tags.input_tags.two_d_array,
        "The tags say that X is a table; set tags.input_tags.two_d_array = False.",
    )
    if subject.is_recognizer:
        check_that(tags.target_tags.required, "The tags say that y is not required.")
        check_that(
            tags.estimator_type is None,
            f"The tags say estimator_type={tags.estimator_type!r}, so that cross-validation "
            "would stratify by text, and every text is a class of its own; set None.",
        )


def check_bad_batches_are_refused(subject: Subject) -> None:
    """Check that what is no batch is a ValueError or TypeError, in fit and when asked."""
    bad: dict[str, Any] = {
        "nothing": [],
        "None": None,
        "a number": 3,
        "a table of numbers": np.zeros((len(subject.samples), 5)),
        "images with NaN": np.full((len(subject.samples), 24, 94, 3), np.nan),
        "a sparse matrix": csr_matrix(np.eye(len(subject.samples))),
    }
    for name, X in bad.items():
        _refuses(subject, X, name)


def check_bad_samples_are_named(subject: Subject) -> None:
    """Check that an error about one sample names its index."""
    place = len(subject.samples) // 2
    bad = {
        "None among the samples": None,
        "a number among the samples": 7,
        "a sample of floats": np.full((24, 94, 3), 0.5),
        "a sample of five channels": np.zeros((24, 94, 5), np.uint8),
    }
    if subject.takes_images:
        bad["a path without a file"] = "no such file.png"  # type: ignore[assignment]
    for name, sample in bad.items():
        X = list(subject.samples)
        X[place] = sample
        _refuses(subject, X, name, mention=str(place))


def _refuses(subject: Subject, X: Any, name: str, mention: str = "") -> None:
    def ask() -> None:
        subject.ask(subject.fitted, X)

    def fit() -> None:
        subject.fit(subject.new(), X)

    for verb, attempt in (("asking", ask), ("fit", fit)):
        try:
            attempt()
        except (ValueError, TypeError) as error:
            check_that(
                mention in str(error),
                f"The error about {name} does not name the sample's index, {mention}: {error}",
            )
            continue
        except Exception as error:
            raise AssertionError(
                f"Given {name}, {verb} raises {type(error).__name__} ({error}); raise a "
                "ValueError or TypeError that says what to pass."
            ) from error
        raise AssertionError(f"Given {name}, {verb} raises nothing.")


def _pickled(estimator: Any) -> Any:
    try:
        return pickle.loads(pickle.dumps(estimator))
    except Exception as error:
        raise AssertionError(f"It cannot be pickled: {error}") from error


def _content(sample: Any) -> Any:
    return sample.source if isinstance(sample, PlateImage) else sample


def _like(samples: list[Any], contents: list[Any]) -> list[Any]:
    """Give samples as those given, with other contents."""
    return [
        PlateImage(content, sample.corners) if isinstance(sample, PlateImage) else content
        for sample, content in zip(samples, contents, strict=True)
    ]


COMMON_CHECKS = (
    check_init_only_stores,
    check_parameters_round_trip,
    check_fit_returns_self,
    check_inputs_are_left_alone,
    check_global_random_states_are_left_alone,
    check_fits_repeat,
    check_order_and_number_are_kept,
    check_earlier_calls_do_not_matter,
    check_containers_agree,
    check_pickles,
    check_clone_is_not_fitted,
    check_threads_agree,
    check_tags,
    check_bad_batches_are_refused,
    check_bad_samples_are_named,
)
