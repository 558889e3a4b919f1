"""A network other than a recognizer's: it predicts the brightness of an image and of its halves."""

from dataclasses import dataclass

import numpy as np

from sklearn_lpr._random import seed_from_random_state
from sklearn_lpr._sklearn_compat import fit_context
from sklearn_lpr.networks import NetworkDescription, borrow_network
from sklearn_lpr.training import BaseNetworkEstimator, Ramp, TrainingTask


class BrightnessNetwork(NetworkDescription):
    """One convolution and two outputs, trained by squared errors."""

    name = "brightness"

    def build(self, height, width, channels, dropout):
        import keras
        from keras import layers

        from sklearn_lpr.networks._layers import FIXED, convolution, drop

        images = layers.Input((height, width, channels), dtype="uint8", name="images")
        scaled = layers.Rescaling(1 / 255, dtype="float32", name="scale")(images)
        features = drop(convolution(scaled, 4, (3, 3), "first"), dropout, "dropout")
        pooled = layers.AveragePooling2D(
            (height, width // 2), data_format="channels_last", dtype="float32", name="pool"
        )(features)
        halves = layers.Conv2D(1, 1, name="halves", **FIXED)(pooled)
        halves = layers.Reshape((2,), dtype="float32", name="sides")(halves)
        whole = layers.Dense(1, kernel_initializer="zeros", dtype="float32", name="whole")(halves)
        return keras.Model(images, {"whole": whole, "halves": halves}, name="brightness")

    def loss(self, targets, output, scheduled):
        from keras import ops

        whole = ops.square(targets["whole"] - output["whole"][:, 0])
        halves = ops.sum(ops.square(targets["halves"] - output["halves"]), axis=1)
        return scheduled["whole_weight"] * whole + halves


@dataclass(frozen=True)
class Flipped:
    """Images with their brightness; half of them are flipped on the fly."""

    images: np.ndarray

    def __len__(self):
        return len(self.images)

    def prepare(self):
        def build(index, rng):
            image = self.images[index]
            if rng.random() < 0.5:
                image = image[:, ::-1]
            left, right = (half.mean() / 255 for half in np.split(image, 2, axis=1))
            halves = np.array([left, right], np.float32)
            return image, {"whole": np.float32(image.mean() / 255), "halves": halves}

        return build


@dataclass(frozen=True)
class NegativeError:
    """Score a network by its negative mean error of the halves."""

    images: np.ndarray

    def __call__(self, network):
        halves = np.stack(np.split(self.images / 255, 2, axis=2), 1).mean(axis=(2, 3, 4))
        error = np.abs(network.predict(self.images)["halves"] - halves).mean()
        return -float(error), 0.0


class BrightnessRegressor(BaseNetworkEstimator):
    """Predict the brightness of images and of their halves."""

    def __init__(
        self,
        dropout=0.2,
        *,
        batch_size=8,
        solver="adamw",
        learning_rate="cosine",
        learning_rate_init=0.02,
        warmup=0.1,
        weight_decay=1e-4,
        max_gradient_norm=5.0,
        gradient_noise=0.0,
        ema_decay=0.0,
        max_iter=4,
        shuffle=True,
        random_state=0,
        tol=1e-4,
        verbose=False,
        warm_start=False,
        early_stopping=False,
        validation_fraction=0.25,
        n_iter_no_change=10,
        memory=None,
        checkpoint_dir=None,
    ):
        self.dropout = dropout
        super().__init__(
            batch_size=batch_size,
            solver=solver,
            learning_rate=learning_rate,
            learning_rate_init=learning_rate_init,
            warmup=warmup,
            weight_decay=weight_decay,
            max_gradient_norm=max_gradient_norm,
            gradient_noise=gradient_noise,
            ema_decay=ema_decay,
            max_iter=max_iter,
            shuffle=shuffle,
            random_state=random_state,
            tol=tol,
            verbose=verbose,
            warm_start=warm_start,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            n_iter_no_change=n_iter_no_change,
            memory=memory,
            checkpoint_dir=checkpoint_dir,
        )

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        return self._run_fit(X, y)

    def _prepare_fit(self, X, y, sample_weight):
        height, width, channels = X.shape[1:]
        architecture = {"name": "brightness", "height": height, "width": width}
        architecture |= {"channels": channels, "dropout": self.dropout}
        seed = seed_from_random_state(self.random_state)
        if self._continues:
            self._check_warm_start(architecture)
        with borrow_network(architecture) as network:
            first_weights = self._first_weights(network, seed)
        n_held_out = round(self.validation_fraction * len(X)) if self.early_stopping else 0
        training = X[n_held_out:]
        return TrainingTask(
            architecture=architecture,
            first_weights=first_weights,
            examples=Flipped(training),
            sample_weight=np.ones(len(training), np.float32),
            seed=seed,
            validation=NegativeError(X[:n_held_out]) if n_held_out else None,
            probe=NegativeError(training),
            schedules={"whole_weight": Ramp(0.0, 0.5, first=0.0, last=1.0)},
        )

    def predict(self, X):
        with borrow_network(self.architecture_, self.weights_) as network:
            return network.predict(X)["halves"]
