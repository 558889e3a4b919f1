"""Train the plate detector that comes with the package.

Run from the project's root (about an hour on two cores)::

    python tools/train_detector.py --data ../shared/data --work ~/detector

Training resumes where it was broken off: its checkpoint is in the folder `--work`, and the trained
weights afterwards, which a further run only exports. The sets, their
licences, and which photos are held out are in `detector_scenes.py`. `train_corners.py` then adds
the network that refines corners.
"""

from pathlib import Path

import cv2
import numpy as np
from _arguments import argument_parser
from bundled_files import describe_training, restore, write_onnx_metadata
from detector_scenes import licences, training_scenes

from sklearn_lpr.augmentation import SceneAugmenter
from sklearn_lpr.detection import PlateDetector
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
    parser.add_argument("--epochs", type=int, default=SETTINGS["max_iter"], metavar="N")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    scenes = training_scenes(arguments.data)
    print(f"{len(scenes.photos)} photos an epoch, with {sum(map(len, scenes.corners))} plates")
    settings = {**SETTINGS, "max_iter": arguments.epochs}
    detector = PlateDetector(**settings, checkpoint_dir=arguments.work, verbose=True)
    weights = arguments.work / "plate_detector.npz"
    if weights.exists():
        print(f"{weights} exists: it is exported, not trained again")
        restore(detector, weights)
    else:
        detector.fit(scenes.photos, scenes.corners)
        detector.save_weights(weights)
    training = describe_training(
        "tools/train_detector.py",
        settings,
        n_photos_per_epoch=len(scenes.photos),
        n_plates_per_epoch=sum(map(len, scenes.corners)),
        sets=licences(),
    )
    chosen = np.random.default_rng(0).choice(len(scenes.photos), N_DRAWN, replace=False)
    calibration = [scenes.photos[index] for index in chosen[:N_CALIBRATION]]
    path = to_onnx(detector, arguments.output, quantize="int8", calibration=calibration)
    write_onnx_metadata(path, training, half=False)


if __name__ == "__main__":
    main()
