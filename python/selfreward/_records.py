"""Rows of named values: a list that shows itself as a table, and becomes a data frame."""

from __future__ import annotations

import difflib
import html
import importlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    import pandas
    import polars

__all__ = ["Record", "Records", "needed", "nearest"]

#: The longest text of a cell that a table shows whole.
WIDEST = 60


class Record(dict[str, Any]):
    """Named values; a name without a dot is an attribute, too.

    >>> row = Record(id="C1", verdict="holds")
    >>> row["verdict"], row.verdict
    ('holds', 'holds')
    """

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"no {name!r}; {nearest(name, self)}") from None

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *(name for name in self if name.isidentifier())]


class Records(Sequence[Record]):
    """A list of records.

    >>> Records([{"name": "a", "n": 1}, {"name": "b", "n": 2}])
    name  n
    a     1
    b     2
    """

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._rows = [Record(row) for row in rows]

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> list[Record]: ...
    def __getitem__(self, index: int | slice) -> Record | list[Record]:
        return self._rows[index]

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Record]:
        return iter(self._rows)

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        names, lines = self._table()
        if not lines:
            return "nothing"
        widths = [max(map(len, column)) for column in zip(names, *lines)]
        padded = (
            "  ".join(word.ljust(width) for word, width in zip(line, widths)).rstrip()
            for line in [names, *lines]
        )
        return "\n".join(padded)

    def _repr_html_(self) -> str:
        names, lines = self._table()

        def row(words: list[str], tag: str) -> str:
            cells = (f"<{tag}>{html.escape(word)}</{tag}>" for word in words)
            return f"<tr>{''.join(cells)}</tr>"

        body = "".join(row(line, "td") for line in lines)
        return f"<table><thead>{row(names, 'th')}</thead><tbody>{body}</tbody></table>"

    def _table(self) -> tuple[list[str], list[list[str]]]:
        names = list(dict.fromkeys(name for row in self._rows for name in row))
        return names, [[_shown(row.get(name)) for name in names] for row in self._rows]

    def to_pandas(self) -> pandas.DataFrame:
        """A pandas ``DataFrame``, a row for each record (``pip install selfreward[pandas]``)."""
        frame: pandas.DataFrame = needed("pandas").DataFrame([_flat(row) for row in self])
        return frame

    def to_polars(self) -> polars.DataFrame:
        """A polars ``DataFrame``, a row for each record (``pip install selfreward[polars]``)."""
        rows = [_flat(row) for row in self]
        frame: polars.DataFrame = needed("polars").DataFrame(rows, infer_schema_length=None)
        return frame


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """Mappings within a record become columns of their own: ``measured.lo``."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            flat.update({f"{name}.{inner}": one for inner, one in _flat(value).items()})
        else:
            flat[name] = value
    return flat


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        value = ", ".join(f"{key} = {_shown(one)}" for key, one in value.items())
    elif isinstance(value, (list, tuple)):
        value = ", ".join(map(_shown, value))
    text = " ".join(str(value).split())
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def nearest(name: object, known: Iterable[str]) -> str:
    """What to say of a name that is not there.

    >>> nearest("kapa", ["kappa", "drift"])
    'expected one of kappa, drift; the nearest is kappa'
    """
    known = list(known)
    near = difflib.get_close_matches(str(name), known, 1, 0.5)
    text = f"expected one of {', '.join(known)}" if known else "there is none"
    return f"{text}; the nearest is {near[0]}" if near else text


def needed(package: str) -> Any:
    """An optional package.

    Raises:
        ImportError: it is not installed; the text says how to.
    """
    try:
        return importlib.import_module(package)
    except ImportError as error:
        text = f"{package} is not installed: pip install selfreward[{package}]"
        raise ImportError(text, name=package) from error
