"""Join the plates of several data sets."""

import os
from collections.abc import Mapping
from typing import Any

import pandas as pd
from sklearn.utils import Bunch

from .._sklearn_compat import validate_params
from .._texts import check_texts
from ..images import object_array
from ._bunch import plate_bunch
from ._parameters import OUTPUT_OPTIONS

__all__ = ["concat_bunches"]

# The names of splits in data sets, in lower case, and their names in a joined frame.
_SPLITS = {
    "": "",
    "train": "training",
    "training": "training",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "testing",
    "testing": "testing",
}


@validate_params(
    {"bunches": [Mapping]} | OUTPUT_OPTIONS,
    prefer_skip_nested_validation=True,
)
def concat_bunches(
    bunches: Mapping[str, Bunch], *, return_X_y: bool = False, as_frame: bool = False
) -> Any:
    """Join the plates of several data sets, with their names and official splits.

    Parameters
    ----------
    bunches : dict of str to Bunch
        The name of each data set, and what its loader or `make_plates` returns.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        Return data, target and groups as pandas Series with the index of the frame, and include
        the data in the frame as the column ``image``.

    Returns
    -------
    data : Bunch, or tuple of data and target where `return_X_y` is True
        Dictionary-like object with the attributes

        data : ndarray of shape (n_samples,), dtype object
            The samples of all data sets, in the order of `bunches`.
        target : ndarray of shape (n_samples,), dtype str
            The texts.
        frame : DataFrame
            The columns of all data sets, preceded by ``data_set``, the name of the data set.
            ``split`` is "training", "validation", "testing", or "" for a sample without a split;
            the names "train", "val", "valid" and "test" are replaced. Names in ``track`` begin with
            that of the data set, so that they are unique. A column that a data set lacks is ""
            there if it holds texts elsewhere, and missing otherwise.
        groups : ndarray of shape (n_samples,), dtype str
            The groups for splitting. Samples with the same text, or in the same group of their
            data set, have the same group, which is named by one of its texts.
        DESCR : str
            The names and descriptions of the data sets.

    Raises
    ------
    TypeError
        If an item of `bunches` is not a Bunch of plates.
    ValueError
        If `bunches` is empty; a name is not a text, or differs from another only in case and
        blanks; the attributes of a Bunch differ in length; a frame has a column ``data_set``; a
        split has another name; or the same photo is in two data sets.

    See Also
    --------
    sklearn_lpr.model_selection.LeaveOneDatasetOut : Test on each data set, and train on the others.
    scenes_to_plates : Convert photos with several plates to samples of one plate.

    Examples
    --------
    >>> from sklearn_lpr.datasets import concat_bunches, make_plates
    >>> plates = concat_bunches(
    ...     {
    ...         "cars": make_plates(2, layouts="brazil", random_state=0),
    ...         "motorcycles": make_plates(1, layouts="brazil_two_rows", random_state=0),
    ...     }
    ... )
    >>> plates.frame["data_set"].tolist()
    ['cars', 'cars', 'motorcycles']
    >>> plates.data.shape, plates.target.shape
    ((3,), (3,))
    """
    _check_names(bunches)
    frames: list[pd.DataFrame] = []
    samples: list[Any] = []
    names: list[str] = []
    links: list[tuple[str, Any]] = []
    for name, bunch in bunches.items():
        _check_bunch(name, bunch)
        frames.append(_read_frame(name, bunch))
        samples.extend(bunch["data"])
        names.extend([name] * len(bunch["data"]))
        links.extend((name, group) for group in bunch["groups"])
    _check_distinct_photos(samples, names)
    _fill_columns(frames)
    descriptions = [f"{name}\n{'=' * len(name)}\n\n{b['DESCR']}" for name, b in bunches.items()]
    return plate_bunch(
        samples,
        pd.concat(frames, ignore_index=True),
        "\n".join(descriptions),
        links=object_array(links),
        return_X_y=return_X_y,
        as_frame=as_frame,
    )


