"""K folds with each plate in one of them."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import GroupKFold

from .._groups import plate_groups

__all__ = ["PlateKFold"]


class PlateKFold(GroupKFold):
    """K-fold cross-validation that never tests on a plate that was trained on.

    The same vehicle is often photographed many times. A random split puts its plate on both
    sides, and a recognizer that merely remembers plates then looks good. Here the groups are
    the texts in `y`, so that nothing need be passed along: it works the same in
    `cross_validate`, in a search and in a search inside a cross-validation.

    Parameters
    ----------
    n_splits : int, default=5
        Number of folds, at least 2 and at most the number of distinct plates.
    shuffle : bool, default=False
        False fills the folds by the number of pictures, most frequent plate first, so that they
        are as equal in size as possible. True deals the plates out at random, an equal number
        of plates to each fold.
    random_state : int, RandomState instance or None, default=None
        Makes the shuffling reproducible; only with ``shuffle=True``.

    See Also
    --------
    PlateShuffleSplit : Random splits whose size is given.
    sklearn.model_selection.GroupKFold : What does the splitting.

    Notes
    -----
    `groups` may be given to `split` as well, such as the track or the video that a picture
    comes from. Then neither a plate nor a group is ever on both sides: plates that share a
    group, and groups that share a plate, stay together. With metadata routing, groups are not
    requested unless ``set_split_request(groups=True)`` was called.

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

    # The groups come from y: routing must not ask the user for any.
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
        """Give the indices of each fold's training and test samples.

        Parameters
        ----------
        X : array-like of samples
            Only their number matters.
        y : array-like of str of shape (n_samples,)
            The texts of the plates.
        groups : array-like of shape (n_samples,), default=None
            Groups to keep together besides the plates.

        Yields
        ------
        train : ndarray of int
        test : ndarray of int

        Raises
        ------
        ValueError
            If `y` is missing or holds anything but texts, if there are fewer distinct plates
            than folds, if the lengths differ, or if a group is None or NaN.
        """
        together = plate_groups(X, y, groups)
        n_distinct = len(np.unique(together))
        if n_distinct < self.n_splits:
            what = "distinct plates" if groups is None else "sets of plates that share no group"
            raise ValueError(
                f"n_splits={self.n_splits} is more than the {n_distinct} {what} in y; lower "
                "n_splits or add plates."
            )
        return super().split(X, y, together)
