"""Read the files of trained networks."""

from functools import cache
from importlib.resources import files

__all__ = ["read_pretrained"]


@cache
def read_pretrained(name: str) -> bytes:
    """Return the content of a bundled file.

    Parameters
    ----------
    name : str
        The name of the file, such as ``"plate_detector.onnx"``.

    Returns
    -------
    bytes

    Raises
    ------
    FileNotFoundError
        If the package has no such file.
    """
    return files(__package__).joinpath(name).read_bytes()
