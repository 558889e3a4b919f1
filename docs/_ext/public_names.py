"""List the public names of the package for the documentation."""

import importlib
import pkgutil
from functools import cache
from typing import Any

import sklearn_lpr
from sklearn_lpr.syntax import PlateSyntax

__all__ = ["describe_constants", "list_public_names"]


def _public_modules() -> list[str]:
    found = pkgutil.walk_packages(sklearn_lpr.__path__, "sklearn_lpr.")
    names = [module.name for module in found]
    return [name for name in names if not any(part.startswith("_") for part in name.split("."))]


@cache
def list_public_names() -> dict[str, str]:
    """Return the full name of each public object of the reference by its short name."""
    names = {}
    for module in _documented_modules():
        for name in importlib.import_module(module).__all__:
            names[name] = f"{module}.{name}"
    return names


@cache
def _documented_modules() -> tuple[str, ...]:
    """Return the modules of the reference, without those of developers of the package."""
    internal = ("sklearn_lpr.networks", "sklearn_lpr.training", "sklearn_lpr.pretrained")
    return tuple(
        module
        for module in _public_modules()
        if not module.startswith(internal)
        and module.count(".") == 1 + module.startswith("sklearn_lpr.utils.")
        and hasattr(importlib.import_module(module), "__all__")
    )


def describe_constants() -> dict[str, list[tuple[str, list[str]]]]:
    """Return name and value of the constants of each module, which have no docstring."""
    return {
        module: [
            (name, _describe(getattr(importlib.import_module(module), name)))
            for name in importlib.import_module(module).__all__
            if name.upper() == name
        ]
        for module in _documented_modules()
    }


def _describe(value: Any) -> list[str]:
    return list(value.patterns) if isinstance(value, PlateSyntax) else [repr(value)]
