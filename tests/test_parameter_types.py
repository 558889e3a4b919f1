"""Parameters of equal values and other types."""

import numpy as np
import pytest

from sklearn_lpr.preprocessing import PlateNormalizer

IMAGES = [np.zeros((24, 94, 3), np.uint8)]


def test_an_equal_number_of_another_type_is_rejected():
    PlateNormalizer(height=24).transform(IMAGES)
    with pytest.raises(ValueError, match=r"'height' .* must be an int .* Got 24\.0"):
        PlateNormalizer(height=24.0).transform(IMAGES)
    assert PlateNormalizer(height=np.int64(24)).transform(IMAGES).shape == (1, 24, 94, 3)


def test_a_parameter_that_was_valid_is_checked_again_after_a_change():
    normalizer = PlateNormalizer(color="grey")
    normalizer.transform(IMAGES)
    with pytest.raises(ValueError, match=r"'color' .* Got 'gray' instead"):
        normalizer.set_params(color="gray").transform(IMAGES)
    with pytest.raises(ValueError, match=r"'color' .* Got 'gray' instead"):
        normalizer.transform(IMAGES)
