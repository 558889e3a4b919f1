"""An exported plate detector, which needs neither Keras nor training."""

import os
from base64 import b64decode
from functools import cache
from numbers import Integral
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from .._onnx_file import OnnxFileMixin, open_session, run_session
from .._sklearn_compat import Interval
from ._base import BaseNetworkDetector
from ._corner_window import N_CORNER_OUTPUTS
from ._heat_map import N_OUTPUTS
from ._refinement import CornerForward, Forward, Pixels

if TYPE_CHECKING:
    from sklearn.utils import Tags

__all__ = ["CORNER_NETWORK", "OnnxPlateDetector", "default_detector"]

# The entry of a file's metadata that holds the corner network, as base64 of an ONNX file.
CORNER_NETWORK = "corner_network"

# The path of a detector whose content did not come from a file.
_IN_MEMORY = "(in memory)"


class OnnxPlateDetector(OnnxFileMixin, BaseNetworkDetector):
    """Find plates in photos with a trained network, through onnxruntime.

    Without a path it is the detector that comes with the package: it needs no training, no
    download and no Keras. `sklearn_lpr.export.to_onnx` writes a `PlateDetector` of your own to a
    file.

    Parameters
    ----------
    path : str or path-like, default=None
        A file that `to_onnx` wrote. None means the bundled network.
    working_size : int, default=640
        Photos are reduced so that their longer side has at most this many pixels. Plates from
        about 12 pixels to half of the photo's width are found then. A photo without a certain
        plate is searched with a border, too: larger plates are found then.
    fine_size : int or None, default=1536
        Photos are searched a second time, reduced so that their longer side has at most this many
        pixels, for plates that are small in the photo, if that is at least 1.25 times the size of
        the first search. None searches once.
    threshold : float, default=0.4
        The least score of a detection.
    refine : bool, default=True
        Whether each detection is searched again in a window in which it is 128 pixels wide, unless
        the photo would be enlarged more than twice. Corners become more exact, and a detection
        that is not found again is dropped. The score is the geometric mean of both scores,
        multiplied by the square root of the probability of a plate by the network that refines
        corners.
    n_threads : int or None, default=1
        The number of threads of onnxruntime for one photo. None uses the limit in the environment
        variable OMP_NUM_THREADS, or else all processors.
    n_jobs : int, default=None
        The number of threads that search photos; the result does not depend on it. None means 1
        unless in a `joblib.parallel_config` context, -1 means all processors.

    See Also
    --------
    PlateDetector : Trains such a network.
    sklearn_lpr.preprocessing.PlateCropper : Takes a detector as its parameter `detector`.
    sklearn_lpr.preprocessing.find_plates : Make one sample of each plate in a photo.
    """

    _bundled = "plate_detector.onnx"

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "path": [str, os.PathLike, None],
        **BaseNetworkDetector._parameter_constraints,
        "n_threads": [Interval(Integral, 1, None, closed="left"), None],
    }

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        working_size: int = 640,
        fine_size: int | None = 1536,
        threshold: float = 0.4,
        refine: bool = True,
        n_threads: int | None = 1,
        n_jobs: int | None = None,
    ) -> None:
        self.path = path
        self.working_size = working_size
        self.fine_size = fine_size
        self.threshold = threshold
        self.refine = refine
        self.n_threads = n_threads
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any = None) -> "OnnxPlateDetector":
        """Check the parameters; the network is already trained.

        Parameters
        ----------
        X : array-like of samples
            Ignored.
        y : object
            Ignored.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            If a parameter is invalid.
        """
        self._validate_params()
        return self

    def _forward(self) -> Forward:
        session, _ = self._opened

        def forward(image: Pixels) -> Any:
            with self._named_errors():
                return run_session(session, image[np.newaxis], (1, None, None, N_OUTPUTS))[0]

        return forward

    def _corner_forward(self) -> CornerForward | None:
        _, session = self._opened
        if session is None:
            return None

        def forward(windows: Pixels) -> Any:
            with self._named_errors():
                return run_session(session, windows, (len(windows), N_CORNER_OUTPUTS))

        return forward

    @classmethod
    def from_bytes(cls, content: bytes, **parameters: Any) -> "OnnxPlateDetector":
        """Return a detector with the content of a file.

        Parameters
        ----------
        content : bytes
            What `sklearn_lpr.export.to_onnx` wrote.
        **parameters
            Of the detector, except `path`.

        Returns
        -------
        OnnxPlateDetector
        """
        detector = cls(_IN_MEMORY, **parameters)
        detector._file = _IN_MEMORY, content
        return detector

    @property
    def content(self) -> bytes:
        """The content of the file, or of the bundled network."""
        return self._content

    def _open(self, content: bytes) -> tuple[Any, Any]:
        """Open the sessions of the detection network and, if there is one, the corner network."""
        session = self._open_network(content, "heat_map", N_OUTPUTS)
        entries = session.get_modelmeta().custom_metadata_map
        if CORNER_NETWORK not in entries:
            return session, None
        inner = b64decode(entries[CORNER_NETWORK])
        return session, self._open_network(inner, "plate", N_CORNER_OUTPUTS)

    def _open_network(self, content: bytes, output: str, n_outputs: int) -> Any:
        session = open_session(content, self.n_threads, trusted=self.path is None)
        if [(each.name, each.shape[-1:]) for each in session.get_outputs()] != [
            (output, [n_outputs])
        ]:
            raise ValueError("it is not a plate detector that sklearn_lpr.export.to_onnx wrote.")
        return session

    def __sklearn_tags__(self) -> "Tags":
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        return tags


@cache
def default_detector(threshold: float | None = None) -> OnnxPlateDetector:
    """Return the detector that comes with the package.

    All estimators of a process share it, so that its networks are opened once.

    Parameters
    ----------
    threshold : float, default=None
        None means the default of `OnnxPlateDetector`.

    Returns
    -------
    OnnxPlateDetector
        It must not be changed.
    """
    return OnnxPlateDetector() if threshold is None else OnnxPlateDetector(threshold=threshold)
