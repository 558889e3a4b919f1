"""FusedBatchNormalization against NumPy, in training and at inference."""

import keras
import numpy as np

from sklearn_lpr.networks._normalization import FusedBatchNormalization

FEATURES = np.random.default_rng(0).normal(3, 2, (4, 2, 5, 3)).astype(np.float32)


def test_training_uses_and_averages_the_moments_of_the_batch():
    layer = FusedBatchNormalization(momentum=0.9)
    found = keras.ops.convert_to_numpy(layer(FEATURES, training=True))
    mean, variance = FEATURES.mean(axis=(0, 1, 2)), FEATURES.var(axis=(0, 1, 2))
    np.testing.assert_allclose(found, (FEATURES - mean) / np.sqrt(variance + 1e-3), atol=1e-5)
    average = keras.ops.convert_to_numpy(layer.moving_mean.value)
    np.testing.assert_allclose(average, 0.1 * mean, rtol=1e-5)
    spread = keras.ops.convert_to_numpy(layer.moving_variance.value)
    # Biased or unbiased, by the backend: 40 values a feature.
    assert (spread >= 0.9 + 0.1 * variance - 1e-5).all()
    assert (spread <= 0.9 + 0.1 * variance * 40 / 39 + 1e-5).all()


def test_inference_uses_the_moving_averages():
    layer = FusedBatchNormalization()
    layer(FEATURES, training=True)
    mean, variance = (
        keras.ops.convert_to_numpy(average.value)
        for average in (layer.moving_mean, layer.moving_variance)
    )
    found = keras.ops.convert_to_numpy(layer(FEATURES[:1], training=False))
    np.testing.assert_allclose(found, (FEATURES[:1] - mean) / np.sqrt(variance + 1e-3), rtol=1e-4)
