"""From plate texts, and the caller's own groups where given, to groups that stay together."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.utils import check_consistent_length

from ._texts import check_texts

__all__ = ["number_groups", "plate_groups"]


def plate_groups(X: Any, y: Any, groups: Any) -> npt.NDArray[np.intp]:
    """Give samples of equal plates, and of equal groups, equal numbers.

    Where plates share a group, and groups a plate, all of them become one.
    """
    plates, plate = np.unique(check_texts(y), return_inverse=True)
    check_consistent_length(X, plate, groups)
    if groups is None:
        return plate
    group, n_groups = number_groups(groups)
    # Plates and groups are the nodes of a graph, samples its edges: what hangs together must
    # not be split.
    n_nodes = len(plates) + n_groups
    edges = coo_array((np.ones(len(plate)), (plate, len(plates) + group)), (n_nodes, n_nodes))
    _, component = connected_components(edges, directed=False)
    return component[plate].astype(np.intp)


def number_groups(groups: Any, name: str = "groups") -> tuple[npt.NDArray[np.intp], int]:
    """Give equal groups equal numbers, in the order in which they first appear.

    Parameters
    ----------
    groups : array-like of shape (n_samples,)
    name : str, default="groups"
        What messages call the groups.

    Returns
    -------
    number : ndarray of shape (n_samples,)
    n_groups : int

    Raises
    ------
    ValueError
        If a group is missing; the message names the index.
    """
    values = np.asarray(groups, dtype=object)
    if values.ndim != 1:
        raise ValueError(f"{name} has shape {values.shape}; pass one per sample.")
    numbers: dict[Any, int] = {}  # not np.unique: values of mixed types cannot be sorted
    for index, group in enumerate(values):
        if group is None or group != group:  # None or NaN: what is missing is nothing in common
            raise ValueError(
                f"{name}[{index}] is {group!r}; give each sample one, of its own where it belongs "
                "to no other."
            )
        numbers.setdefault(group, len(numbers))
    return np.array([numbers[group] for group in values], dtype=np.intp), len(numbers)
