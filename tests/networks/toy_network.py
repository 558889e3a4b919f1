"""A third network in one file: one convolution over strips of the plate."""

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.networks import NetworkDescription, WholePlates

N_STRIPS = 16


class StripNetwork(NetworkDescription):
    """One convolution as high as the plate, with one time step per strip."""

    name = "strips"
    input_form = WholePlates()
    symbol_layers = ("head",)
    optional_layers = ("features", "features_norm")

    def build(self, *, height, width, channels, n_symbols, n_filters):
        import keras
        from keras import layers, ops

        from sklearn_lpr.networks._constants import PIXEL_OFFSET, PIXEL_SCALE
        from sklearn_lpr.networks._layers import FIXED, convolution

        strip = width // N_STRIPS
        images = layers.Input((height, width, channels), dtype="uint8", name="images")
        scaled = layers.Rescaling(PIXEL_SCALE, PIXEL_OFFSET, dtype="float32")(images)
        features = convolution(scaled, n_filters, (height, 9), "features", strides=(height, strip))
        scores = layers.Conv2D(n_symbols, 1, name="head", **FIXED)(features)
        return keras.Model(images, ops.log_softmax(scores[:, 0], axis=-1), name="strips")

    def write_onnx(self, graph, *, height, width, channels, n_symbols, **_):
        strip = width // N_STRIPS
        images = graph.input("images", "uint8", ["n", height, width, channels])
        scaled = graph.channels_first(graph.scale_pixels(images), height, width, channels)
        features = graph.convolution(scaled, "features", strides=(height, strip))
        head = graph.convolve(features, graph.weights["head/kernel"], graph.weights["head/bias"])
        log_probs = graph.log_softmax(graph.reshape(head.name, 0, n_symbols, N_STRIPS))
        graph.output("log_probs", log_probs, ["n", N_STRIPS, n_symbols])

    def upgrade_architecture(self, architecture):
        upgraded = dict(architecture)
        if "filters" in upgraded:
            upgraded["n_filters"] = upgraded.pop("filters")
        return upgraded


class StripRecognizer(LPRNetCTC):
    """A recognizer that trains `StripNetwork`, with the parameters of `LPRNetCTC`."""

    _network = StripNetwork.name

    def _architecture(self, shape, n_symbols):
        height, width, channels = shape
        sizes = {"height": height, "width": width, "channels": channels}
        return {"name": self._network, **sizes, "n_symbols": n_symbols, "n_filters": 16}
