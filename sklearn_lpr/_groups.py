"""Groups of samples that a split must keep together."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.utils import check_consistent_length

from ._texts import check_texts
from .images import object_array

__all__ = ["as_groups", "encode_groups", "plate_groups"]


def plate_groups(X: Any, y: Any, groups: Any) -> npt.NDArray[np.intp]:
    """Return the group of each sample, by plate text and by `groups`.

    Samples with the same text are in the same group, and so are samples with the same entry of
    `groups`. Plates and groups that are connected through common samples form one group.

    Parameters
    ----------
    X : array-like of samples
    y : array-like of str of shape (n_samples,)
    groups : array-like of shape (n_samples,) or None

    Returns
    -------
    ndarray of shape (n_samples,), dtype intp
    """
    plates, plate = np.unique(check_texts(y), return_inverse=True)
    check_consistent_length(X, plate, groups)
    if groups is None:
        return plate
    group, n_groups = encode_groups(groups)
    # Plates and groups are the nodes of a graph and samples are its edges. A connected component
    # must not be split.
    n_nodes = len(plates) + n_groups
    edges = coo_array((np.ones(len(plate)), (plate, len(plates) + group)), (n_nodes, n_nodes))
    _, component = connected_components(edges, directed=False)
    return component[plate].astype(np.intp)


def as_groups(groups: Any) -> npt.NDArray[Any]:
    """Return groups as an array of objects, in which each tuple is one group."""
    if isinstance(groups, (list, tuple)) and any(isinstance(group, tuple) for group in groups):
        return object_array(groups)
    return np.asarray(groups, dtype=object)


def encode_groups(groups: Any, name: str = "groups") -> tuple[npt.NDArray[np.intp], int]:
    """Encode groups as integers, in the order of their first appearance.

    Parameters
    ----------
    groups : array-like of shape (n_samples,)
    name : str, default="groups"
        The name of the parameter in error messages.

    Returns
    -------
    codes : ndarray of shape (n_samples,), dtype intp
    n_groups : int

    Raises
    ------
    ValueError
        If a group is missing. The message names its index.
    """
    values = as_groups(groups)
    if values.ndim != 1:
        raise ValueError(f"{name} has shape {values.shape}; pass one value per sample.")
    codes: dict[Any, int] = {}  # np.unique cannot sort values of several types
    for index, group in enumerate(values):
        if _is_missing(group):  # missing values do not form a group
            raise ValueError(
                f"{name}[{index}] is {group!r}; pass a value for every sample, a unique one "
                "where a sample belongs to no group."
            )
        codes.setdefault(group, len(codes))
    return np.array([codes[group] for group in values], dtype=np.intp), len(codes)


def _is_missing(value: Any) -> bool:
    """Return whether a value is None, NaN, NaT or pandas.NA."""
    try:
        return value is None or bool(value != value)
    except TypeError:  # comparisons with pandas.NA are neither true nor false
        return True
