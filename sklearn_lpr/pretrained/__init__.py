"""Trained networks that come with the package."""

from ._files import read_pretrained

__all__ = ["read_pretrained"]
