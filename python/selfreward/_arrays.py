"""The arrays of an instance, by their names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["ARRAYS", "as_array", "is_array"]

#: As ``numpy.savez`` would name them in a file of kind ``npz``.
ARRAYS = (
    "phi",
    "theta0",
    "offset",
    "prompt_weights",
    "num_responses",
    "correct",
    "answer",
    "reward",
    "level",
)


def is_array(value: Any) -> bool:
    """Whether a value is an array or a list, and no word, number or table of a key."""
    return value is not None and not isinstance(value, (str, bool, int, float, Mapping))


def as_array(name: str, value: Any) -> NDArray[Any]:
    """The array of a name; an array of NumPy is itself."""
    if isinstance(value, np.ma.MaskedArray):
        what = f"{name} is a masked array: expected its data (numpy.ma.getdata), and num_responses,"
        raise ValueError(f"{what} (M,), that says how many responses of each prompt count")
    try:
        return np.asarray(value)
    except ValueError:
        what = f"{name} has rows of different lengths: expected one shape, (M, K, …), padded"
        raise ValueError(f"{what}, and num_responses, (M,), that says how many count") from None
