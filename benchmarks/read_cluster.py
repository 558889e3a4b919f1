"""Measure how many photos per second one process, threads and the workers of a Dask cluster read.

Run from the project's root::

    python benchmarks/read_cluster.py --output benchmarks/results/read_cluster.md

The photos are synthetic, 1280 x 720 pixels with two plates each, and are read from JPEG files. The
cluster calls the functions of ``examples/read_on_a_cluster.py``. Its workers are started before the
measurement; the time to load the networks is included. The ways take turns, and each
figure is the best of several runs, as other processes slow some runs down.
"""

import functools
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from _report import argument_parser, publish
from distributed import Client, LocalCluster

from sklearn_lpr import read_photos
from sklearn_lpr.datasets import make_plates

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "examples"))
from read_on_a_cluster import read_folder

WIDTH, HEIGHT = 1280, 720


def main() -> None:
    parser = argument_parser(__doc__)
    parser.add_argument("--n-photos", type=int, default=400)
    parser.add_argument("--part-size", type=int, default=25)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], metavar="N")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--note", default="", help="a sentence for the report")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)  # workers of the cluster have one thread, too
    with tempfile.TemporaryDirectory() as folder:
        draw_photos(Path(folder), arguments.n_photos)
        ways: dict[str, Callable[[], Any]] = {}
        for n_jobs in arguments.workers:
            ways[f"read_photos, n_jobs={n_jobs}"] = functools.partial(
                read_photos, folder, n_jobs=n_jobs
            )
        for n_workers in arguments.workers:
            ways[f"Dask, workers: {n_workers}"] = functools.partial(
                read_on_cluster, folder, n_workers, arguments.part_size
            )
        best = dict.fromkeys(ways, float("inf"))
        for _ in range(arguments.repeats):
            for name, way in ways.items():
                best[name] = min(best[name], seconds_of(way))
                print(f"{name}: {arguments.n_photos / best[name]:.1f} photos per second")
    first = best[next(iter(best))]
    publish(
        "Photos per second of one process, threads and a cluster",
        f"{arguments.n_photos} synthetic photos of {WIDTH} x {HEIGHT} pixels with two plates each, "
        f"JPEG files; the best of {arguments.repeats} runs. The cluster is local, with processes "
        f"of one thread and parts of {arguments.part_size} photos. {arguments.note}",
        [
            {
                "way": name,
                "photos per second": arguments.n_photos / seconds,
                "ratio": first / seconds,
            }
            for name, seconds in best.items()
        ],
        arguments.output,
    )


def draw_photos(folder: Path, n_photos: int) -> None:
    """Write photos with two plates each."""
    X = make_plates(2 * n_photos, layouts=["brazil", "eu"], random_state=0).data
    rng = np.random.default_rng(0)
    street = cv2.resize(
        rng.integers(60, 160, (9, 16, 3)).astype(np.uint8),
        (WIDTH, HEIGHT),
        interpolation=cv2.INTER_CUBIC,
    )
    for index in range(n_photos):
        photo = street.copy()
        for left, sample in zip((0, WIDTH // 2), X[2 * index : 2 * index + 2], strict=True):
            back = sample.pixels()[:HEIGHT, : WIDTH // 2]
            height, width = back.shape[:2]
            x = left + rng.integers(WIDTH // 2 - width + 1)
            y = rng.integers(HEIGHT - height + 1)
            photo[y : y + height, x : x + width] = back
        cv2.imwrite(str(folder / f"{index:05}.jpg"), photo[:, :, ::-1])


def read_on_cluster(folder: str, n_workers: int, part_size: int) -> float:
    """Read the photos on a new cluster; return the seconds without its start."""
    cluster = LocalCluster(n_workers, threads_per_worker=1, dashboard_address=":0")
    with cluster, Client(cluster) as client:
        client.run(cv2.setNumThreads, 1)
        client.run(import_package)
        start = time.perf_counter()
        read_folder(folder, client, part_size)
        return time.perf_counter() - start


def import_package() -> None:
    """Import the package, as the process that reads without a cluster has done."""
    import read_on_a_cluster  # noqa: F401


def seconds_of(way: Callable[[], Any]) -> float:
    """Return the seconds that a way takes, or those that it returns itself."""
    start = time.perf_counter()
    result = way()
    return result if isinstance(result, float) else time.perf_counter() - start


if __name__ == "__main__":
    main()
