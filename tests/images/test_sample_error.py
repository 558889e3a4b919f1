"""Check the error that names the sample of a batch."""

import pickle

import pytest

from sklearn_lpr.images import ImageReadError, SampleError, naming_sample


def test_it_names_the_sample():
    with pytest.raises(SampleError, match=r"^Sample 3: no plate$") as caught, naming_sample(3):
        raise ImageReadError("no plate")
    assert caught.value.index == 3
    assert isinstance(caught.value.__cause__, ImageReadError)


def test_the_innermost_name_stays():
    with pytest.raises(SampleError, match=r"^Sample 1: no plate$"), naming_sample(7):
        raise SampleError(1, "no plate")


def test_other_errors_pass():
    with pytest.raises(KeyError), naming_sample(3):
        raise KeyError("bug")


def test_shifted_and_pickled_as_between_workers():
    error = pickle.loads(pickle.dumps(SampleError(3, "no plate").shifted(20)))
    assert type(error) is SampleError
    assert (error.index, error.reason, str(error)) == (23, "no plate", "Sample 23: no plate")
