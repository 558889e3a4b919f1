"""Keras's global settings have no effect on networks and their training."""

import numpy as np
import pytest

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.networks import _network

keras = pytest.importorskip("keras")

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(autouse=True)
def _restored_settings(monkeypatch):
    monkeypatch.setattr(_network, "_pool", _network._Pool())  # networks are built anew
    policy = keras.config.dtype_policy()
    yield
    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")
    keras.config.set_dtype_policy(policy)


@pytest.fixture(scope="module")
def fit(glyph_plates):
    plates = glyph_plates(16)

    def fit():
        recognizer = LPRNetCTC(
            n_filters=4, spatial_transformer=True, gradient_noise=0.1, max_iter=1, random_state=0
        ).fit(*plates)
        return recognizer, recognizer.log_proba(plates[0])

    return fit


@pytest.fixture(scope="module")
def usual(fit):
    return fit()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("dtype_policy", "mixed_float16"),
        ("dtype_policy", "mixed_bfloat16"),
        ("dtype_policy", "float16"),
        ("dtype_policy", "bfloat16"),
        ("dtype_policy", "float64"),
        ("dtype_policy", "int8_from_float32"),
        ("floatx", "float16"),
        ("floatx", "float64"),
        ("image_data_format", "channels_first"),
    ],
)
def test_a_global_setting_changes_nothing(fit, usual, setting, value):
    getattr(keras.config, f"set_{setting}")(value)
    recognizer, log_proba = fit()
    found = getattr(keras.config, setting)()
    assert getattr(found, "name", found) == value
    expected, expected_log_proba = usual
    assert recognizer.loss_curve_ == expected.loss_curve_
    for name, weights in expected.weights_.items():
        np.testing.assert_array_equal(recognizer.weights_[name], weights)
        assert recognizer.weights_[name].dtype == np.float32
    np.testing.assert_array_equal(log_proba, expected_log_proba)
