"""Recognizers in files: of earlier versions, for another backend, without pickle."""

import json
import os
import pickle
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import InconsistentVersionWarning
from sklearn.pipeline import make_pipeline

from sklearn_lpr import LPRNetCTC, SegmentCNN, read_plates
from sklearn_lpr.augmentation import CharacterPermuter, PlateAugmenter
from sklearn_lpr.decoding import BeamSearchDecoder, FormatDecoder, GreedyDecoder
from sklearn_lpr.preprocessing import (
    CharacterSegmenter,
    PlateCropper,
    PlateNormalizer,
    RowJoiner,
)
from sklearn_lpr.syntax import PlateSyntax

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

FILES = Path(__file__).parent / "files"
VERSIONS = sorted(
    path.stem.removeprefix("predictions-") for path in FILES.glob("predictions-*.npz")
)


def test_there_is_a_file_to_read():
    assert "0.1.0" in VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.filterwarnings(
    f"ignore::{InconsistentVersionWarning.__module__}.InconsistentVersionWarning"
)
def test_chains_of_earlier_versions_predict_the_same(version):
    chain = joblib.load(FILES / f"chain-{version}.joblib")
    expected = np.load(FILES / f"predictions-{version}.npz")
    predictions = read_plates(chain, expected["X"])
    assert [prediction.text for prediction in predictions] == expected["texts"].tolist()
    confidences = [prediction.confidence for prediction in predictions]
    np.testing.assert_allclose(confidences, expected["confidences"], atol=1e-3)
    # Parameters that were added later have their defaults, so that scikit-learn's methods work.
    assert clone(chain).get_params().keys() == chain.get_params().keys()
    # Those that were renamed keep their values.
    assert chain.get_params()["lprnet__augmentation__p"] == 0.05


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_training_starts_from_weights_of_earlier_versions(version, glyph_plates):
    expected = np.load(FILES / f"predictions-{version}.npz")
    recognizer = LPRNetCTC(
        n_filters=8,
        decoder=BeamSearchDecoder(),
        learning_rate_init=1e-9,
        alignment_warmup=0,
        dropout=0,
        max_iter=1,
        random_state=0,
        initial_weights=FILES / f"weights-{version}.npz",
    ).fit(*glyph_plates(96))
    # The steps without augmentation change the averages of batch normalization a little.
    assert np.mean(recognizer.predict(expected["X"]) == expected["texts"]) > 0.8


def test_parameters_that_a_file_lacks_have_their_defaults():
    old = LPRNetCTC(n_filters=3)
    del old.checkpoint_dir, old.memory
    state = old.__getstate__()
    new = LPRNetCTC.__new__(LPRNetCTC)
    new.__setstate__(state)
    assert new.get_params() == LPRNetCTC(n_filters=3).get_params()


@pytest.mark.parametrize(
    "estimator",
    [PlateNormalizer(height=8), BeamSearchDecoder(), LPRNetCTC(n_filters=3)],
    ids=lambda estimator: type(estimator).__name__,
)
def test_pickles_of_other_versions_load_with_a_warning(estimator, monkeypatch):
    pickled = pickle.dumps(estimator)
    assert pickle.loads(pickled).get_params() == estimator.get_params()
    monkeypatch.setattr("sklearn_lpr.__version__", "9.9")
    message = f"{type(estimator).__name__} was pickled by sklearn-lpr 0.* loaded by sklearn-lpr 9.9"
    with pytest.warns(InconsistentVersionWarning, match=message):
        loaded = pickle.loads(pickled)
    assert loaded.get_params() == estimator.get_params()
    # The version is that of the program which writes it.
    assert pickle.loads(pickle.dumps(loaded)).get_params() == estimator.get_params()
    state = estimator.__getstate__()
    del state["_sklearn_lpr_version"]
    with pytest.warns(InconsistentVersionWarning, match="of an unknown version"):
        type(estimator).__new__(type(estimator)).__setstate__(state)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "torch", "jax"])
def test_all_backends_predict_the_same(backend):
    if find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    expected = np.load(FILES / "predictions-0.1.0.npz")
    program = (
        "import json, sys, warnings, joblib, numpy as np\n"
        "warnings.simplefilter('ignore')\n"
        "chain = joblib.load(sys.argv[1])\n"
        "print(json.dumps(chain.predict(np.load(sys.argv[2])['X']).tolist()))\n"
    )
    files = [str(FILES / "chain-0.1.0.joblib"), str(FILES / "predictions-0.1.0.npz")]
    run = subprocess.run(
        [sys.executable, "-c", program, *files],
        env={**os.environ, "KERAS_BACKEND": backend},
        capture_output=True,
        check=True,
        text=True,
    )
    assert json.loads(run.stdout.splitlines()[-1]) == expected["texts"].tolist()


def test_the_documentation_lists_the_types_that_skops_must_trust(draw_weights):
    skops = pytest.importorskip("skops.io")
    page = Path(__file__).parents[2] / "docs" / "persistence.md"
    listed = set(re.findall(r"\| `(sklearn_lpr\.[\w.]+)` \|", page.read_text(encoding="utf-8")))
    augmentation = PlateAugmenter(permutation=CharacterPermuter(CharacterSegmenter()))
    found = set()
    for recognizer, shape in ((LPRNetCTC(n_filters=4), (24, 94, 3)), (SegmentCNN(), (2, 8, 8, 1))):
        decoders = GreedyDecoder(), BeamSearchDecoder(syntax=PlateSyntax("@@")), FormatDecoder()
        for decoder in decoders:
            recognizer.set_params(decoder=decoder, augmentation=augmentation)
            draw_weights(recognizer, shape)
            chain = make_pipeline(PlateCropper(), RowJoiner(), PlateNormalizer(), recognizer)
            data = skops.dumps(chain)
            found |= set(skops.get_untrusted_types(data=data))
            loaded = skops.loads(data, trusted=sorted(listed))
            assert loaded[-1].decoder.get_params().keys() == decoder.get_params().keys()
    assert found == listed


@pytest.mark.slow
@pytest.mark.parametrize("kind", [LPRNetCTC, SegmentCNN])
def test_skops_must_trust_only_classes_of_the_package(kind, glyph_plates):
    skops = pytest.importorskip("skops.io")
    X, y = glyph_plates(24)
    small = {"n_filters": 4, "max_iter": 1, "random_state": 0, "decoder": BeamSearchDecoder()}
    if kind is SegmentCNN:
        X = list(X.reshape(24, 4, 8, 8, 1))
        chain = make_pipeline(SegmentCNN(**small))
    else:
        chain = make_pipeline(PlateNormalizer(height=8, width=32), LPRNetCTC(**small))
    chain.fit(X, y)
    data = skops.dumps(chain)
    untrusted = skops.get_untrusted_types(data=data)
    own = {type(step) for _, step in chain.steps} | {BeamSearchDecoder}
    assert set(untrusted) <= {f"{each.__module__}.{each.__qualname__}" for each in own}
    loaded = skops.loads(data, trusted=untrusted)
    assert loaded.predict(X).tolist() == chain.predict(X).tolist()
