"""LPRNet: sizes, initial weights and independence of the batch."""

import keras
import numpy as np
import pytest

from sklearn_lpr.networks import Network, borrow_network


def architecture(**changes):
    plain = {
        "name": "lprnet",
        "height": 8,
        "width": 32,
        "channels": 1,
        "n_symbols": 5,
        "n_filters": 4,
        "time_stride": 2,
        "global_context": True,
        "dropout": 0.5,
    }
    return {**plain, **changes}


def images(shape=(8, 32, 1), n_samples=5):
    return np.random.default_rng(0).integers(0, 256, (n_samples, *shape), dtype=np.uint8)


@pytest.mark.parametrize(
    ("changes", "n_time_steps"),
    [
        ({}, 16),
        ({"time_stride": 1}, 32),
        ({"time_stride": 4}, 8),
        ({"width": 33, "height": 5}, 17),
        ({"width": 33, "time_stride": 4, "channels": 3}, 9),
        ({"global_context": False}, 16),
    ],
)
def test_time_steps_follow_the_image_and_are_log_probabilities(changes, n_time_steps):
    described = architecture(**changes)
    network = Network(described)
    network.load(network.initial_weights(np.random.default_rng(0)))
    shape = tuple(described[side] for side in ("height", "width", "channels"))
    log_proba = network.predict(images(shape))
    assert network.output_shape[1] == n_time_steps
    assert log_proba.shape == (5, n_time_steps, 5)
    np.testing.assert_allclose(np.exp(log_proba).sum(axis=2), 1, rtol=1e-5)


def test_paper_size_has_the_parameters_counted_by_hand():
    """One 3x3 convolution, three blocks of four, 6x1, 1x13, 1x1; a norm has two per filter."""
    network = Network(architecture(height=24, width=94, channels=3, n_symbols=69, n_filters=64))
    convolutions = [
        (9 * 3, 64),
        *[(64, 32), (3 * 32, 32), (3 * 32, 32), (32, 128)],
        *[(128, 64), (3 * 64, 64), (3 * 64, 64), (64, 256)],
        *[(256, 64), (3 * 64, 64), (3 * 64, 64), (64, 256)],
        (6 * 256, 256),
        (13 * 256, 128),
    ]
    expected = sum(inputs * outputs + 2 * outputs for inputs, outputs in convolutions)
    expected += (128 + 64 + 128 + 256) * 69 + 69
    assert sum(np.prod(v.shape) for v in network.model.trainable_variables) == expected


def test_output_of_a_plate_does_not_depend_on_its_batch():
    network = Network(architecture())
    network.load(network.initial_weights(np.random.default_rng(0)))
    X = images()
    alone = np.concatenate([network.predict(X[i : i + 1]) for i in range(len(X))])
    np.testing.assert_allclose(network.predict(X), alone, atol=1e-5)
    np.testing.assert_allclose(network.predict(X[::-1])[::-1], alone, atol=1e-5)


def test_context_carries_the_energy_of_its_own_sample_alone():
    """The brightness of other samples does not change the output of a sample."""
    network = Network(architecture())
    network.load(network.initial_weights(np.random.default_rng(0)))
    X = images(n_samples=2)
    darker = X.copy()
    darker[1] //= 8
    np.testing.assert_allclose(network.predict(X)[0], network.predict(darker)[0], atol=1e-5)


def test_initial_weights_follow_he_and_repeat():
    network = Network(architecture(n_filters=32))
    drawn = network.initial_weights(np.random.default_rng(3))
    again = network.initial_weights(np.random.default_rng(3))
    other = network.initial_weights(np.random.default_rng(4))
    kernel = "neighbours/kernel"
    assert drawn[kernel].std() == pytest.approx(np.sqrt(2 / (13 * 128)), rel=0.05)
    assert all(np.array_equal(drawn[name], again[name]) for name in drawn)
    assert not np.array_equal(drawn[kernel], other[kernel])
    assert (drawn["stem_norm/gamma"] == 1).all()
    assert (drawn["stem_norm/moving_variance"] == 1).all()
    assert (drawn["head/bias"] == 0).all()


def test_borrowed_network_is_reused_and_never_lent_twice():
    with borrow_network(architecture()) as first, borrow_network(architecture()) as second:
        assert first is not second
    with borrow_network(architecture()) as again:
        assert again in (first, second)


def test_network_that_holds_the_weights_is_preferred():
    with borrow_network(architecture()) as first, borrow_network(architecture()):
        weights = first.initial_weights(np.random.default_rng(0))
        first.load(weights)
    with borrow_network(architecture(), weights) as network:
        assert network is first


def test_dropout_layers_have_different_random_states():
    network = Network(architecture())
    weights = network.initial_weights(np.random.default_rng(0))
    options = {"solver": "adamw", "weight_decay": 0.0, "max_gradient_norm": 5.0}
    states = []
    for seed in (0, 1):
        network.start_training(weights, seed=seed, gradient_noise=0.0, **options)
        layers = [each for each in network.model.layers if hasattr(each, "seed_generator")]
        states.append([np.asarray(each.seed_generator.state).tolist() for each in layers])
    assert len(states[0]) > 1
    assert len(set(map(tuple, states[0]))) == len(states[0])
    assert states[0] != states[1]


def test_network_is_not_lent_again_after_an_error():
    described = architecture(n_symbols=3)
    with pytest.raises(RuntimeError, match="interrupted"), borrow_network(described) as broken:
        raise RuntimeError("interrupted")
    with borrow_network(described) as network:
        assert network is not broken


@pytest.mark.parametrize("changes", [{}, {"spatial_transformer": True, "width": 48, "height": 16}])
def test_folded_normalization_predicts_as_the_plain_model(changes):
    described = architecture(**changes)
    network = Network(described)
    rng = np.random.default_rng(0)
    drawn = network.initial_weights(rng)
    X = images((described["height"], described["width"], 1))
    for _ in range(2):  # weights that are loaded later are seen
        weights = {
            name: value + rng.uniform(0.1, 0.5, value.shape).astype(np.float32)
            if name.endswith(("gamma", "beta", "moving_mean", "moving_variance"))
            else value
            for name, value in drawn.items()
        }
        network.load(weights)
        plain = keras.ops.convert_to_numpy(network.model(X, training=False))
        np.testing.assert_allclose(network.predict(X), plain, rtol=1e-5, atol=1e-5)


@pytest.mark.slow
def test_inference_uses_the_trained_weights():
    network = Network(architecture())
    network.start_training(
        network.initial_weights(np.random.default_rng(0)),
        seed=0,
        solver="adamw",
        weight_decay=0.0,
        max_gradient_norm=5.0,
        gradient_noise=0.0,
    )
    X = images()
    before = network.predict(X)
    symbols = np.tile(np.array([1, 2, 3], np.int32), (5, 1))
    network.train_step(
        X,
        {"symbols": symbols},
        np.ones(5, np.float32),
        learning_rate=0.01,
        scheduled={"alignment_warmup": 0.0, "trimmed_fraction": 0.0},
    )
    after = network.predict(X)
    plain = keras.ops.convert_to_numpy(network.model(X, training=False))
    assert np.abs(after - before).max() > 1e-3
    np.testing.assert_allclose(after, plain, rtol=1e-5, atol=1e-5)
