"""Seeds from scikit-learn's `random_state`."""

import numpy as np

__all__ = ["draw_seed"]


def draw_seed(random_state: int | np.random.RandomState | None) -> int:
    """Turn `random_state` into a seed.

    Parameters
    ----------
    random_state : int, RandomState instance or None
        An int is the seed. An instance is drawn from. None gives fresh entropy: NumPy's global
        random state is the user's and stays as it is.

    Returns
    -------
    int
    """
    if random_state is None:
        return int(np.random.SeedSequence().generate_state(1)[0] >> 1)
    if isinstance(random_state, np.random.Generator):
        raise TypeError(
            f"random_state={random_state!r} is no random state of scikit-learn; pass an int, a "
            "numpy.random.RandomState or None."
        )
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(np.iinfo(np.int32).max))
    return int(random_state)
