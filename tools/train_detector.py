"""Train the plate detector that comes with the package.

Run from the project's root (two hours on two cores)::

    python tools/train_detector.py --data ../shared/data --work ~/detector

In the second of two stages, the corners of the photos are corrected by the detections of an earlier
detector, by default the one in the package. Training resumes where it was interrupted: its
checkpoints are in the folder `--work`, and the trained weights afterwards, which a further run only
exports. The sets, their licences, and which photos are held out are in `detector_scenes.py`.
`train_corners.py` then adds the network that refines corners.
"""

from pathlib import Path

import cv2
import numpy as np
from _arguments import argument_parser
from _label_correction import LabelCorrector
from _precision import allow_bfloat16
from bundled_files import describe_training, restore, write_onnx_metadata
from detector_scenes import Scenes, licences, training_scenes

from sklearn_lpr.augmentation import SceneAugmenter
from sklearn_lpr.detection import OnnxPlateDetector, PlateDetector
from sklearn_lpr.export import to_onnx

SETTINGS = {
    "n_filters": 12,
    "augmentation": SceneAugmenter(),
    "batch_size": 16,
    "learning_rate_init": 3e-3,
    "ema_decay": 0.998,
    "max_iter": 10,
    "random_state": 0,
}
SECOND_STAGE = {"learning_rate_init": 2e-3, "max_iter": 9}

# Photos of the training from which the ranges of the features are determined for int8: the first
# of those that are drawn. The ranges in all of them are wider, and more plates are missed.
N_DRAWN = 300
N_CALIBRATION = 100


def main() -> None:
    parser = argument_parser(__doc__, "--data", "--work")
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("sklearn_lpr/pretrained/plate_detector.onnx"),
        metavar="FILE",
        help="file of the network (default: the one in the package)",
    )
    parser.add_argument(
        "--corrector",
        type=Path,
        metavar="FILE",
        help="file of the detector that corrects corners (default: the one in the package)",
    )
    parser.add_argument(
        "--epochs",
        type=int,
        nargs=2,
        default=[SETTINGS["max_iter"], SECOND_STAGE["max_iter"]],
        metavar="N",
        help="of both stages (default: %(default)s)",
    )
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    allow_bfloat16()
    corrector = LabelCorrector(OnnxPlateDetector(arguments.corrector))
    scenes = training_scenes(arguments.data, corrector)
    first = {**SETTINGS, "max_iter": arguments.epochs[0]}
    second = {**SETTINGS, **SECOND_STAGE, "max_iter": arguments.epochs[1]}
    weights = [arguments.work / "first_stage.npz", arguments.work / "plate_detector.npz"]
    if not weights[1].exists():
        train(PlateDetector(**first), training_scenes(arguments.data), weights[0])
        train(PlateDetector(**second, initial_weights=weights[0]), scenes, weights[1])
    detector = restore(PlateDetector(**second), weights[1])
    training = describe_training(
        "tools/train_detector.py",
        {**SETTINGS, "second_stage": SECOND_STAGE},
        epochs=arguments.epochs,
        n_photos_per_epoch=len(scenes.photos),
        n_plates_per_epoch=sum(map(len, scenes.corners)),
        sets=licences(),
    )
    chosen = np.random.default_rng(0).choice(len(scenes.photos), N_DRAWN, replace=False)
    calibration = [scenes.photos[index] for index in chosen[:N_CALIBRATION]]
    path = to_onnx(detector, arguments.output, quantize="int8", calibration=calibration)
    write_onnx_metadata(path, training, half=False)


def train(detector: PlateDetector, scenes: Scenes, weights: Path) -> None:
    """Train a detector, unless its file of weights exists, and write them to it."""
    if weights.exists():
        print(f"{weights} exists: it is not trained again")
        return
    print(f"{len(scenes.photos)} photos an epoch, with {sum(map(len, scenes.corners))} plates")
    detector.set_params(checkpoint_dir=weights.parent, verbose=True)
    detector.fit(scenes.photos, scenes.corners)
    detector.save_weights(weights)


if __name__ == "__main__":
    main()
