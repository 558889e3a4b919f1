"""Worker of `speed.py`: one recognizer in its own process, timed on request.

It imports only what its recognizer needs, so that it runs in any environment that has it. Requests
on the standard input and answers on the standard output are JSON objects, one per line.
"""

import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

Predict = Callable[[list[np.ndarray]], list[str]]

# The published settings of fast-plate-ocr for CCT-XS (v1) and for Latin plates.
CCT_XS: dict[str, Any] = {
    "model": "cct",
    "rescaling": {"scale": 1 / 255, "offset": 0.0},
    "tokenizer": {
        "blocks": [
            {"layer": "MaxBlurPooling2D", "pool_size": 2, "filter_size": 3}
            if filters is None
            else {
                "layer": "Conv2D",
                "filters": filters,
                "kernel_size": 3,
                "strides": 1,
                "padding": "valid",
                "activation": "relu",
                "use_bias": True,
            }
            for filters in (32, None, 48, 64, None, 80, 96)
        ],
        "positional_emb": True,
        "patch_size": 2,
        "patch_mlp": {
            "layer": "MLP",
            "hidden_units": [64],
            "activation": "gelu",
            "dropout_rate": 0.05,
        },
    },
    "transformer_encoder": {
        "layers": 4,
        "heads": 1,
        "projection_dim": 64,
        "units": [64, 64],
        "activation": "gelu",
        "normalization": "dyt",
        "token_reducer_heads": 4,
    },
}
LATIN_PLATES: dict[str, Any] = {
    "max_plate_slots": 9,
    "alphabet": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_",
    "pad_char": "_",
    "img_height": 64,
    "img_width": 128,
    "keep_aspect_ratio": True,
    "interpolation": "linear",
    "image_color_mode": "rgb",
}


def main() -> None:
    name, n_threads, file, plates = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
    # Libraries print to the standard output; answers use a separate channel.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    try:
        with np.load(plates) as archive:
            crops = [archive[key] for key in archive.files]
        run, flop = RECOGNIZERS[name](n_threads, file)
        run(crops[:1])
    except ImportError as error:
        print(json.dumps({"absent": str(error)}), file=answers)
        return
    print(json.dumps({"flop": flop}), file=answers)
    for line in sys.stdin:
        request = json.loads(line)
        seconds = list(timed(run, crops, request["batch"], request["calls"]))
        print(json.dumps({"seconds": seconds}), file=answers)


def timed(run: Predict, crops: list[np.ndarray], batch: int, n_calls: int) -> Iterator[float]:
    """Yield the seconds of calls with successive batches; the first call is not counted."""
    for call in range(n_calls + 1):
        inputs = [crops[(call * batch + index) % len(crops)] for index in range(batch)]
        start = time.perf_counter()
        run(inputs)
        if call:
            yield time.perf_counter() - start


