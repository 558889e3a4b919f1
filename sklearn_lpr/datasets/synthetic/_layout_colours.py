"""Colours and lengths that the layouts of several countries have in common."""

from ._style import RGB

__all__ = ["BAND_WIDTH", "BLACK", "WHITE"]

WHITE: RGB = (226, 228, 228)
BLACK: RGB = (24, 24, 28)

# The width of the blue European band in millimetres.
BAND_WIDTH = 42.0
