"""Switch on the parts of LPRNetCTC one by one, as the table of the paper does.

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

# Each line's parameters join those of the lines above.
PARTS: list[tuple[str, dict[str, Any]]] = [
    ("plain, CTC alone", {"global_context": False, "alignment_warmup": 0.0}),
    ("+ evenly spaced start", {"alignment_warmup": 0.2}),
    ("+ context", {"global_context": True}),
    ("+ augmentation", {"augmentation": PlateAugmenter()}),
    (
        "+ exchanged characters",
        {"augmentation__permutation": CharacterPermuter(CharacterSegmenter(), p=0.15)},
    ),
    ("+ spatial transformer", {"spatial_transformer": True}),
    ("+ beam search", {"decoder": BeamSearchDecoder()}),
    ("+ syntax, soft", {"decoder__syntax": CHINA}),
    ("+ syntax, hard", {"decoder__syntax_weight": np.inf}),
]
DECODING = 6  # from here on nothing is trained anew


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
        reader = LPRNetCTC(
            arguments.n_filters,
            dropout=0.1,
            batch_size=16,
            learning_rate_init=5e-3,
            max_iter=arguments.max_iter,
            random_state=seed,
        )
        for index, (part, changes) in enumerate(PARTS):
            reader.set_params(**copy.deepcopy(changes))  # later lines change them further
            start = time.perf_counter()
            if index < DECODING:
                reader.fit(images[train], y[train])
            seconds = time.perf_counter() - start
            read = reader.predict(images[test])
            rows.append({"seed": seed, "": part, **scores(y[test], read), "fit, s": seconds})
            print(rows[-1], flush=True)
    publish(
        "LPRNetCTC, part by part",
        f"`ccpd/plates` and `crops/cn_lyl8213`, upright boxes of 24 x 94 pixels, split by "
        f"`PlateShuffleSplit(1, test_size=0.2, random_state=0)`: {len(train)} plates to train on, "
        f"{len(test)} to read. n_filters={arguments.n_filters}, max_iter={arguments.max_iter}, "
        "batch_size=16, dropout=0.1, learning_rate_init=5e-3. Each line has what the lines above "
        "have; decoders change no training.",
        rows,
        arguments.output,
    )


if __name__ == "__main__":
    main()
