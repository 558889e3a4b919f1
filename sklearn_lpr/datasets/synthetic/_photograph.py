"""Draw a plate on a vehicle and photograph the scene."""

import numpy as np
import numpy.typing as npt

from ..._compat import cv2
from ...images import PlateImage, box_corners
from ._camera import draw_view, expose
from ._conditions import darken, remove_colours, soil
from ._drawing import draw_plate, paste_plate
from ._scenery import draw_scenery
from ._style import PlateStyle

__all__ = ["photograph"]

# The resolution of the flat scene, relative to that of the photo sampled from it.
_OVERSAMPLING = 1.3
# The height of a capital letter in the photo, in pixels.
_CHARACTER_HEIGHT = (14.5, 21.0)
_PLATE_FRACTION = (0.46, 0.62)
_WIDTH = (160, 260)


def photograph(
    text: str,
    style: PlateStyle,
    rng: np.random.Generator,
    conditions: np.random.Generator | None,
    dirt: float,
    night: float,
) -> PlateImage:
    """Draw a plate on a vehicle, photograph the scene and return the photo with the corners."""
    size = _OVERSAMPLING * rng.uniform(*_CHARACTER_HEIGHT)
    plate = draw_plate(text, size, style)
    if conditions is not None and conditions.random() < dirt:
        soil(plate, conditions)
    plate_height, plate_width = plate.shape[:2]
    width = round(np.clip(plate_width / _OVERSAMPLING / rng.uniform(*_PLATE_FRACTION), *_WIDTH))
    width = max(width, round(plate_width / _OVERSAMPLING * 1.4))
    height = round(plate_height / _OVERSAMPLING * rng.uniform(2.8, 4.0))

    # The scene is larger than the photo, because a tilted view shows more of its far side.
    scene_height, scene_width = (round(1.3 * _OVERSAMPLING * side) for side in (height, width))
    left, top = (scene_width - plate_width) // 2, (scene_height - plate_height) // 2
    box = (left, top, left + plate_width, top + plate_height)
    scene = draw_scenery(scene_height, scene_width, box, rng)
    paste_plate(scene, plate, left, top)
    view = draw_view(
        (left + plate_width / 2, top + plate_height / 2), (height, width), 1 / _OVERSAMPLING, rng
    )
    flat = np.clip(scene, 0, 255, out=scene).astype(np.uint8)
    photo = cv2.warpPerspective(
        flat, view, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    corners = _project(box_corners(left, top, plate_width, plate_height), view)
    infrared = False
    if conditions is not None and conditions.random() < night:
        photo, infrared = darken(photo, corners, conditions)
    photo = expose(photo, rng)
    # The light of an exposure has a colour, which an infrared camera does not record.
    return PlateImage(remove_colours(photo) if infrared else photo, corners)


def _project(
    points: npt.NDArray[np.float64], view: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    return cv2.perspectiveTransform(points[None], view)[0]
