"""The registry of networks: finding them, and architectures of earlier versions."""

import subprocess
import sys

import pytest

from sklearn_lpr.networks import get_network, upgrade_architecture

SIZES = {"height": 8, "width": 32, "channels": 1, "n_symbols": 5, "n_filters": 8, "dropout": 0.1}
NEW = {
    "name": "lprnet",
    "time_stride": 2,
    "global_context": True,
    "spatial_transformer": False,
    **SIZES,
}


def old(**changes):
    return {"name": "lprnet", "column_stride": 2, "context": True, **changes, **SIZES}


@pytest.mark.parametrize(
    ("architecture", "expected"),
    [
        (old(alignment=None), NEW),
        (old(alignment="stn"), {**NEW, "spatial_transformer": True}),
        (old(), NEW),
        (NEW, NEW),
        ({"name": "segment_cnn", "position": True}, {"name": "segment_cnn", "position": True}),
    ],
)
def test_architectures_of_earlier_versions_are_upgraded(architecture, expected):
    before = dict(architecture)
    assert upgrade_architecture(architecture) == expected
    assert architecture == before


def test_a_network_is_found_by_its_name():
    assert get_network("lprnet").name == "lprnet"
    with pytest.raises(KeyError, match="crnn"):
        get_network("crnn")


def test_the_descriptions_load_no_keras():
    program = (
        "import sys\n"
        "from sklearn_lpr.networks import get_network\n"
        "get_network('lprnet'), get_network('segment_cnn')\n"
        "assert 'keras' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
