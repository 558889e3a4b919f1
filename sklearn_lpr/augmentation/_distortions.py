"""Distort images as cameras and encoders do, with given strengths; nothing is random here."""

import numpy as np
import numpy.typing as npt

from .._compat import cv2

__all__ = [
    "add_noise",
    "blur",
    "compress",
    "cover",
    "illuminate",
    "lower_resolution",
    "motion_blur",
    "shadow",
]

Image = npt.NDArray[np.uint8]


def blur(image: Image, sigma: float) -> Image:
    """Blur as an unfocused lens does; `sigma` is in pixels."""
    return _keep_channels(cv2.GaussianBlur(image, (0, 0), sigma), image)


def motion_blur(image: Image, length: float, angle: float) -> Image:
    """Blur along a line of `length` pixels at `angle`, in radians."""
    reach = int(np.ceil(length / 2))
    steps = np.linspace(-length / 2, length / 2, 4 * reach + 1)
    across = reach + steps * np.cos(angle)
    down = reach + steps * np.sin(angle)
    kernel, _, _ = np.histogram2d(
        down, across, bins=2 * reach + 1, range=[[-0.5, 2 * reach + 0.5]] * 2
    )
    return _keep_channels(
        cv2.filter2D(image, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE), image
    )


def lower_resolution(image: Image, factor: float) -> Image:
    """Reduce by a factor below 1 and enlarge again, as for a distant plate."""
    height, width = image.shape[:2]
    small = (max(1, round(factor * width)), max(1, round(factor * height)))
    shrunk = cv2.resize(image, small, interpolation=cv2.INTER_AREA)
    return _keep_channels(
        cv2.resize(shrunk, (width, height), interpolation=cv2.INTER_LINEAR), image
    )


def compress(image: Image, quality: int) -> Image:
    """Encode as JPEG with a quality from 1 to 100 and decode again."""
    grey = image.shape[2] == 1
    # OpenCV encodes and decodes colours in BGR order.
    pixels = image if grey else cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    if grey:
        read = cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE)
    else:
        read = cv2.cvtColor(cv2.imdecode(encoded, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    return _keep_channels(np.asarray(read), image)


def shadow(
    shape: tuple[int, int], angle: float, offset: float, depth: float, sharpness: float
) -> npt.NDArray[np.float32]:
    """Return the fraction of light at each pixel under a shadow with a straight edge.

    Parameters
    ----------
    shape : tuple of int
        The height and width of the image.
    angle : float
        The direction into the shadow, in radians.
    offset : float
        The distance of the edge from the centre; the image extends from -1 to 1.
    depth : float
        The fraction of light that the shadow removes.
    sharpness : float
        The sharpness of the edge.

    Returns
    -------
    ndarray of shape (height, width), dtype float32
        The light, from 0 to 1.
    """
    height, width = shape
    x = np.linspace(-1, 1, width, dtype=np.float32)
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    edge = float(np.cos(angle)) * x + float(np.sin(angle)) / 2 * y - offset
    return (1 - depth * np.clip(edge * sharpness, 0, 1)).astype(np.float32)


def illuminate(image: Image, light: npt.NDArray[np.float32], offset: float = 0.0) -> Image:
    """Multiply by the light per pixel, or per pixel and channel, and add an offset."""
    if light.ndim == 2 and image.shape[2] > 1:
        light = cv2.merge([light] * image.shape[2])
    lit = cv2.multiply(image, light.reshape(image.shape), dtype=cv2.CV_32F)
    return _keep_channels(cv2.add(lit, np.full(4, offset), dtype=cv2.CV_8U), image)


def add_noise(image: Image, noise: npt.NDArray[np.float32], deviation: float) -> Image:
    """Add noise of a standard deviation in grey levels.

    `noise` is standard normal, of shape (height, width). It is equal for all channels and
    smoothed, because cameras interpolate colours from neighbouring sensor elements.
    """
    noise = cv2.GaussianBlur(noise * deviation, (3, 3), 0.5)
    return _keep_channels(
        cv2.add(image, cv2.merge([noise] * image.shape[2]), dtype=cv2.CV_8U), image
    )


def cover(image: Image, box: tuple[int, int, int, int], colour: npt.NDArray[np.uint8]) -> Image:
    """Fill a box (left, top, right, bottom), in pixels, with one colour."""
    left, top, right, bottom = box
    covered = image.copy()
    covered[top:bottom, left:right] = colour
    return covered


def _keep_channels(result: npt.NDArray[np.generic], image: Image) -> Image:
    # OpenCV drops the axis of a single channel.
    return result.reshape(image.shape)  # type: ignore[return-value]
