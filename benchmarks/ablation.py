"""Ablation study of LPRNetCTC: add its components one by one, as in the paper.

Run from the project's root::

    python benchmarks/ablation.py --output benchmarks/results/ablation.md
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import copy
import time
from typing import Any

import numpy as np
from _report import add_data_argument, argument_parser, publish
from ccpd_plates import scores
from chinese_plates import normalized

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.augmentation import CharacterPermuter, PlateAugmenter
from sklearn_lpr.datasets import load_ccpd, load_plates
from sklearn_lpr.decoding import BeamSearchDecoder
from sklearn_lpr.model_selection import PlateShuffleSplit
from sklearn_lpr.preprocessing import CharacterSegmenter
from sklearn_lpr.syntax import CHINA

# The parameters of each row are added to those of the rows above.
COMPONENTS: list[tuple[str, dict[str, Any]]] = [
    ("baseline, CTC loss only", {"global_context": False, "alignment_warmup": 0.0}),
    ("+ alignment warm-up", {"alignment_warmup": 0.2}),
    ("+ global context", {"global_context": True}),
    ("+ data augmentation", {"augmentation": PlateAugmenter()}),
    (
        "+ character swapping",
        {"augmentation__permutation": CharacterPermuter(CharacterSegmenter(), p=0.15)},
    ),
    ("+ spatial transformer", {"spatial_transformer": True}),
    ("+ prefix beam search", {"decoder": BeamSearchDecoder()}),
    ("+ soft format constraint", {"decoder__syntax": CHINA}),
    ("+ hard format constraint", {"decoder__syntax_weight": np.inf}),
]
N_TRAINED = 6  # the rows below change the decoder only


def main() -> None:
    parser = argument_parser(__doc__)
    add_data_argument(parser)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--n-filters", type=int, default=16)
    parser.add_argument("--max-iter", type=int, default=12)
    arguments = parser.parse_args()

    parts = [
        load_ccpd(arguments.data / "ccpd" / "plates", return_X_y=True),
        load_plates(arguments.data / "crops" / "cn_lyl8213", return_X_y=True),
    ]
    X, y = (np.concatenate(each) for each in zip(*parts, strict=True))
    train, test = next(PlateShuffleSplit(1, test_size=0.2, random_state=0).split(X, y))
    images = normalized(X)
    rows = []
    for seed in arguments.seeds:
        recognizer = LPRNetCTC(
            arguments.n_filters,
            dropout=0.1,
            batch_size=16,
            learning_rate_init=5e-3,
            max_iter=arguments.max_iter,
            random_state=seed,
        )
        for index, (component, changes) in enumerate(COMPONENTS):
            recognizer.set_params(**copy.deepcopy(changes))  # later rows change them
            start = time.perf_counter()
            if index < N_TRAINED:
                recognizer.fit(images[train], y[train])
            seconds = time.perf_counter() - start
            y_pred = recognizer.predict(images[test])
            rows.append(
                {
                    "seed": seed,
                    "component": component,
                    **scores(y[test], y_pred),
                    "fit time, s": seconds,
                }
            )
            print(rows[-1], flush=True)
    publish(
        "LPRNetCTC: ablation study",
        f"`ccpd/plates` and `crops/cn_lyl8213`, axis-aligned boxes at 24 x 94 pixels, split by "
        f"`PlateShuffleSplit(1, test_size=0.2, random_state=0)`: {len(train)} plates to train on, "
        f"{len(test)} to read. n_filters={arguments.n_filters}, max_iter={arguments.max_iter}, "
        "batch_size=16, dropout=0.1, learning_rate_init=5e-3. Each row adds a component "
        "to those of the rows above; decoders need no training.",
        rows,
        arguments.output,
    )


if __name__ == "__main__":
    main()
