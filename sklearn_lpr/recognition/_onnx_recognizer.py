"""Estimator for an exported network, without Keras."""

import os
from numbers import Integral
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_consistent_length

from .._onnx_file import OnnxFileMixin
from .._sklearn_compat import HasMethods, Interval
from .._texts import check_texts
from ._ctc_recognizer import CTCRecognizer
from ._inference import predict_in_batches
from ._onnx_model import OnnxModel

if TYPE_CHECKING:
    from sklearn.utils import Tags

__all__ = ["OnnxRecognizer"]


class OnnxRecognizer(OnnxFileMixin, CTCRecognizer):
    """Recognize plates with a trained network, through onnxruntime and without Keras.

    Without a path it is the recognizer that comes with the package, trained on plates of many
    countries; `sklearn_lpr.load_recognizer` returns it with the steps before it and calibrated
    confidences. `sklearn_lpr.export.to_onnx` writes a recognizer of your own to a file. The
    predictions are those of the exported recognizer. `fit` trains nothing. The file is read
    once, at first use. Pickles and clones hold its content, and so work without the file. Any
    number of threads may predict with one recognizer at the same time.

    No code in the file is executed and no other file is read: files with external data, loops,
    unknown operators, or metadata that do not fit the network are rejected with a ValueError. A
    file can still hold a network that needs much time and memory. Run files of unknown origin in
    a process whose time and memory are limited.

    Parameters
    ----------
    path : str or path-like, default=None
        A file that `to_onnx` wrote. None means the bundled network.
    n_threads : int, default=None
        The threads of onnxruntime for one batch. None uses the limit in the environment
        variable OMP_NUM_THREADS, which joblib sets in its workers, or else all processors.
        1 is the fastest for single plates and for servers with many threads.
    decoder : decoder, default=None
        Decodes log-probabilities to texts; may be changed at any time. None uses the decoder of
        the exported recognizer.

    Attributes
    ----------
    alphabet_ : str
        The characters that can be predicted.
    architecture_ : dict
        The name and the sizes of the network.
    image_shape_ : tuple of int
        (height, width, channels) of the images, or segments, that the network takes.

    See Also
    --------
    sklearn_lpr.export.to_onnx : Writes the file.
    sklearn_lpr.export.load_pipeline : Loads the steps before the recognizer as well.
    sklearn_lpr.load_recognizer : Loads the bundled recognizer with the steps before it.

    Examples
    --------
    >>> import tempfile, warnings
    >>> from sklearn_lpr import LPRNetCTC, OnnxRecognizer
    >>> from sklearn_lpr.datasets import make_plates
    >>> from sklearn_lpr.export import to_onnx
    >>> from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer
    >>> scenes, y = make_plates(32, random_state=0, return_X_y=True)
    >>> X = PlateNormalizer().transform(PlateCropper().transform(scenes))
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")  # one epoch is too short
    ...     recognizer = LPRNetCTC(n_filters=4, max_iter=1, random_state=0).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = to_onnx(recognizer, f"{folder}/plates.onnx")
    ...     served = OnnxRecognizer(path, n_threads=1)
    ...     bool((served.predict(X) == recognizer.predict(X)).all())
    True
    """

    _bundled = "plate_recognizer.onnx"

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "path": [str, os.PathLike, None],
        "n_threads": [Interval(Integral, 1, None, closed="left"), None],
        "decoder": [HasMethods("decode"), None],
    }

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        n_threads: int | None = None,
        *,
        decoder: Any = None,
    ) -> None:
        self.path = path
        self.n_threads = n_threads
        self.decoder = decoder

    def fit(self, X: Any, y: Any) -> Self:
        """Check the plates and their texts; nothing is trained.

        Parameters
        ----------
        X : array-like of samples
            Plates of the size that the network takes.
        y : array-like of str of shape (n_samples,)

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If the images or the texts are invalid.
        """
        self._validate_params()
        images = self._check_images(X)[0]
        check_consistent_length(images, check_texts(y))
        return self

    @property
    def alphabet_(self) -> str:  # type: ignore[override]
        """The characters that can be predicted."""
        return self._model.alphabet

    @property
    def architecture_(self) -> dict[str, Any]:  # type: ignore[override]
        """The name and the sizes of the network."""
        return self._model.architecture

    @property
    def _default_decoder(self) -> Any:
        return self._model.decoder or super()._default_decoder

    def _log_proba(
        self, images: npt.NDArray[np.uint8], architecture: dict[str, Any]
    ) -> npt.NDArray[np.float32]:
        model = self._model
        with self._named_errors():
            log_proba = predict_in_batches(model.log_proba, images)
            if np.isnan(log_proba.min()):  # the minimum is NaN if any element is
                index = np.argwhere(np.isnan(log_proba))[0][0]
                raise ValueError(
                    f"the network outputs NaN for sample {index}. The file "
                    "is damaged, or the training of its network diverged; export it again."
                )
        return log_proba

    @property
    def _model(self) -> OnnxModel:
        return self._opened

    def _open(self, content: bytes) -> OnnxModel:
        return OnnxModel(content, self.n_threads, trusted=self.path is None)

    def __sklearn_tags__(self) -> "Tags":
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return tags
