"""A third network, described in one file, supports everything that the others support."""

import numpy as np
import pytest
from toy_network import StripNetwork, StripRecognizer

from sklearn_lpr import OnnxRecognizer, read_plates
from sklearn_lpr.networks import borrow_network, get_network, register, unregister, write_weights

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(scope="module", autouse=True)
def _registered():
    register(StripNetwork())
    yield
    unregister(StripNetwork.name)
    with pytest.raises(KeyError):
        get_network(StripNetwork.name)


@pytest.fixture(scope="module")
def fitted(glyph_plates):
    return StripRecognizer(learning_rate_init=0.01, max_iter=30, random_state=0).fit(
        *glyph_plates(192)
    )


def test_it_learns_and_predicts(fitted, glyph_plates):
    X, y = glyph_plates(200, random_state=1)
    assert fitted.score(X, y) > 0.2  # far above chance, for one layer
    assert fitted.log_proba(X).shape == (200, 16, 5)
    assert fitted.loss_curve_[-1] < fitted.loss_curve_[0] / 3


def test_another_description_of_the_same_name_replaces_it(fitted):
    with borrow_network(fitted.architecture_):
        pass  # idle now
    other = StripNetwork()
    register(other)
    with borrow_network(fitted.architecture_) as network:
        assert network.description is other


def test_its_weights_are_transferred_to_another_alphabet(fitted, glyph_plates, tmp_path):
    fitted.save_weights(tmp_path / "strips.npz")
    X, y = glyph_plates(64)
    start = StripRecognizer(
        initial_weights=tmp_path / "strips.npz",
        learning_rate_init=1e-9,
        max_iter=1,
        random_state=0,
    ).fit(X, np.char.replace(y, "A", "Z"))
    assert start.alphabet_ == "BCDZ"
    old, new = fitted.weights_["head/kernel"], start.weights_["head/kernel"]
    np.testing.assert_allclose(new[..., :4], old[..., [0, 2, 3, 4]], atol=1e-6)
    assert not np.allclose(new[..., 4], old[..., 1], atol=1e-3)


def test_weights_of_an_older_architecture_without_optional_layers(fitted, glyph_plates, tmp_path):
    head = {name: value for name, value in fitted.weights_.items() if name.startswith("head")}
    older = dict(fitted.architecture_)
    older["filters"] = older.pop("n_filters")
    write_weights(tmp_path / "head.npz", head, older, fitted.alphabet_)
    options = {"learning_rate_init": 1e-9, "max_iter": 1, "random_state": 0}
    start = StripRecognizer(initial_weights=tmp_path / "head.npz", **options)
    start.fit(*glyph_plates(64))
    np.testing.assert_allclose(
        start.weights_["head/kernel"], fitted.weights_["head/kernel"], atol=1e-6
    )
    fresh = StripRecognizer(**options).fit(*glyph_plates(64))
    np.testing.assert_allclose(
        start.weights_["features/kernel"], fresh.weights_["features/kernel"], atol=1e-6
    )


@pytest.mark.parametrize("quantize", [None, "int8"])
def test_it_is_exported(quantize, fitted, glyph_plates, tmp_path):
    pytest.importorskip("onnx", reason="the extra 'export' is not installed")
    from sklearn_lpr.export import compare, to_onnx

    calibration = None if quantize is None else glyph_plates(128)[0]
    path = to_onnx(fitted, tmp_path / "strips.onnx", quantize, calibration)
    X, _ = glyph_plates(100, random_state=1)
    served = OnnxRecognizer(path)
    assert served.architecture_ == fitted.architecture_
    found = compare(fitted, path, X)
    if quantize is None:
        assert (found.n_same_texts, found.max_difference < 1e-4) == (100, True)
        for there, here in zip(read_plates(served, X), read_plates(fitted, X), strict=True):
            assert there.confidence == pytest.approx(here.confidence, abs=1e-4)
    else:
        assert found.n_same_texts > 90
