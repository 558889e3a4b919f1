"""Random splits by plate number."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import GroupShuffleSplit

from .._groups import plate_groups

__all__ = ["PlateShuffleSplit"]


class PlateShuffleSplit(GroupShuffleSplit):
    """Random splits by plate number: test plates never occur in training.

    The texts in `y` are the groups, so no `groups` need to be passed.

    Parameters
    ----------
    n_splits : int, default=10
        Number of random splits.
    test_size : float or int, default=None
        A float is the fraction of the distinct plates (not of the images) in the test set, an
        int their number. None uses the complement of `train_size`, or 0.2.
    train_size : float or int, default=None
        The same for the training set. None uses the complement of `test_size`.
    random_state : int, RandomState instance or None, default=None
        Controls the random splits.

    See Also
    --------
    PlateKFold : Each plate is in the test set exactly once.
    sklearn.model_selection.GroupShuffleSplit : The base class, with explicit groups.

    Notes
    -----
    `groups` can be passed to `split` as well; see `PlateKFold`.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_lpr.model_selection import PlateShuffleSplit
    >>> X = np.zeros((6, 24, 94, 3), np.uint8)
    >>> y = np.array(["AB123", "AB123", "CD456", "EF789", "CD456", "AB123"])
    >>> splitter = PlateShuffleSplit(n_splits=3, test_size=1, random_state=0)
    >>> [set(y[train]) & set(y[test]) for train, test in splitter.split(X, y)]
    [set(), set(), set()]
    """

    # The groups come from y, so metadata routing must not require any.
    __metadata_request__split = {"groups": None}  # noqa: RUF012 - read by scikit-learn's routing

    def __init__(
        self,
        n_splits: int = 10,
        *,
        test_size: float | None = None,
        train_size: float | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        super().__init__(
            n_splits, test_size=test_size, train_size=train_size, random_state=random_state
        )

    def split(
        self, X: Any, y: Any = None, groups: Any = None
    ) -> Iterator[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
        """Generate the indices of each split's training and test samples.

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
            If `y` is missing or holds anything other than texts, there are too few distinct
            plates for the given sizes, the lengths differ, or a group is None or NaN.
        """
        plate = plate_groups(X, y, groups)
        try:
            yield from super().split(X, y, plate)
        except ValueError as error:
            n_distinct = len(np.unique(plate))
            raise ValueError(
                f"Cannot split the {n_distinct} distinct plates in y: {error} (Each sample is a "
                "distinct plate here.)"
            ) from error
