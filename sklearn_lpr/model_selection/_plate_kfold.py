"""K-fold cross-validation split by plate number."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import GroupKFold

from .._groups import plate_groups

__all__ = ["PlateKFold"]


class PlateKFold(GroupKFold):
    """K-fold cross-validation split by plate number: test plates never occur in training.

    The same vehicle is often photographed many times. A random split puts its plate on both
    sides, so a recognizer that merely memorizes plates gets a high score. This splitter uses the
    texts in `y` as groups. No `groups` need to be passed, and it works in `cross_validate`, in
    searches and in nested cross-validation.

    Parameters
    ----------
    n_splits : int, default=5
        Number of folds, at least 2 and at most the number of distinct plates.
    shuffle : bool, default=False
        False assigns plates to folds by their number of images, most frequent plate first, so
        that the folds have as equal sizes as possible. True assigns plates to folds at random,
        with an equal number of plates in each fold.
    random_state : int, RandomState instance or None, default=None
        Controls the shuffling; only with ``shuffle=True``.

    See Also
    --------
    PlateShuffleSplit : Random splits of a given size.
    sklearn.model_selection.GroupKFold : The base class, with explicit groups.

    Notes
    -----
    `groups` can be passed to `split` as well, such as the track or video of each image. Then
    neither a plate nor a group is ever on both sides: plates that share a group, and groups that
    share a plate, stay together. With metadata routing, groups are requested only after
    ``set_split_request(groups=True)``.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_lpr.model_selection import PlateKFold
    >>> X = np.zeros((6, 24, 94, 3), np.uint8)
    >>> y = np.array(["AB123", "AB123", "CD456", "EF789", "CD456", "AB123"])
    >>> for train, test in PlateKFold(n_splits=2).split(X, y):
    ...     print(sorted(set(y[train].tolist())), sorted(set(y[test].tolist())))
    ['CD456', 'EF789'] ['AB123']
    ['AB123'] ['CD456', 'EF789']
    """

    # The groups come from y, so metadata routing must not require any.
    __metadata_request__split = {"groups": None}  # noqa: RUF012 - read by scikit-learn's routing

    def __init__(
        self,
        n_splits: int = 5,
        *,
        shuffle: bool = False,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        super().__init__(n_splits, shuffle=shuffle, random_state=random_state)

    def split(
        self, X: Any, y: Any = None, groups: Any = None
    ) -> Iterator[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
        """Generate the indices of each fold's training and test samples.

        Parameters
        ----------
        X : array-like of samples
            Only their number matters.
        y : array-like of str of shape (n_samples,)
            The texts of the plates.
        groups : array-like of shape (n_samples,), default=None
            Groups to keep together in addition to the plates.

        Yields
        ------
        train : ndarray of int
        test : ndarray of int

        Raises
        ------
        ValueError
            If `y` is missing or holds anything other than texts, there are fewer distinct plates
            than folds, the lengths differ, or a group is None or NaN.
        """
        plate = plate_groups(X, y, groups)
        n_distinct = len(np.unique(plate))
        if n_distinct < self.n_splits:
            unit = "distinct plates" if groups is None else "sets of plates that share no group"
            raise ValueError(
                f"n_splits={self.n_splits} is more than the {n_distinct} {unit} in y; lower "
                "n_splits or add plates."
            )
        return super().split(X, y, plate)
