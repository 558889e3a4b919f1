"""Compare a search over a whole pipeline in one process and in several.

Run from the project's root::

    python benchmarks/parallel_search.py --output benchmarks/results/parallel_search.md

The same candidates are cross-validated with ``n_jobs=1`` and with ``n_jobs=2`` in turns. A network
uses all cores in one process, too, so that the gain is less than the number of workers. The time
includes the start of the workers.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import time
import warnings
from typing import Any

import numpy as np
from _report import argument_parser, publish
from joblib.externals.loky import get_reusable_executor
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from sklearn_lpr import LPRNetCTC
from sklearn_lpr.datasets import make_plates
from sklearn_lpr.metrics import neg_character_error_rate_scorer
from sklearn_lpr.model_selection import PlateKFold
from sklearn_lpr.preprocessing import PlateCropper, PlateNormalizer


def main() -> None:
    parser = argument_parser(__doc__)
    parser.add_argument("--n-plates", type=int, default=1200)
    parser.add_argument("--n-filters", type=int, default=16)
    parser.add_argument("--max-iter", type=int, default=8)
    parser.add_argument("--n-jobs", type=int, nargs="+", default=[1, 2], metavar="N")
    parser.add_argument("--repeats", type=int, default=1)
    arguments = parser.parse_args()

    X, y = make_plates(arguments.n_plates, random_state=0, return_X_y=True)
    rows: list[dict[str, Any]] = []
    scores: dict[int, np.ndarray] = {}
    for _ in range(arguments.repeats):
        for n_jobs in arguments.n_jobs:
            get_reusable_executor().shutdown()
            search = make_search(n_jobs, arguments.n_filters, arguments.max_iter)
            start = time.perf_counter()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                search.fit(X, y)
            seconds = time.perf_counter() - start
            scores[n_jobs] = search.cv_results_["mean_test_score"]
            first = scores[arguments.n_jobs[0]]
            rows.append(
                {
                    "n_jobs": n_jobs,
                    "seconds": seconds,
                    "ratio": seconds / rows[0]["seconds"] if rows else 1.0,
                    "largest difference of scores": float(np.abs(scores[n_jobs] - first).max()),
                }
            )
            print(rows[-1], flush=True)
    publish(
        "Grid search in one process and in several",
        f"{arguments.n_plates} synthetic plates, PlateCropper, PlateNormalizer, LPRNetCTC("
        f"n_filters={arguments.n_filters}, max_iter={arguments.max_iter}); two margins and two "
        "learning rates in two folds, refit=False. Scores are negative character error rates; the "
        "number of threads changes the last bits of the weights, and therefore the scores.",
        rows,
        arguments.output,
    )


def make_search(n_jobs: int, n_filters: int, max_iter: int) -> GridSearchCV:
    recognizer = make_pipeline(
        PlateCropper(),
        PlateNormalizer(),
        LPRNetCTC(n_filters=n_filters, max_iter=max_iter, random_state=0),
    )
    candidates = {
        "platecropper__margin": [0.0, 0.1],
        "lprnetctc__learning_rate_init": [2e-3, 5e-3],
    }
    return GridSearchCV(
        recognizer,
        candidates,
        cv=PlateKFold(2),
        scoring=neg_character_error_rate_scorer,
        n_jobs=n_jobs,
        refit=False,
        error_score="raise",
    )


if __name__ == "__main__":
    main()
