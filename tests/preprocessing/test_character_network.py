import numpy as np
import pytest
from scipy.signal import correlate2d
from threadpoolctl import threadpool_limits

from sklearn_lpr.preprocessing._character_network import (
    INPUT_SHAPE,
    _convolve,
    load_weights,
    run_network,
)


def convolved(image, kernel, above_below, dilation, left_right=None):
    """Correlate each pair of channels with SciPy; pad as given, by default to keep columns."""
    height, width, n_in, n_out = kernel.shape
    spread = np.zeros((height, dilation * (width - 1) + 1, n_in, n_out))
    spread[:, ::dilation] = kernel
    side = (spread.shape[1] - 1) // 2
    padded = np.pad(image, (above_below, left_right or (side, side), (0, 0)))
    return np.stack(
        [
            sum(correlate2d(padded[..., i], spread[..., i, o], "valid") for i in range(n_in))
            for o in range(n_out)
        ],
        axis=-1,
    )


@pytest.mark.parametrize("dilation", [1, 2, 4])
@pytest.mark.parametrize(("shape", "above_below"), [((3, 3), (1, 1)), ((1, 5), (0, 0))])
def test_convolution_equals_that_of_scipy(shape, above_below, dilation):
    rng = np.random.default_rng(0)
    image, kernel = rng.normal(size=(6, 30, 3)), rng.normal(size=(*shape, 3, 4))
    np.testing.assert_allclose(
        _convolve(image, kernel, (1, 1), above_below, dilation),
        convolved(image, kernel, above_below, dilation),
    )


def test_strides_skip_rows_and_columns():
    rng = np.random.default_rng(0)
    image, kernel = rng.normal(size=(8, 20, 2)), rng.normal(size=(3, 3, 2, 3))
    every = _convolve(image, kernel, (1, 1), (0, 1), 1)
    # With a stride of two all padding is on the right, so columns start at the second.
    np.testing.assert_allclose(
        _convolve(image, kernel, (2, 2), (0, 1), 1)[:, :-1], every[::2, 1:-1:2]
    )


def test_the_network_returns_five_numbers_for_every_two_pixels_of_width():
    view = np.random.default_rng(0).normal(size=INPUT_SHAPE).astype(np.float32)
    result = run_network(view, load_weights())
    assert result.shape == (INPUT_SHAPE[1] // 2, 5)
    assert result.dtype == np.float32
    assert np.isfinite(result).all()


def test_the_network_is_that_of_training():
    view = np.random.default_rng(0).normal(size=INPUT_SHAPE).astype(np.float32)
    (first, second, third, whole, *along, last) = load_weights()
    # Three layers with kernels of 3 x 3, of which the first has a stride of 2 along the width.
    hidden = view[..., np.newaxis]
    hidden = relu(convolved(hidden, first[0], (0, 1), 1, (0, 1))[::2, ::2] + first[1])
    for kernel, bias in (second, third):
        hidden = relu(convolved(hidden, kernel, (0, 1), 1)[::2] + bias)
    # One with a kernel over the whole height, 5 x 3, and three that are added.
    assert len(hidden) == 5
    hidden = relu(convolved(hidden, whole[0], (0, 0), 1) + whole[1])
    for (kernel, bias), dilation in zip(along, (1, 2, 4), strict=True):
        hidden = hidden + relu(convolved(hidden, kernel, (0, 0), dilation) + bias)
    outputs = hidden[0] @ last[0][0, 0] + last[1]
    np.testing.assert_allclose(run_network(view, load_weights()), outputs, atol=1e-3)


def relu(values):
    return np.maximum(values, 0)


def test_moving_the_view_moves_the_result():
    rng = np.random.default_rng(1)
    view = np.zeros(INPUT_SHAPE, np.float32)
    view[10:30, 60:72] = rng.normal(size=(20, 12))
    before = run_network(view, load_weights())
    after = run_network(np.roll(view, 8, axis=1), load_weights())
    # Except near the edges, where padding has an influence.
    np.testing.assert_allclose(after[24:48], before[20:44], atol=1e-4)


def test_weights_are_loaded_once_and_are_few():
    weights = load_weights()
    assert load_weights() is weights
    assert sum(kernel.size for kernel, _ in weights) < 60_000
    assert all(np.isfinite(part).all() for layer in weights for part in layer)


def test_the_number_of_threads_does_not_change_the_result():
    views = np.random.default_rng(0).normal(size=(20, *INPUT_SHAPE)).astype(np.float32)
    outputs = []
    for limit in (1, 2):
        with threadpool_limits(limit, user_api="blas"):
            outputs.append([run_network(view, load_weights()) for view in views])
    np.testing.assert_array_equal(*outputs)
