"""Worker of `versions.py`: measure the version of the package that this process imports.

The first line of its standard output is a JSON object: the file of the package, and what was
measured or can be measured. Then each line of its standard input names a quantity and a duration,
and is answered by the seconds of each call. Only parameters whose names are the same in both
versions are used.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any


def main() -> None:
    task, *arguments = sys.argv[1:]
    if task == "import":
        answer(times=measure_import())
    else:
        serve_recognizers(*arguments)


def answer(**content: Any) -> None:
    """Print the first answer."""
    print(json.dumps({"package": sys.modules["sklearn_lpr"].__file__, **content}), flush=True)


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


def serve_recognizers(file: str, n_filters: str, epochs: str) -> None:
    """Measure preprocessing, training and prediction on request."""
    import numpy as np
    from sklearn.pipeline import make_pipeline

    from sklearn_lpr import LPRNetCTC, PlateImage, SegmentCNN
    from sklearn_lpr.preprocessing import CharacterSegmenter, PlateCropper, PlateNormalizer

    with np.load(file) as archive:
        y = archive["y"]
        crops = [archive[f"crop_{index}"] for index in range(len(y))]
        scenes = [
            PlateImage(archive[f"scene_{index}"], corners)
            for index, corners in enumerate(archive["corners"][:64])
        ]
    calls: dict[str, Callable[[], Any]] = {}
    scales: dict[str, float] = {}
    for normalizer in (PlateNormalizer(), CharacterSegmenter()):
        chain = make_pipeline(PlateCropper(margin=0.05), normalizer)
        quantity = f"PlateCropper, {type(normalizer).__name__}, ms per plate"
        calls[quantity], scales[quantity] = partial(chain.transform, scenes), 1e3 / len(scenes)

    images, segments = PlateNormalizer().transform(crops), CharacterSegmenter().transform(crops)
    options: dict[str, Any] = {"n_filters": int(n_filters), "random_state": 0}
    quantity = "LPRNetCTC, s per epoch"
    training = LPRNetCTC(max_iter=int(epochs), **options)
    calls[quantity], scales[quantity] = partial(training.fit, images, y), 1 / int(epochs)

    lprnet = LPRNetCTC(max_iter=int(epochs), **options).fit(images, y)
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
            for n_plates in (1, len(X)):
                key = "latency, ms" if n_plates == 1 else f"batch of {n_plates}, ms per plate"
                quantity = f"{name}, {key}"
                calls[quantity] = partial(recognizer.predict, X[:n_plates])
                scales[quantity] = 1e3 / n_plates
                calls[quantity]()  # compiles the network
        answer(quantities=scales, results=results)
        for line in sys.stdin:
            quantity, seconds = json.loads(line)
            print(json.dumps(time_calls(calls[quantity], seconds)), flush=True)


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


def time_calls(call: Callable[[], Any], duration: float) -> list[float]:
    """Return the seconds of each call; call once, and until the duration is over."""
    seconds: list[float] = []
    while sum(seconds) < duration:
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return seconds


if __name__ == "__main__":
    main()
