"""The spatial transformer: sampling, initial state, and learning to rectify."""

import keras
import numpy as np
import pytest
from keras import ops

from sklearn_lpr.networks import borrow_network
from sklearn_lpr.networks._initial_weights import draw_initial_weights
from sklearn_lpr.networks._spatial_transformer import (
    spatial_transformer_layers,
    write_spatial_transformer,
)
from sklearn_lpr.networks._spatial_transformer_layer import warp

SHAPES = [(8, 32, 1), (24, 94, 3), (5, 3, 1)]


def architecture(shape, **changes):
    height, width, channels = shape
    plain = {"name": "lprnet", "height": height, "width": width, "channels": channels}
    plain |= {
        "n_symbols": 5,
        "n_filters": 4,
        "time_stride": 2,
        "global_context": True,
        "dropout": 0.5,
    }
    return {**plain, "spatial_transformer": True, **changes}


def random_images(shape, n_samples=4):
    return np.random.default_rng(0).integers(0, 256, (n_samples, *shape), dtype=np.uint8)


def warped(images, corrections):
    images, corrections = (np.asarray(array, np.float32) for array in (images, corrections))
    found = warp(ops.convert_to_tensor(images), ops.convert_to_tensor(corrections))
    return ops.convert_to_numpy(found)


def weights_with(network, **changes):
    """Draw weights, and replace those of the transformer layer."""
    weights = network.initial_weights(np.random.default_rng(0))
    rng = np.random.default_rng(1)
    for name, scale in changes.items():
        shape = weights[f"align/{name}"].shape
        weights[f"align/{name}"] = (
            np.float32(scale) if shape == () else rng.normal(0, scale, shape).astype(np.float32)
        )
    return weights


@pytest.mark.parametrize("shape", [*SHAPES, (1, 1, 2)])
def test_no_correction_changes_no_bit(shape):
    images = np.random.default_rng(0).normal(size=(3, *shape))
    np.testing.assert_array_equal(warped(images, np.zeros((3, 6))), images.astype(np.float32))


ROW = [1, 2, 4, 8]  # a pixel is half a unit wide


@pytest.mark.parametrize(
    ("correction", "expected"),
    [
        ([0, 0, 0.5], [2, 4, 8, 8]),
        ([0, 0, -1], [1, 1, 1, 2]),
        ([0, 0, 0.25], [1.5, 3, 6, 8]),
        ([0, 0, 5], [8, 8, 8, 8]),
        ([-2, 0, 0], [8, 4, 2, 1]),
        ([1, 0, 0], [1, 1.5, 6, 8]),
        ([-1, 0, 0], [3, 3, 3, 3]),
    ],
    ids=["left", "right", "half a pixel", "outside", "flip", "shrink", "centre"],
)
def test_rows_and_columns_move_as_computed_by_hand(correction, expected):
    row = np.array(ROW).reshape(1, 1, 4, 1)
    found = warped(row, [[*correction, 0, 0, 0]])
    np.testing.assert_allclose(found.ravel(), expected, rtol=1e-6)
    a, b, c = correction
    found = warped(row.transpose(0, 2, 1, 3), [[0, 0, 0, b, a, c]])
    np.testing.assert_allclose(found.ravel(), expected, rtol=1e-6)


def test_quarter_turn_of_a_square():
    image = np.random.default_rng(0).normal(size=(1, 5, 5, 2)).astype(np.float32)
    # The identity plus this is x from -y, y from x.
    found = warped(image, [[-1, -1, 0, 1, -1, 0]])
    np.testing.assert_allclose(found[0], np.rot90(image[0]), atol=1e-5)


@pytest.mark.parametrize("shape", SHAPES)
def test_same_as_grid_sample(shape):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    images = rng.normal(size=(6, *shape)).astype(np.float32)
    corrections = rng.uniform(-0.8, 0.8, (6, 6)).astype(np.float32)
    transforms = np.float32([[1, 0, 0], [0, 1, 0]]) + corrections.reshape(-1, 2, 3)
    channels_first = torch.tensor(images.transpose(0, 3, 1, 2).copy())
    grid = torch.nn.functional.affine_grid(
        torch.tensor(transforms), channels_first.shape, align_corners=False
    )
    expected = torch.nn.functional.grid_sample(
        channels_first, grid, padding_mode="border", align_corners=False
    )
    found = warped(images, corrections)
    np.testing.assert_allclose(found, expected.numpy().transpose(0, 2, 3, 1), atol=5e-5)


