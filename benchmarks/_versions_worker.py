"""Worker of `versions.py`: measure the version of the package that this process imports.

It prints one JSON object on the last line of its standard output. Only parameters whose names are
the same in both versions are used.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def main() -> None:
    task, *arguments = sys.argv[1:]
    answer = measure_import() if task == "import" else measure_recognizers(*arguments)
    print(json.dumps({"package": sys.modules["sklearn_lpr"].__file__, **answer}))


def measure_import() -> dict[str, Any]:
    """Measure the wall time and the peak memory of the import."""
    start = time.perf_counter()
    import sklearn_lpr  # noqa: F401

    seconds = time.perf_counter() - start
    return {"import, s": seconds, "peak memory of the import, MiB": peak_memory()}


def peak_memory() -> float:
    """Return the peak resident memory of this process in MiB."""
    status = Path("/proc/self/status")
    if status.is_file():
        # Unlike ru_maxrss, this does not include the memory of the parent process.
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) / 2**10
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def measure_recognizers(file: str, n_filters: str, epochs: str, calls: str) -> dict[str, Any]:
    """Measure preprocessing, training and prediction; return results to compare, too."""
    import numpy as np
    from sklearn.pipeline import make_pipeline

    from sklearn_lpr import LPRNetCTC, PlateImage, SegmentCNN
    from sklearn_lpr.preprocessing import CharacterSegmenter, PlateCropper, PlateNormalizer

    n_epochs, n_calls = int(epochs), int(calls)
    with np.load(file) as archive:
        y = archive["y"]
        crops = [archive[f"crop_{index}"] for index in range(len(y))]
        scenes = [
            PlateImage(archive[f"scene_{index}"], corners)
            for index, corners in enumerate(archive["corners"])
        ]
    times: dict[str, float] = {}
    scenes = scenes[:64]
    for name, chain in (
        ("PlateNormalizer", make_pipeline(PlateCropper(margin=0.05), PlateNormalizer())),
        ("CharacterSegmenter", make_pipeline(PlateCropper(margin=0.05), CharacterSegmenter())),
    ):
        seconds = median_seconds(lambda chain=chain: chain.transform(scenes), max(3, n_calls // 10))
        times[f"PlateCropper, {name}, ms per plate"] = 1e3 * seconds / len(scenes)

    images, segments = PlateNormalizer().transform(crops), CharacterSegmenter().transform(crops)
    options: dict[str, Any] = {"n_filters": int(n_filters), "random_state": 0}
    LPRNetCTC(max_iter=1, **options).fit(images, y)  # compiles the network
    start = time.perf_counter()
    lprnet = LPRNetCTC(max_iter=n_epochs, **options).fit(images, y)
    times["LPRNetCTC, s per epoch"] = (time.perf_counter() - start) / n_epochs
    segment_cnn = SegmentCNN(max_iter=1, **options).fit(segments, y)

    results = {
        "loss curve of LPRNetCTC": lprnet.loss_curve_,
        "predictions of LPRNetCTC": lprnet.predict(images).tolist(),
        "loss curve of SegmentCNN": segment_cnn.loss_curve_,
        "predictions of SegmentCNN": segment_cnn.predict(segments).tolist(),
    }
    recognizers = {"LPRNetCTC": (lprnet, images), "SegmentCNN": (segment_cnn, segments)}
    with exported(lprnet) as onnx:
        if onnx is not None:
            recognizers["OnnxRecognizer"] = (onnx, images)
        for name, (recognizer, X) in recognizers.items():
            for n_plates, n_repeats in ((1, n_calls), (min(256, len(X)), max(3, n_calls // 10))):
                batch = X[:n_plates]
                seconds = median_seconds(
                    lambda recognizer=recognizer, batch=batch: recognizer.predict(batch), n_repeats
                )
                key = "latency, ms" if n_plates == 1 else f"batch of {n_plates}, ms per plate"
                times[f"{name}, {key}"] = 1e3 * seconds / n_plates
    return {"times": times, "results": results}


@contextmanager
def exported(recognizer: Any) -> Iterator[Any]:
    """Export a recognizer to ONNX and load it; yield None without the packages for it."""
    import tempfile

    try:
        from sklearn_lpr.export import to_onnx
        from sklearn_lpr.recognition import OnnxRecognizer
    except ImportError:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.onnx"
        to_onnx(recognizer, file)
        yield OnnxRecognizer(file)


def median_seconds(call: Callable[[], Any], n_calls: int) -> float:
    """Return the median seconds of a call, after one call to warm up."""
    import statistics

    call()
    seconds = []
    for _ in range(n_calls):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


if __name__ == "__main__":
    main()
