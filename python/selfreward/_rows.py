"""Rows of a store as columns: arrays of NumPy by name."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ._records import nearest, needed

if TYPE_CHECKING:
    import pandas
    import polars
    import xarray

__all__ = ["Rows"]


class Rows:
    """Rows of a store, sorted by cell, replicate and round: each column is an array.

    ``cell`` (ids), ``replicate`` and ``t`` are words and whole numbers; quantities are doubles, bit
    for bit those of the store, and NaN where a quantity does not exist. ``len(rows)`` is the number
    of rows, ``list(rows)`` are the names of the columns.

    Attributes:
        missing: how many replicates of these cells have no rows, because they failed or are still
            to be computed.
    """

    def __init__(
        self,
        columns: dict[str, NDArray[Any]],
        index: dict[str, NDArray[Any]],
        cells: Mapping[str, Mapping[str, Any]],
        missing: int,
    ) -> None:
        self._columns = columns
        self._index = index
        self._cells = cells
        self.missing = missing

    def __getitem__(self, name: str) -> NDArray[Any]:
        try:
            return self._columns[name]
        except KeyError:
            raise KeyError(f"{name!r}: {nearest(name, self._columns)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._index["t"])

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def keys(self) -> KeysView[str]:
        """The names of the columns."""
        return self._columns.keys()

    def values(self) -> ValuesView[NDArray[Any]]:
        """The arrays of the columns."""
        return self._columns.values()

    def items(self) -> ItemsView[str, NDArray[Any]]:
        """Names with their arrays."""
        return self._columns.items()

    def __repr__(self) -> str:
        cells = len(set(self._index["cell"]))
        text = f"{len(self)} rows of {cells} cells: {', '.join(self)}"
        return f"{text}\nmissing: {self.missing} replicates have no rows" if self.missing else text

    def to_pandas(self) -> pandas.DataFrame:
        """A pandas ``DataFrame`` (``pip install selfreward[pandas]``)."""
        frame: pandas.DataFrame = needed("pandas").DataFrame(dict(self._columns))
        return frame

    def to_polars(self) -> polars.DataFrame:
        """A polars ``DataFrame``, NaN for what is missing (``pip install selfreward[polars]``)."""
        frame: polars.DataFrame = needed("polars").DataFrame(dict(self._columns))
        return frame

    def to_xarray(self) -> xarray.Dataset:
        """An xarray ``Dataset`` over cell, replicate and t (``pip install selfreward[xarray]``).

        Quantities are variables with these three dimensions, NaN where there is no row. Parameters
        of cells are coordinates along ``cell``.
        """
        index = self._index
        # Cells in the order of the store.
        cells = [cell for cell in self._cells if cell in set(index["cell"].tolist())]
        place = {cell: number for number, cell in enumerate(cells)}
        first = np.array([place[cell] for cell in index["cell"].tolist()], dtype=np.int64)
        replicates, second = np.unique(index["replicate"], return_inverse=True)
        rounds, third = np.unique(index["t"], return_inverse=True)
        shape = (len(cells), len(replicates), len(rounds))
        variables: dict[str, Any] = {}
        for name, column in self._columns.items():
            if (
                name in index
                or column.dtype != np.float64
                or any(name in cell for cell in self._cells.values())
            ):
                continue
            values = np.full(shape, np.nan)
            values[first, second, third] = column
            variables[name] = (("cell", "replicate", "t"), values)
        coordinates: dict[str, Any] = {"cell": cells, "replicate": replicates, "t": rounds}
        for key in dict.fromkeys(key for cell in cells for key in self._cells[cell]):
            coordinates[key] = ("cell", parameter([self._cells[cell].get(key) for cell in cells]))
        dataset: xarray.Dataset = needed("xarray").Dataset(variables, coordinates)
        return dataset


def parameter(values: list[Any]) -> NDArray[Any]:
    """Values of a key: whole numbers, doubles (NaN for none), or objects where there are words.

    >>> parameter([1, 2]).dtype.kind, parameter([1, None]).tolist(), parameter(["a", 1]).dtype.kind
    ('i', [1.0, nan], 'O')
    """
    if all(isinstance(value, int) for value in values):
        return np.array(values, dtype=np.int64)
    if all(value is None or isinstance(value, (int, float)) for value in values):
        return np.array(values, dtype=np.float64)
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
