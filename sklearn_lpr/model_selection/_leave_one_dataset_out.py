"""Cross-validation that tests on one data set after the other."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import BaseCrossValidator

from .._groups import encode_groups, plate_groups

__all__ = ["LeaveOneDatasetOut"]

_SPLITS = ("", "training", "validation", "testing")


class LeaveOneDatasetOut(BaseCrossValidator):
    """Cross-validation that tests on one data set and trains on the others.

    Each data set is left out once, in the order of their first samples. The test set is the
    official test split of the data set that is left out, so that the scores can be compared with
    those of models that were trained on its training split. The training set is all other data sets
    without their test splits.

    Test plates never occur in training: other images of the plates in the test set are left out of
    the training set.

    Parameters
    ----------
    data_set : array-like of shape (n_samples,)
        The name of the data set of each sample, such as ``frame["data_set"]`` of
        `sklearn_lpr.datasets.concat_bunches`.
    official_split : array-like of shape (n_samples,), default=None
        The official split of each sample: "training", "validation", "testing", or "" for none, as
        in ``frame["split"]``. A data set without "testing" is tested as a whole, and trained on as
        a whole. None means that no data set has official splits.

    See Also
    --------
    PlateKFold : Test on unseen plates of the same data sets.
    sklearn.model_selection.LeaveOneGroupOut : The same for groups of any kind, without test splits.

    Notes
    -----
    `data_set` and `official_split` belong to the samples that are passed to `split`, in their
    order, as with `sklearn.model_selection.PredefinedSplit`. Select from them together with the
    samples.

    `groups` can be passed to `split` as well, such as the ``groups`` of the joined data sets, in
    which the frames of one vehicle share a group. Then neither a plate nor a group is ever on both
    sides.

    Where a data set has an official test split, not all samples are tested, and
    `sklearn.model_selection.cross_val_predict` raises an error; `cross_validate` and searches do
    not.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_lpr.model_selection import LeaveOneDatasetOut
    >>> y = np.array(["A1", "B2", "C3", "D4", "B2"])
    >>> data_set = ["tolls", "tolls", "tolls", "streets", "streets"]
    >>> split = ["training", "testing", "testing", "", ""]
    >>> for train, test in LeaveOneDatasetOut(data_set, split).split(y, y):
    ...     print(data_set[test[0]], y[train].tolist(), y[test].tolist())
    tolls ['D4'] ['B2', 'C3']
    streets ['A1'] ['D4', 'B2']
    """

    # Data sets and plates are known without groups, so metadata routing must not require any.
    __metadata_request__split = {"groups": None}  # noqa: RUF012 - read by scikit-learn's routing

    def __init__(self, data_set: Any, official_split: Any = None) -> None:
        self.data_set = data_set
        self.official_split = official_split

    def split(
        self, X: Any, y: Any = None, groups: Any = None
    ) -> Iterator[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
        """Generate the indices of the training and test samples for each data set.

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
            If `y` is missing or holds anything other than texts, the lengths differ, a data set or
            group is None or NaN, a split has another name, there are fewer than two data sets, or
            nothing is left to train on.
        """
        plate = plate_groups(X, y, groups)
        code, n_sets = encode_groups(self.data_set, "data_set")
        if len(code) != len(plate):
            raise ValueError(
                f"data_set has {len(code)} names for {len(plate)} samples in y; select from "
                "data_set and official_split together with the samples."
            )
        if n_sets < 2:
            raise ValueError(
                f"data_set names {n_sets} data set; at least 2 are needed to leave one out. "
                "PlateKFold splits a single data set."
            )
        testing = self._find_testing(len(code))
        folds = []
        for number in range(n_sets):
            of_set = code == number
            test = of_set & testing if (of_set & testing).any() else of_set
            train = ~of_set & ~testing & ~np.isin(plate, plate[test])
            if not train.any():
                name = np.asarray(self.data_set, dtype=object)[of_set][0]
                raise ValueError(
                    f"Nothing is left to train on if the data set {name!r} is left out: all "
                    "samples of the others are in their test splits, or show its plates. Add a "
                    "data set, or pass official_split=None."
                )
            folds.append((np.flatnonzero(train), np.flatnonzero(test)))
        return iter(folds)

    def _find_testing(self, n_samples: int) -> npt.NDArray[np.bool_]:
        """Return which samples are in the official test split of their data set."""
        if self.official_split is None:
            return np.zeros(n_samples, dtype=bool)
        splits = np.asarray(self.official_split, dtype=object)
        if splits.shape != (n_samples,):
            raise ValueError(
                f"official_split has shape {splits.shape} for {n_samples} samples; pass one split "
                "per sample."
            )
        for index, name in enumerate(splits):
            if not isinstance(name, str) or name not in _SPLITS:
                raise ValueError(
                    f"official_split[{index}] is {name!r}; it must be one of {_SPLITS}, as "
                    "sklearn_lpr.datasets.concat_bunches names them."
                )
        return np.asarray(splits == "testing", dtype=bool)

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return the number of data sets.

        Parameters
        ----------
        X, y, groups : object
            Ignored.

        Returns
        -------
        int
        """
        return encode_groups(self.data_set, "data_set")[1]
