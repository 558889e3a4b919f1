"""Run the functions of the example on a cluster of two processes."""

import importlib.util
from pathlib import Path

import pandas as pd
import pytest

from sklearn_lpr import read_photos
from sklearn_lpr._compat import cv2
from sklearn_lpr._detection import default_detector
from sklearn_lpr.datasets import make_plates

EXAMPLE = Path(__file__).parents[2] / "examples" / "read_on_a_cluster.py"


@pytest.fixture
def example():
    pytest.importorskip("distributed")
    # The module cannot be imported by its name, so that Dask sends its functions by value.
    spec = importlib.util.spec_from_file_location("example_on_a_cluster", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_cluster_reads_the_rows_of_one_process(example, monkeypatch, tmp_path):
    import onnxruntime
    from distributed import Client, LocalCluster

    for index, plate in enumerate(make_plates(10, layouts="eu", random_state=0).data):
        assert cv2.imwrite(str(tmp_path / f"{index}.jpg"), plate.pixels()[:, :, ::-1])
    damaged = tmp_path / "3.jpg"
    damaged.write_bytes(damaged.read_bytes()[:1000])

    # Dask sends these functions to the workers.
    def count_networks():
        import onnxruntime

        class CountedSession(onnxruntime.InferenceSession):
            n_opened = 0

            def __init__(self, *args, **kwargs):
                CountedSession.n_opened += 1
                super().__init__(*args, **kwargs)

        onnxruntime.InferenceSession = CountedSession

    def n_opened():
        import onnxruntime

        return onnxruntime.InferenceSession.n_opened

    cluster = LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    )
    with cluster, Client(cluster) as client:
        client.run(count_networks)
        table = example.read_folder(tmp_path, client, part_size=1)
        counts = client.run(n_opened)
    monkeypatch.setattr(onnxruntime, "InferenceSession", onnxruntime.InferenceSession)
    count_networks()
    default_detector.cache_clear()  # an earlier test may have opened its networks
    expected = read_photos(tmp_path, on_error="record")
    assert expected.file.unique().tolist() == [str(tmp_path / f"{n}.jpg") for n in range(10)]
    assert expected.file[expected.error.notna()].tolist() == [str(damaged)]
    pd.testing.assert_frame_equal(table, expected)
    # A worker opens each network once; a busy machine may leave all parts to one worker.
    assert max(counts.values()) == n_opened() == 3