def _check_names(bunches: Mapping[str, Any]) -> None:
    if not bunches:
        raise ValueError("bunches is empty; pass the Bunch of at least one data set by its name.")
    seen: dict[str, str] = {}
    for name in bunches:
        if not isinstance(name, str) or not name.strip():
            raise ValueError(f"bunches has the name {name!r}; name each data set by a text.")
        other = seen.setdefault(" ".join(name.casefold().split()), name)
        if other != name:
            raise ValueError(
                f"bunches has the names {other!r} and {name!r}, which differ only in case and "
                "blanks; choose names that can be told apart."
            )


def _check_bunch(name: str, bunch: Any) -> None:
    """Check that a Bunch is that of a loader of plates."""
    place = f"bunches[{name!r}]"
    if not isinstance(bunch, Bunch):
        raise TypeError(
            f"{place} is a {type(bunch).__name__}; pass the Bunch that a loader returns, without "
            "return_X_y=True."
        )
    if "texts" in bunch:
        raise TypeError(
            f"{place} holds photos with any number of plates; convert it with scenes_to_plates."
        )
    missing = [key for key in ("data", "target", "frame", "groups", "DESCR") if key not in bunch]
    if missing:
        raise TypeError(
            f"{place} has no {missing[0]!r}; pass the Bunch of a loader, with all of its "
            "attributes."
        )
    lengths = {key: len(bunch[key]) for key in ("data", "target", "frame", "groups")}
    if len(set(lengths.values())) > 1:
        raise ValueError(
            f"{place} has attributes of different lengths, {lengths}; select the same samples of "
            "each, or join whole data sets and select samples of the result."
        )
    if "data_set" in bunch["frame"]:
        raise ValueError(
            f"The frame of {place} has a column 'data_set' already; rename it, or join all data "
            "sets in one call."
        )


def _read_frame(name: str, bunch: Bunch) -> pd.DataFrame:
    """Return the frame of a data set with its name, texts and splits."""
    frame = bunch["frame"].reset_index(drop=True)
    if isinstance(bunch["data"], pd.Series):  # as_frame=True
        frame = frame.drop(columns="image", errors="ignore")
    frame = frame.assign(text=check_texts(bunch["target"], name=f"bunches[{name!r}].target"))
    frame.insert(0, "data_set", name)
    splits = frame["split"] if "split" in frame else [""] * len(frame)
    frame["split"] = [_read_split(name, index, split) for index, split in enumerate(splits)]
    if "track" in frame:
        frame["track"] = [f"{name}/{track}" if track else "" for track in frame["track"]]
    return frame


def _read_split(name: str, index: int, split: Any) -> str:
    known = _SPLITS.get("" if pd.isna(split) else str(split).strip().casefold())
    if known is None:
        raise ValueError(
            f"bunches[{name!r}].frame['split'][{index}] is {split!r}, which is none of "
            f"{sorted(filter(None, _SPLITS))}; rename the splits, or set them to '' for a data set "
            "without official splits."
        )
    return known


def _check_distinct_photos(samples: list[Any], names: list[str]) -> None:
    """Check that no photo is in two data sets, of which one may be the test set of the other."""
    first: dict[Any, str] = {}
    for sample, name in zip(samples, names, strict=True):
        source = getattr(sample, "source", sample)
        key = os.path.realpath(source) if isinstance(source, str) else id(source)
        other = first.setdefault(key, name)
        if other != name:
            photo = repr(source) if isinstance(source, str) else "The same array"
            raise ValueError(
                f"{photo} is in the data sets {other!r} and {name!r}; load each photo once, for "
                "instance by loading other subsets."
            )


def _fill_columns(frames: list[pd.DataFrame]) -> None:
    """Add columns of texts to the frames that lack them."""
    for column in dict.fromkeys(column for frame in frames for column in frame):
        present = [frame[column] for frame in frames if column in frame]
        if all(isinstance(value, str) for values in present for value in values):
            for frame in frames:
                if column not in frame:
                    frame[column] = ""