def keras_recognizer(n_threads: int, file: str) -> tuple[Predict, float | None]:
    import joblib
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(n_threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    return joblib.load(file).predict, None


def onnx_recognizer(n_threads: int, file: str) -> tuple[Predict, float | None]:
    from sklearn_lpr.export import load_pipeline

    pipeline = load_pipeline(file, n_threads=n_threads)
    return pipeline.predict, count_flop(file)


def bundled_crops(n_threads: int, file: str) -> tuple[Predict, float | None]:
    return load_bundled(n_threads, detect=False), None


def bundled_photos(n_threads: int, file: str) -> tuple[Predict, float | None]:
    return load_bundled(n_threads, detect=True), None


def load_bundled(n_threads: int, *, detect: bool) -> Predict:
    """Return the prediction of the bundled recognizer, whose networks run on one thread."""
    import warnings

    import cv2

    from sklearn_lpr import load_recognizer

    cv2.setNumThreads(n_threads)
    warnings.simplefilter("ignore", UserWarning)  # photos without a detection
    return load_recognizer(detect=detect).predict


def fast_plate_ocr(n_threads: int, file: str) -> tuple[Predict, float | None]:
    """Build an untrained CCT-XS and predict with it as the package does."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import fast_plate_ocr
    import keras
    import onnxruntime
    import tensorflow as tf
    import yaml
    from fast_plate_ocr.train.model.config import PlateConfig
    from fast_plate_ocr.train.model.model_builders import build_model
    from fast_plate_ocr.train.model.model_schema import CCTModelConfig

    # TensorFlow computes gelu with erfc, which ONNX lacks, so that the package's export fails.
    tf.nn.gelu = lambda x, approximate=False, name=None: 0.5 * x * (1 + tf.math.erf(x * 2**-0.5))
    model = build_model(CCTModelConfig(**CCT_XS), PlateConfig(**LATIN_PLATES))
    shape = (None, *model.input_shape[1:])
    with tempfile.TemporaryDirectory() as folder:
        written, config = Path(folder) / "cct_xs.onnx", Path(folder) / "plates.yaml"
        signature = [keras.InputSpec(name="input", shape=shape, dtype="uint8")]
        model.export(str(written), format="onnx", input_signature=signature, verbose=False)
        with contextlib.suppress(ImportError):
            import onnx
            import onnxslim  # as the package does

            onnx.save(onnxslim.slim(onnx.load(written)), written)
        config.write_text(yaml.safe_dump(LATIN_PLATES))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = n_threads, 1
        recognizer = fast_plate_ocr.LicensePlateRecognizer(
            onnx_model_path=written, plate_config_path=config, device="cpu", sess_options=options
        )
        flop = count_flop(str(written))
    return (lambda crops: [prediction.plate for prediction in recognizer.run(crops)]), flop


def rapidocr(n_threads: int, file: str) -> tuple[Predict, float | None]:
    """Predict with the models included in the package, one plate per call."""
    from rapidocr import RapidOCR

    engine = RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.text_score": 0.0,
            "EngineConfig.onnxruntime.intra_op_num_threads": n_threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )

    def predict(crops: list[np.ndarray]) -> list[str]:
        # The package expects channels in the order blue, green, red.
        found = [engine(crop[:, :, ::-1], use_det=False, use_cls=False) for crop in crops]
        return ["".join(each.txts or ()) for each in found]

    return predict, None


def rapidocr_onnxruntime(n_threads: int, file: str) -> tuple[Predict, float | None]:
    """Predict with the earlier package of RapidOCR, as ``world_model.py`` does."""
    from rapidocr_onnxruntime import RapidOCR

    engine = RapidOCR(intra_op_num_threads=n_threads, inter_op_num_threads=1)

    def predict(crops: list[np.ndarray]) -> list[str]:
        found = [engine(crop[:, :, ::-1], use_det=False, use_cls=False)[0] for crop in crops]
        return [each[0][0] if each else "" for each in found]

    return predict, None


def matrix_multiply(n_threads: int, file: str) -> tuple[Predict, float | None]:
    """Multiply float32 matrices, to measure the peak of the processor."""
    n = 1024
    left, right = np.random.default_rng(0).standard_normal((2, n, n), dtype=np.float32)

    def run(_: list[np.ndarray]) -> list[str]:
        left @ right
        return []

    return run, 2.0 * n**3


def count_flop(file: str) -> float:
    """Count the multiplications and additions of one plate in an ONNX graph, by running it."""
    import onnxruntime

    with tempfile.TemporaryDirectory() as folder:
        options = onnxruntime.SessionOptions()
        options.enable_profiling = True
        options.profile_file_prefix = str(Path(folder) / "profile")
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        model_input = session.get_inputs()[0]
        session.run(None, {model_input.name: np.zeros((1, *model_input.shape[1:]), np.uint8)})
        events = json.loads(Path(session.end_profiling()).read_text())
    total = 0.0
    for event in events:
        details = event.get("args", {})
        if details.get("op_name") in ("Conv", "MatMul", "Gemm") and "output_type_shape" in details:
            shapes = [next(iter(each.values())) for each in details["input_type_shape"]]
            [result] = [next(iter(each.values())) for each in details["output_type_shape"]]
            # The terms of each sum: a kernel of a convolution, or a row of the first matrix.
            terms = shapes[1][1:] if details["op_name"] == "Conv" else shapes[0][-1:]
            total += 2.0 * float(np.prod(result)) * float(np.prod(terms))
    return total


RECOGNIZERS: dict[str, Callable[[int, str], tuple[Predict, float | None]]] = {
    "keras": keras_recognizer,
    "onnx": onnx_recognizer,
    "bundled, crops": bundled_crops,
    "bundled, photos": bundled_photos,
    "fast-plate-ocr": fast_plate_ocr,
    "rapidocr": rapidocr,
    "rapidocr-onnxruntime": rapidocr_onnxruntime,
    "matrix multiply": matrix_multiply,
}

if __name__ == "__main__":
    main()
