"""Speed regressions; the README of the benchmarks shows how to run them."""

import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.augmentation import PlateAugmenter
from sklearn_lpr.datasets import make_plates
from sklearn_lpr.decoding import BeamSearchDecoder, GreedyDecoder
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer


@pytest.fixture(scope="module")
def scenes():
    return make_plates(64, random_state=0, return_X_y=True)


@pytest.fixture(scope="module")
def plates(scenes):
    return PlateNormalizer().transform(PlateCropper(margin=0.05).transform(scenes[0])), scenes[1]


@pytest.fixture(scope="module")
def recognizer(plates):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return LPRNetCTC(32, max_iter=1, random_state=0).fit(*plates)


@pytest.mark.parametrize("n_plates", [1, 64])
def test_predict(benchmark, recognizer, plates, n_plates):
    assert len(benchmark(recognizer.predict, plates[0][:n_plates])) == n_plates


@pytest.mark.parametrize("decoder", [GreedyDecoder(), BeamSearchDecoder()])
def test_decode(benchmark, recognizer, plates, decoder):
    log_proba = recognizer.log_proba(plates[0])
    assert len(benchmark(decoder.decode, log_proba, recognizer.alphabet_)) == 64


def test_fit_one_epoch(benchmark, plates):
    warnings.simplefilter("ignore", ConvergenceWarning)
    fitted = benchmark(lambda: LPRNetCTC(32, max_iter=1, random_state=0).fit(*plates))
    assert np.isfinite(fitted.loss_curve_).all()


def test_crop_and_normalize(benchmark, scenes):
    cropper, normalizer = PlateCropper(margin=0.05), PlateNormalizer()
    shape = benchmark(lambda: normalizer.transform(cropper.transform(scenes[0]))).shape
    assert shape == (64, 24, 94, 3)


def test_augment(benchmark, plates):
    augmented, _ = benchmark(PlateAugmenter().augment, *plates, random_state=0)
    assert augmented.shape == plates[0].shape
