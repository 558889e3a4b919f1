"""Train the small network with which CharacterSegmenter finds characters.

Run from the project's root (about half an hour on two cores)::

    python tools/train_segmentation.py --data ../shared/data

Few plates have annotated character boxes: those from Egypt, synthetic ones, and those of CCPD, as
the characters of Chinese plates have fixed places. The first round trains on these. In each later
round the network predicts the boxes on the other plates, whose number of characters is known from
the text, and is trained on all. Only the four fifths of each data set on which
`benchmarks/segmentation.py` does not test are used. The fonts of synthetic plates are Matplotlib's.
"""

from collections.abc import Sequence
from pathlib import Path

import cv2
import keras
import numpy as np
from _arguments import argument_parser
from _segmentation_drawing import draw_plate
from _segmentation_network import build_network, loss, save_weights
from _segmentation_plates import (
    Plate,
    chinese_plates,
    egyptian_plates,
    pseudo_labelled_plates,
)
from _segmentation_views import HEIGHT, WIDTH, boxes_in_view, distort, draw_view, make_target

from sklearn_lpr.preprocessing import _character_network

N_SYNTHETIC = 4000
EPOCHS = (9, 9, 20)
PLATES_PER_EPOCH = 8000
BATCH_SIZE = 64


def main() -> None:
    parser = argument_parser(__doc__, "--data")
    parser.add_argument(
        "--output",
        type=Path,
        default=_character_network.WEIGHTS,
        metavar="FILE",
        help="file of the weights (default: the one in the package)",
    )
    arguments = parser.parse_args()
    _character_network.WEIGHTS = arguments.output
    cv2.setNumThreads(1)
    rng = np.random.default_rng(0)
    annotated = [*egyptian_plates(arguments.data), *(draw_plate(rng) for _ in range(N_SYNTHETIC))]
    plates = [*annotated, *chinese_plates(arguments.data)]
    network = build_network()
    for round_, epochs in enumerate(EPOCHS):
        if round_:
            plates = [*annotated, *pseudo_labelled_plates(arguments.data, rng)]
        print(f"Round {round_}: {len(plates)} plates", flush=True)
        fit(network, plates, epochs, rng)
        save_weights(network)


def fit(
    network: keras.Model, plates: Sequence[Plate], epochs: int, rng: np.random.Generator
) -> None:
    """Train on views that are drawn and distorted on the fly.

    Keras's own loop suffices: the network has no description in the registry, as only its weights
    are shipped, and needs neither callbacks nor checkpoints.
    """
    n_plates = min(PLATES_PER_EPOCH, len(plates))
    n_steps = epochs * -(-n_plates // BATCH_SIZE)
    learning_rate = keras.optimizers.schedules.CosineDecay(
        2e-4, n_steps, warmup_target=2e-3, warmup_steps=n_steps // 20
    )
    network.compile(keras.optimizers.AdamW(learning_rate, weight_decay=1e-4), loss)
    for epoch in range(epochs):
        epoch_plates = [plates[index] for index in rng.choice(len(plates), n_plates, replace=False)]
        views = [draw_view(plate, rng) for plate in epoch_plates]
        inputs = [
            distort(view.cut(plate.pixels, HEIGHT, WIDTH), rng)
            for plate, view in zip(epoch_plates, views, strict=True)
        ]
        targets = [
            make_target(boxes_in_view(plate.boxes, view))
            for plate, view in zip(epoch_plates, views, strict=True)
        ]
        history = network.fit(
            np.stack(inputs)[..., np.newaxis],
            np.stack(targets),
            batch_size=BATCH_SIZE,
            shuffle=False,
            verbose=0,
        )
        print(f"  epoch {epoch}: loss {history.history['loss'][0]:.3f}", flush=True)


if __name__ == "__main__":
    main()
