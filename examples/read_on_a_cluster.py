"""
Read a folder of photos on a cluster
====================================

`read_photos` reads photos on one machine. Dask calls it on the workers of a cluster, each time with
a part of the paths. Each worker loads the networks once, and a broken photo becomes a row with its
error. The example starts a cluster of two processes on this machine, draws synthetic photos, and
takes some seconds. It needs the extra ``dask``.
"""

import tempfile
from pathlib import Path

import cv2
import dask.bag
import pandas as pd
from distributed import Client, LocalCluster, WorkerPlugin, get_worker

from sklearn_lpr import load_recognizer, read_photos
from sklearn_lpr.datasets import make_plates

# %%
# These run on the workers. The items of the bag are tables, one per part.


class LoadModels(WorkerPlugin):
    """Load the recognizer when a worker starts."""

    def setup(self, worker):
        """Keep the recognizer as an attribute of the worker."""
        worker.recognizer = load_recognizer()


def read_part(paths):
    return [read_photos(paths, get_worker().recognizer, on_error="record")]


# %%
# This function runs on one machine, and distributes the paths of a folder. All machines must mount
# the folder under the same name.


def read_folder(folder, client, part_size=500):
    client.register_plugin(LoadModels(), name="load models")
    paths = sorted(str(path) for path in Path(folder).rglob("*.jpg"))
    parts = dask.bag.from_sequence(paths, partition_size=part_size)
    return pd.concat(parts.map_partitions(read_part).compute(), ignore_index=True)


# %%
# Draw 24 photos, and damage one. Each worker process imports this file, and must not start a
# cluster itself. On a real cluster the client is ``Client("tcp://scheduler:8786")``.

if __name__ == "__main__":
    X, y = make_plates(24, layouts=["brazil", "eu"], random_state=0, return_X_y=True)
    with tempfile.TemporaryDirectory() as folder:
        for index, sample in enumerate(X):
            cv2.imwrite(f"{folder}/{index:02}.jpg", sample.pixels()[:, :, ::-1])
        damaged = Path(folder) / "03.jpg"
        damaged.write_bytes(damaged.read_bytes()[:1000])
        cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0")
        with cluster, Client(cluster) as client:
            table = read_folder(folder, client, part_size=6)
    table["file"] = [Path(file).name for file in table["file"]]
    print(table[["file", "text", "confidence"]].head(8).to_string(index=False))
    print(*table["error"].dropna())
