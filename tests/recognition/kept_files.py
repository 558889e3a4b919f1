"""Write the files of this version that every later one must read.

Run once a release, from the project's root::

    python tests/recognition/kept_files.py

Do not change the files of earlier releases.
"""

import sys
import warnings
from pathlib import Path

import joblib
import numpy as np
from sklearn.pipeline import Pipeline

FILES = Path(__file__).parent / "files"


def write() -> None:
    """Train a tiny pipeline; store it, its weights, and its predictions."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from conftest import draw_glyph_plates
    from sklearn_lpr import LPRNetCTC, __version__
    from sklearn_lpr.augmentation import PlateAugmenter
    from sklearn_lpr.decoding import BeamSearchDecoder
    from sklearn_lpr.export import to_onnx
    from sklearn_lpr.preprocessing import PlateNormalizer

    recognizer = LPRNetCTC(
        n_filters=8,
        decoder=BeamSearchDecoder(syntax="??"),
        augmentation=PlateAugmenter(p=0.05),
        batch_size=16,
        learning_rate_init=0.01,
        max_iter=20,
        random_state=0,
    )
    chain = Pipeline(
        [("normalize", PlateNormalizer(height=8, width=32, color="grey")), ("lprnet", recognizer)]
    )
    chain.fit(*draw_glyph_plates(96))
    X, _ = draw_glyph_plates(12, random_state=1)
    FILES.mkdir(exist_ok=True)
    joblib.dump(chain, FILES / f"chain-{__version__}.joblib", compress=3)
    chain[-1].save_weights(FILES / f"weights-{__version__}.npz")
    to_onnx(chain, FILES / f"chain-{__version__}.onnx")
    predictions = chain[-1].read(X)
    np.savez_compressed(
        FILES / f"predictions-{__version__}.npz",
        X=X,
        texts=[prediction.text for prediction in predictions],
        confidences=[prediction.confidence for prediction in predictions],
    )


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        write()
