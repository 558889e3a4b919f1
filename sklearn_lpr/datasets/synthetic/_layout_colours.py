"""Colours that the layouts of several countries have in common."""

from ._style import RGB

__all__ = ["BLACK", "WHITE"]

WHITE: RGB = (226, 228, 228)
BLACK: RGB = (24, 24, 28)
