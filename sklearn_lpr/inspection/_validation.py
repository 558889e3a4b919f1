"""Check the parameters of the report and of the displays."""

from numbers import Integral, Real

from .._sklearn_compat import Interval, StrOptions, validate_params

__all__ = ["check_params"]

_AT_LEAST_ONE = ["n_bins", "n_characters", "n_columns", "n_photos", "n_plates", "n_resamples"]

# Decorates `evaluate_plates` and the public methods of all displays.
check_params = validate_params(
    {
        **{name: [Interval(Integral, 1, None, closed="left")] for name in _AT_LEAST_ONE},
        "alphabet": [str],
        "confidence_level": [Interval(Real, 0, 1, closed="neither")],
        "iou_threshold": [Interval(Real, 0, 1, closed="right")],
        "merge_repeats": ["boolean"],
        "name": [str, None],
        "order": [StrOptions({"given", "least_confident", "wrong"})],
        "random_state": ["random_state"],
        "sample_weight": ["array-like", None],
    },
    prefer_skip_nested_validation=True,
)
