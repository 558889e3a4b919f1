"""Load, download, generate and validate data sets of licence plates."""

from ._aolp import load_aolp
from ._ccpd import load_ccpd
from ._clpd import load_clpd
from ._coco import load_coco
from ._concat import concat_bunches
from ._fetch import fetch_lprnet_test, fetch_openalpr_benchmark
from ._openalpr import load_openalpr
from ._plates import load_plates
from ._rodosol import load_rodosol
from ._scene_plates import scenes_to_plates
from ._scenes import load_scenes
from ._ssig import load_ssig
from ._ufpr_alpr import load_ufpr_alpr
from ._validate import PlateReport, validate_plates
from ._validate_scenes import SceneReport, validate_scenes
from ._voc import load_voc
from ._yolo import load_yolo
from .synthetic import make_plates

__all__ = [
    "PlateReport",
    "SceneReport",
    "concat_bunches",
    "fetch_lprnet_test",
    "fetch_openalpr_benchmark",
    "load_aolp",
    "load_ccpd",
    "load_clpd",
    "load_coco",
    "load_openalpr",
    "load_plates",
    "load_rodosol",
    "load_scenes",
    "load_ssig",
    "load_ufpr_alpr",
    "load_voc",
    "load_yolo",
    "make_plates",
    "scenes_to_plates",
    "validate_plates",
    "validate_scenes",
]