@pytest.mark.parametrize(
    ("shape", "n_positions"),
    [
        # Of 24 x 94 pixels, 12 x 47 remain after the blur, and then every third: 4 x 16. The fine
        # view has every fifth of all pixels: 5 x 19.
        ((24, 94, 3), 4 * 16 + 5 * 19),
        ((8, 32, 1), 2 * 6 + 2 * 7),
    ],
)
def test_the_localization_network_has_a_coarse_and_a_fine_view(shape, n_positions):
    with borrow_network(architecture(shape)) as network:
        weights = network.initial_weights(np.random.default_rng(0))
    assert weights["locate_features/kernel"].shape == (32 * n_positions, 32)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "changes",
    [{"openness": 1}, {"openness": 0, "correction": 5, "bias": 5}],
    ids=["initial", "inactive"],
)
def test_initial_or_inactive_transformer_changes_nothing(shape, changes):
    X = random_images(shape)
    with borrow_network(architecture(shape)) as network:
        weights = weights_with(network, **changes)
        network.load(weights)
        aligned = network.predict(X)
    with borrow_network(architecture(shape, spatial_transformer=False), weights) as network:
        np.testing.assert_allclose(aligned, network.predict(X), atol=1e-6)


@pytest.mark.parametrize("shape", SHAPES[:2])
def test_active_transformer_acts_on_each_sample_alone(shape):
    X = random_images(shape)
    with borrow_network(architecture(shape)) as network:
        network.load(weights_with(network, correction=5, openness=0))
        inactive = network.predict(X)
        network.load(weights_with(network, correction=5, openness=1))
        active = network.predict(X)
        alone = np.concatenate([network.predict(X[i : i + 1]) for i in range(len(X))])
    # On noise, rounding errors of a transform change the pixels a thousand times as much.
    np.testing.assert_allclose(active, alone, atol=3e-3)
    assert np.abs(active - inactive).max() > 0.1


def bars(n_samples, random_state=0):
    """Draw a bar at a random position in each image, and in the middle of its target."""
    place = np.random.default_rng(random_state).uniform(5, 15, n_samples)[:, None, None, None]
    columns = np.arange(21.0)[:, None]
    both = [np.exp(-(((columns - centre) / 2) ** 2)) for centre in (place, np.full_like(place, 10))]
    return [np.repeat(bar, 7, axis=1).astype(np.float32) for bar in both]


def transformer(activation):
    """Return a transformer without a network behind, compiled to learn target images."""
    images = keras.Input((7, 21, 1), dtype="float32")
    model = keras.Model(images, spatial_transformer_layers(images, dropout=0.0))
    weights = draw_initial_weights(model, np.random.default_rng(0))
    weights["align/openness"] = activation
    for variable in model.weights:
        variable.assign(weights[variable.path])
    jit = keras.config.backend() == "jax"
    model.compile(keras.optimizers.Adam(1e-2), "mse", jit_compile=jit)
    return model


def test_training_changes_all_weights_of_an_active_transformer():
    model = transformer(activation=0.0)

    def moved():
        before = {v.path: ops.convert_to_numpy(v.value).copy() for v in model.trainable_variables}
        model.train_on_batch(*bars(8))
        return {
            v.path
            for v in model.trainable_variables
            if not np.array_equal(ops.convert_to_numpy(v.value), before[v.path])
        }

    assert moved() == set()
    model.get_layer("align").activation.assign(1.0)
    assert moved() == {
        "align/correction",
        "align/bias",
    }  # while they are 0, no other weight has a gradient
    assert moved() == {variable.path for variable in model.trainable_variables}
    assert model.get_layer("align").activation.value == 1


def test_learns_to_undo_shifts():
    model = transformer(activation=1.0)
    for step in range(150):
        model.train_on_batch(*bars(32, step))
    X, target = bars(64, 1000)
    found = ops.convert_to_numpy(model(X, training=False))
    assert np.square(found - target).mean() < 0.1 * np.square(X - target).mean()


def test_the_onnx_graph_computes_what_keras_computes():
    pytest.importorskip("onnx", reason="the extra 'export' is not installed")
    from onnxruntime import InferenceSession

    from sklearn_lpr.networks._onnx_graph import Graph

    model = transformer(activation=1.0)
    rng = np.random.default_rng(0)
    for variable in model.get_layer("align").weights[:2]:
        variable.assign(rng.normal(0, 3, variable.shape))
    weights = {v.path: ops.convert_to_numpy(v.value) for v in model.weights}
    graph = Graph(weights)
    images = graph.channels_first(graph.input("images", "float32", ("n", 7, 21, 1)), 7, 21, 1)
    aligned = write_spatial_transformer(graph, images)
    graph.output("aligned", aligned.name, ("n", 1, 7, 21))
    session = InferenceSession(
        graph.model().SerializeToString(), providers=["CPUExecutionProvider"]
    )
    X, _ = bars(3)
    expected = ops.convert_to_numpy(model(X, training=False))
    assert np.abs(expected - X).max() > 0.1
    (found,) = session.run(None, {"images": X})
    np.testing.assert_allclose(found.transpose(0, 2, 3, 1), expected, atol=1e-4)
