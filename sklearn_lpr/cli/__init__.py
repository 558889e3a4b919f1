"""The program ``sklearn-lpr``, a thin layer over the public functions."""

from ._main import main as main
