"""Bounds of the theory: a value with every intermediate and assumption."""

from __future__ import annotations

import difflib
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _core
from ._commands import Source, sources

Row = tuple[
    float,
    list[tuple[str, float]],
    list[tuple[str, list[float]]],
    list[tuple[str, bool | None]],
    bool,
    str,
]


class Bound:
    """A bound, at one point or at each point of arrays that were broadcast.

    Attributes:
        name: its name.
        value: a number, or an array of the broadcast shape.
        intermediates: by name, numbers (or arrays) that it was computed from; NaN where a point
            has none. Lists (curves, eigenvalues) are lists at one point, object arrays at several.
        assumptions: by the hypothesis, True where it is met, False where it is violated, None
            where the numbers given cannot tell; object arrays at several points.
        vacuous: whether it excludes nothing.
    """

    def __init__(self, name: str, shape: tuple[int, ...], rows: list[Row]) -> None:
        """Of what the engine gives at each point, in C order."""
        self.name = name
        self._rows = rows
        self._shape = shape

        def each(values: list[Any], dtype: Any) -> Any:
            if shape == ():
                return values[0]
            array = np.empty(len(values), dtype=dtype)
            array[:] = values
            return array.reshape(shape)

        def by_name(records: list[dict[str, Any]], absent: Any, dtype: Any) -> dict[str, Any]:
            names = dict.fromkeys(name for record in records for name in record)
            return {n: each([record.get(n, absent) for record in records], dtype) for n in names}

        self.value: Any = each([row[0] for row in rows], np.float64)
        self.vacuous: Any = each([row[4] for row in rows], np.bool_)
        numbers = by_name([dict(row[1]) for row in rows], np.nan, np.float64)
        self.intermediates = numbers | by_name([dict(row[2]) for row in rows], None, object)
        self.assumptions = by_name([dict(row[3]) for row in rows], None, object)

    def __float__(self) -> float:
        return float(self.value)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.asarray(self.value, dtype=dtype)

    def __repr__(self) -> str:
        if self._shape == ():
            return self._rows[0][5]
        return f"{self.name}, shape {self._shape}: {self.value!r}"


def bounds() -> dict[str, tuple[str, str]]:
    """Every bound by name: what it is, and the numbers that it needs (underscores for hyphens).

    >>> "epsilon" in bounds()
    True
    """
    return {name: (about, needs) for name, about, needs in _core.bounds()}


def _text(name: str, value: Any) -> str:
    """A value as the command line has it; doubles to the last digit."""
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} = {value}: expected a number")
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        return repr(float(value))
    kind = type(value).__name__
    raise TypeError(f"{name} is of type {kind}: expected a number, an array or a word")


def _list(name: str, values: Any) -> str:
    """A list as the command line has it."""
    array = np.asarray(values)
    if array.ndim != 1 or not array.size:
        raise ValueError(f"{name} has shape {array.shape}: expected a list of numbers")
    return ",".join(_text(name, value) for value in array)


def bound(
    name: str, /, *, from_: Source | None = None, **numbers: Any
) -> Bound:
    """A bound of the theory at numbers, or at arrays of numbers, which are broadcast.

    ``bounds()`` names all of them with what they need. What is a list by nature (probabilities,
    eigenvalues) is one list for all points; every other list or array is broadcast. ``from_`` is a
    file of features (.npz), a configuration (.toml), or a dict of arrays: what is not given is taken
    from there.

    Raises ``ValueError`` with the number, its value and what was expected.

    >>> b = bound("epsilon", n=[1e6, 1e8], dim=16, beta=1e-4, radius=6)
    >>> b.value.shape, bool(b.value[1] < b.value[0])
    ((2,), True)
    >>> bound("epsilon", n=1e6, dim=16, beta=1e-4, radius=6).intermediates["rho"]
    0.05
    """
    if name not in bounds():
        nearest = difflib.get_close_matches(name, bounds(), n=1, cutoff=0.0)
        raise ValueError(f"name = {name!r}: expected one of bounds(); the nearest is {nearest[0]}")
    flags = {key: key.replace("_", "-") for key in numbers}
    numbers = {k: v for k, v in numbers.items() if v is not None}
    whole = {k: _list(k, v) for k, v in numbers.items() if flags[k] in _core.bound_lists()}
    given = {k: v for k, v in numbers.items() if k not in whole}
    scalars = {k: v for k, v in given.items() if isinstance(v, (str, int, float, np.generic))}
    arrays = {k: np.asarray(v) for k, v in given.items() if k not in scalars}
    try:
        shape = np.broadcast_shapes(*(array.shape for array in arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{key} {array.shape}" for key, array in arrays.items())
        raise ValueError(f"shapes {shapes}: expected shapes that broadcast") from None
    fixed = [(flags[k], _text(k, v)) for k, v in scalars.items()]
    fixed += [(flags[k], text) for k, text in whole.items()]
    spread = {key: np.broadcast_to(array, shape).ravel() for key, array in arrays.items()}
    count = math.prod(shape)
    if not count:
        empty = next(key for key, array in arrays.items() if not array.size)
        raise ValueError(f"{empty} has shape {arrays[empty].shape}: expected at least one point")
    points = [
        fixed + [(flags[key], _text(key, array[i])) for key, array in spread.items()]
        for i in range(count)
    ]
    if from_ is None:
        return Bound(name, shape, _core.bound(name, points, None))
    with sources() as path:
        return Bound(name, shape, _core.bound(name, points, path(from_)))
