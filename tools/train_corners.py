"""Train the network with which the bundled plate detector refines corners.

Run from the project's root (half an hour on one core), after `train_detector.py`::

    python tools/train_corners.py --data ../shared/data --work ~/corners

The network is added to the file of the detector. Training resumes where it was interrupted: its
checkpoint is in the folder `--work`, and the trained weights afterwards, which a further run only
exports. The sets, their licences, and which photos are held out are in `detector_scenes.py`.
"""

import json
from base64 import b64encode
from pathlib import Path

import cv2
import numpy as np
import onnx
from _arguments import argument_parser
from bundled_files import describe_training, restore, store_in_half_precision
from detector_scenes import corner_scenes, licences

from sklearn_lpr._detection._onnx_detector import CORNER_NETWORK
from sklearn_lpr.detection import CornerRefiner, OnnxPlateDetector
from sklearn_lpr.networks import get_network
from sklearn_lpr.networks._onnx_graph import Graph

SETTINGS = {
    "n_filters": 12,
    "batch_size": 64,
    "learning_rate_init": 4e-3,
    "ema_decay": 0.995,
    "max_iter": 60,
    "random_state": 0,
}

# The least score of the detector's false positives, which the network learns to refuse.
THRESHOLD = 0.1


def main() -> None:
    parser = argument_parser(__doc__, "--data", "--work")
    parser.add_argument(
        "--detector",
        type=Path,
        default=Path("sklearn_lpr/pretrained/plate_detector.onnx"),
        metavar="FILE",
        help="file of the detector (default: the one in the package)",
    )
    parser.add_argument("--epochs", type=int, default=SETTINGS["max_iter"], metavar="N")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    settings = {**SETTINGS, "max_iter": arguments.epochs}
    refiner = CornerRefiner(**settings, checkpoint_dir=arguments.work, verbose=True)
    weights = arguments.work / "corner_network.npz"
    if weights.exists():
        print(f"{weights} exists: it is exported, not trained again")
        restore(refiner, weights)
    else:
        scenes = corner_scenes(arguments.data)
        print(f"{len(scenes.photos)} photos, with {sum(map(len, scenes.corners))} plates")
        detector = OnnxPlateDetector(arguments.detector, refine=False, threshold=THRESHOLD)
        candidates = [
            np.empty((0, 4, 2)) if len(quads) else detector.predict([photo])[0]
            for photo, quads in zip(*scenes, strict=True)
        ]
        refiner.fit(scenes.photos, scenes.corners, candidates=candidates)
        refiner.save_weights(weights)
    training = describe_training("tools/train_corners.py", settings, sets=licences())
    add_to_detector(refiner, training, arguments.detector)


def add_to_detector(refiner: CornerRefiner, training: dict, path: Path) -> None:
    """Store the corner network in the metadata of a detector's file."""
    architecture = dict(refiner.architecture_)
    graph = Graph(refiner.weights_)
    get_network(architecture.pop("name")).write_onnx(graph, **architecture)
    network = store_in_half_precision(graph.model())
    network.metadata_props.add(key="training", value=json.dumps(training, ensure_ascii=False))
    onnx.checker.check_model(network)
    detector = onnx.load(path)
    kept = [entry for entry in detector.metadata_props if entry.key != CORNER_NETWORK]
    del detector.metadata_props[:]
    detector.metadata_props.extend(kept)
    content = b64encode(network.SerializeToString()).decode()
    detector.metadata_props.add(key=CORNER_NETWORK, value=content)
    onnx.save(detector, path)
    print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
