"""Conversion of scikit-learn's `random_state` to a seed."""

import numpy as np

__all__ = ["seed_from_random_state"]


def seed_from_random_state(random_state: int | np.random.RandomState | None) -> int:
    """Return a seed for NumPy's generators and for Keras.

    Parameters
    ----------
    random_state : int, RandomState instance or None
        An int is the seed itself. A RandomState instance draws the seed. With None, the seed comes
        from the operating system's entropy, and NumPy's global random state does not change.

    Returns
    -------
    int

    Raises
    ------
    TypeError
        If `random_state` is a `numpy.random.Generator`.
    """
    if random_state is None:
        return int(np.random.SeedSequence().generate_state(1)[0] >> 1)
    if isinstance(random_state, np.random.Generator):
        raise TypeError(
            f"random_state={random_state!r} is not supported; pass an int, a "
            "numpy.random.RandomState or None."
        )
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(np.iinfo(np.int32).max))
    return int(random_state)
