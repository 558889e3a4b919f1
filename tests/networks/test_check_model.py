"""Mistakes in the description of a network are errors that name the mistake."""

import numpy as np
import pytest
from toy_network import StripNetwork, StripRecognizer

from sklearn_lpr.networks import get_network, register, unregister

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

SIZES = {"height": 8, "width": 32, "channels": 1, "n_symbols": 5, "n_filters": 4}


def changed(model, output):
    import keras

    return keras.Model(model.input, output, name=model.name)


class Unnamed(StripNetwork):
    """A convolution whose name Keras chooses."""

    def build(self, **sizes):
        from keras import layers

        model = super().build(**sizes)
        return changed(model, layers.Conv1D(5, 1)(model.output))


class FourAxes(StripNetwork):
    """An output with an axis for the height."""

    def build(self, **sizes):
        model = super().build(**sizes)
        return changed(model, model.output[:, None])


class MissingSymbol(StripNetwork):
    """An output without the blank."""

    def build(self, **sizes):
        return super().build(**{**sizes, "n_symbols": sizes["n_symbols"] - 1})


class WrongSymbolLayer(StripNetwork):
    """A layer of another name."""

    symbol_layers = ("classifier",)


class NoSymbolLayers(StripNetwork):
    """No layer for another alphabet."""

    symbol_layers = ()


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (Unnamed, r"'strips': the layer 'conv1d(_\d+)?' has the default name; pass name="),
        (FourAxes, r"output has the shape \(None, 1, 16, 5\).*\(n_samples, n_time_steps, 5\)"),
        (MissingSymbol, r"output has the shape \(None, 16, 4\).*\(n_samples, n_time_steps, 5\)"),
        (WrongSymbolLayer, r"symbol_layers has 'classifier', but the layers .*'head'"),
        (NoSymbolLayers, "symbol_layers is empty"),
    ],
)
def test_a_wrong_description_is_an_error(network, message):
    from sklearn_lpr.networks import Network

    register(network())
    try:
        with pytest.raises(ValueError, match=message):
            Network({"name": "strips", **SIZES})
    finally:
        unregister("strips")


def test_a_network_that_is_not_registered_is_named(glyph_plates):
    with pytest.raises(KeyError, match=r"no network 'strips', but \['.*'lprnet'.*register\(\)"):
        StripRecognizer(max_iter=1).fit(*glyph_plates(8))


def test_a_network_without_an_input_form_is_no_recognizer(glyph_plates):
    class Formless(StripNetwork):
        """Whole or segmented plates?"""

        input_form = None

    register(Formless())
    try:
        with pytest.raises(ValueError, match="'strips' has no input_form; set it to WholePlates"):
            StripRecognizer(max_iter=1).fit(*glyph_plates(8))
    finally:
        unregister("strips")


class OtherInput(StripNetwork):
    """An input of another name."""

    def write_onnx(self, graph, **sizes):
        named = graph.input
        graph.input = lambda name, *rest: named("pixels", *rest)
        super().write_onnx(graph, **sizes)


class OtherWeights(StripNetwork):
    """Weights that the network does not have."""

    def write_onnx(self, graph, **sizes):
        graph.convolve(None, graph.weights["heads/kernel"], graph.weights["head/bias"])


class OtherOperator(StripNetwork):
    """An operator that no file of this package may have."""

    def write_onnx(self, graph, *, height, width, channels, n_symbols, **_):
        images = graph.input("images", "uint8", ["n", height, width, channels])
        graph.output("log_probs", graph.add("Det", images), ["n", 16, n_symbols])


@pytest.mark.parametrize(
    ("network", "error", "message"),
    [
        (OtherInput, ValueError, r"'strips' has the inputs \['pixels'\] in ONNX, not \['images'\]"),
        (OtherWeights, KeyError, r"no weights 'heads/kernel'; it has .*head/kernel"),
        (OtherOperator, ValueError, "would not be loaded: .*Det"),
    ],
)
def test_a_wrong_onnx_graph_is_an_error_of_the_export(
    network, error, message, glyph_plates, tmp_path, monkeypatch
):
    onnx = pytest.importorskip("onnx", reason="the extra 'export' is not installed")
    monkeypatch.setattr(onnx.checker, "check_model", lambda model: None)  # also rejects Det
    from sklearn_lpr.export import to_onnx

    register(network())
    try:
        fitted = StripRecognizer(max_iter=1, random_state=0).fit(*glyph_plates(8))
        with pytest.raises(error, match=message):
            to_onnx(fitted, tmp_path / "strips.onnx")
    finally:
        unregister("strips")
    assert not list(tmp_path.iterdir())


def test_all_networks_of_the_package_fit_their_descriptions():
    sizes = {"height": 24, "width": 48, "channels": 3, "n_symbols": 7, "n_filters": 4}
    options = {"time_stride": 2, "global_context": True, "dropout": 0.1}
    from sklearn_lpr.networks import Network

    network = Network({"name": "lprnet", "spatial_transformer": True, **options, **sizes})
    assert network.output_shape == (None, 24, 7)
    assert np.all([name in network.weights for name in ("head/kernel", "head/bias")])
    assert get_network("lprnet").schedules["transformer_activation"] == (0.2, 0.4, 0.0, 1.0)
