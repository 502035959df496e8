"""Stores of runs: the rows that ``selfreward run`` has measured, read from SQLite."""

from __future__ import annotations

import math
import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._child import arguments, expect, run_command
from ._figure import Figure
from ._records import Records, nearest
from ._rows import Rows, parameter
from ._snapshot import connected, no_store, readable
from ._where import Comparison, Where, comparisons, listed

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["Store", "open_store"]

#: What marks a store, and the layout that is read here.
APPLICATION = 0x736C6672
SCHEMA = 1

#: The columns of the table of cells before those of the grid's keys.
_CELL = ("cell", "id", "part", "seed", "replicates")
#: What identifies a row, as columns of :class:`Rows`.
_INDEX = ("cell", "replicate", "t")
#: Rows that are read at once.
_CHUNK = 100_000


def open_store(path: str | os.PathLike[str]) -> Store:
    """Opens a store to read it; a folder stands for the one store that it holds.

    A store that a running process writes to can be read, too: what it gives are the replicates that
    were done by then, and ``complete`` is false.

    Raises:
        FileNotFoundError: it is not there.
        OSError: it cannot be read.
        ValueError: it is no store, is damaged, or has a layout that this version does not read.
    """
    return Store(path)


class Store:
    """A store: cells, each with its replicates, each with a row for every round.

    Every call reads the file anew, and holds no lock on it afterwards.

    Attributes:
        path: the file.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = _file(Path(path))
        with connected(self.path) as connection:
            marks = [
                _one(connection, f"PRAGMA {name}") for name in ("application_id", "user_version")
            ]
            if marks[0] != APPLICATION:
                raise no_store(self.path)
            if marks[1] != SCHEMA:
                raise ValueError(
                    f"{self.path}: has schema {marks[1]}; this version reads schema {SCHEMA}"
                )
            sound = _one(connection, "PRAGMA quick_check")
            if sound != "ok":
                raise no_store(self.path, "; ".join(sound.split("\n")))

    @property
    def cells(self) -> Records:
        """A record for each cell: ``cell`` (its id), ``part``, keys of the grid, ``replicates`` …

        A key is ``None`` in a part that neither sets it nor has a default for it; numbers and words
        are as they are, lists and truth values are JSON.
        """
        with connected(self.path) as connection:
            return Records(_cells(connection).values())

    @property
    def quantities(self) -> list[str]:
        """The names of the measured quantities, in the order of the store."""
        with connected(self.path) as connection:
            return _names(connection, "rows")[3:]

    def rows(
        self,
        cell: str | Sequence[str] | Mapping[str, Any] | None = None,
        columns: str | Iterable[str] | None = None,
        where: Where | None = None,
    ) -> Rows:
        """The rows of some cells, or of all: arrays by name, sorted by cell, replicate and round.

        ``cell`` is an id, a list of ids, or values of keys such as ``{"process.samples": 1024}``,
        where a list gives several values, ``part`` is a key, too, and a key's last word is enough
        if no other key ends so. ``columns`` are names of quantities, of keys, or ``part`` (without
        it all quantities); ``cell``, ``replicate`` and ``t`` are always there. ``where`` is a
        condition on any of these, such as ``"t == last and failure_0.5 > 0"`` (``last`` is the last
        round of each cell), or a mapping such as ``{"t": [0, 1]}``. A missing number meets no
        condition.

        Raises:
            KeyError: no cell has this id or these values; what there is, is named.
            ValueError: there is no such column or key; the nearest is named.
        """
        asked = (
            [columns] if isinstance(columns, str) else None if columns is None else list(columns)
        )
        with connected(self.path) as connection:
            cells = _cells(connection)
            keys = _names(connection, "cells")[len(_CELL) :]
            quantities = _names(connection, "rows")[3:]
            known = [*_INDEX, "part", *keys, *quantities]
            names = (
                quantities
                if asked is None
                else [_resolved("column", name, known) for name in asked]
            )
            conditions = [_with_key(one, known) for one in comparisons(where)]
            chosen = _chosen(cells, cell, keys)
            of_cells = [one for one in conditions if one.key in ("cell", "part", *keys)]
            chosen = {
                place: record
                for place, record in chosen.items()
                if all(one.holds(record[one.key]) for one in of_cells)
            }
            measured = [name for name in names if name in quantities]
            table = _table(
                connection, list(chosen), measured, [c for c in conditions if c not in of_cells]
            )
            missing = _missing(connection, chosen)
        places = table[:, 0].astype(np.int64)
        ids = np.array([record["cell"] for record in cells.values()])
        # The place of a cell among all: `cells` is sorted by it.
        position = np.searchsorted(np.array(list(cells), dtype=np.int64), places)
        index: dict[str, NDArray[Any]] = {
            "cell": ids[position],
            "replicate": table[:, 1].astype(np.int64),
            "t": table[:, 2].astype(np.int64),
        }
        found = dict(index)
        for name in names:
            if name in measured:
                found[name] = np.ascontiguousarray(table[:, 3 + measured.index(name)])
            elif name not in index:
                found[name] = parameter([record[name] for record in cells.values()])[position]
        parameters = {
            record["cell"]: {key: record[key] for key in ("part", *keys)}
            for record in cells.values()
        }
        return Rows(found, index, parameters, missing)

    def config(self, cell: str | Mapping[str, Any], replicate: int | None = None) -> dict[str, Any]:
        """The configuration with which ``simulate`` gives the rows of a cell or a replicate anew.

        Raises:
            KeyError: there is no such cell.
            ValueError: there is no such replicate.
        """
        cell = str(cell["cell"]) if isinstance(cell, Mapping) else cell
        with connected(self.path) as connection:
            _chosen(_cells(connection), cell, [])
        line = ["show", *arguments({"cell": cell, "replicate": replicate})]
        with readable(self.path) as place:
            text = expect(run_command([*line, "--", str(place)])).stdout
        return tomllib.loads(text)

    @property
    def provenance(self) -> dict[str, Any]:
        """Where the rows come from.

        ``identity`` (experiment, profile, seed, version, definition …), ``counts`` (cells,
        replicates asked, done and failed, rows) and ``sessions`` (when, and on which machine).
        """
        with connected(self.path) as connection:
            names = _names(connection, "sessions")[1:]
            sessions = connection.execute("SELECT * FROM sessions ORDER BY session").fetchall()
            return {
                "schema": SCHEMA,
                "identity": dict(
                    connection.execute("SELECT name, value FROM identity ORDER BY name")
                ),
                "counts": _counts(connection),
                "sessions": [
                    {
                        name: bool(value) if name == "resumed" else value
                        for name, value in zip(names, session[1:])
                    }
                    for session in sessions
                ],
            }

    @property
    def failures(self) -> Records:
        """The replicates that failed, with the error: they have no rows, and would fail again."""
        with connected(self.path) as connection:
            cursor = connection.execute("SELECT * FROM failed")
            names = [about[0] for about in cursor.description]
            return Records(dict(zip(names, row)) for row in cursor)

    @property
    def complete(self) -> bool:
        """Whether all rows that were planned are there: every replicate is done, none failed."""
        with connected(self.path) as connection:
            counts = _counts(connection)
        return counts["done"] == counts["asked"]

    def plot(self, **flags: Any) -> Figure | list[Figure]:
        """Draws the store: the figure of its experiment, or what flags ask for.

        Keywords are flags of ``selfreward plot``: ``x``, ``y``, ``where``, ``by``, ``facet``,
        ``log``, ``bound``, ``bound_set``, ``delta``, ``level``, ``title``, ``width``, ``height``.
        An experiment that has several figures gives a list of them. Nothing is written beside the
        store.

        Raises:
            ValueError: a flag is refused, or there is nothing to draw.
        """
        if "out" in flags:
            raise ValueError("out is not for this plot: expected .save(path) of the figure")
        with (
            readable(self.path) as place,
            tempfile.TemporaryDirectory(prefix="selfreward-") as folder,
        ):
            line = ["plot", f"--out={folder}", *arguments(flags), "--", str(place)]
            expect(run_command(line, quiet=True))
            names = sorted(file.stem for file in Path(folder).glob("*.svg"))
            figures = [Figure.of(Path(folder), name) for name in names]
        if not figures:
            raise ValueError(f"{self.path}: nothing was drawn")
        return figures[0] if len(figures) == 1 else figures

    def __repr__(self) -> str:
        with connected(self.path) as connection:
            counts = _counts(connection)
            identity = dict(connection.execute("SELECT name, value FROM identity"))
            first = connection.execute(
                "SELECT cell, replicate, error FROM failed LIMIT 1"
            ).fetchone()
        about = (
            f"{identity.get('experiment')} ({identity.get('profile')}, seed {identity.get('seed')})"
        )
        lines = [
            f"Store {self.path}",
            f"{about}: {counts['cells']} cells, {counts['done']} of {counts['asked']} replicates, "
            f"{counts['rows']} rows",
        ]
        if first is not None:
            lines.append(
                f"failed: {counts['failed']} replicates, first {first[0]}, {first[1]}: {first[2]}"
            )
        undone = counts["asked"] - counts["done"] - counts["failed"]
        if undone:
            lines.append(
                f"missing: {undone} replicates are not computed; run(..., resume=True) goes on"
            )
        return "\n".join(lines)


def _file(path: Path) -> Path:
    """The store that a path stands for."""
    if not path.exists():
        raise FileNotFoundError(
            f"{path}: does not exist (sought from {Path.cwd()}); "
            "expected a store made by `selfreward run`"
        )
    if not path.is_dir():
        if not path.is_file():
            raise ValueError(f"{path}: is a device or a pipe; expected a store")
        return path
    stores = sorted(path.glob("*.sqlite"))
    if len(stores) != 1:
        names = ", ".join(store.name for store in stores) or "none is there"
        raise ValueError(f"{path}: is a folder; expected a store, or a folder with one ({names})")
    return stores[0]


def _one(connection: sqlite3.Connection, sql: str) -> Any:
    return connection.execute(sql).fetchone()[0]


def _names(connection: sqlite3.Connection, table: str) -> list[str]:
    return [about[0] for about in connection.execute(f"SELECT * FROM {table} LIMIT 0").description]


def _cells(connection: sqlite3.Connection) -> dict[int, dict[str, Any]]:
    """The cells by their place in the study, in its order."""
    keys = _names(connection, "cells")[len(_CELL) :]
    cells = {}
    for row in connection.execute("SELECT * FROM cells ORDER BY cell"):
        place, identity, part, seed, replicates = row[: len(_CELL)]
        values = dict(zip(keys, row[len(_CELL) :]))
        cells[place] = {
            "cell": identity,
            "part": part,
            **values,
            "seed": seed,
            "replicates": replicates,
        }
    return cells


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    return {
        "cells": _one(connection, "SELECT count(*) FROM cells"),
        "asked": _one(connection, "SELECT coalesce(sum(replicates), 0) FROM cells"),
        "done": _one(connection, "SELECT count(*) FROM rows WHERE round = 0"),
        "failed": _one(connection, "SELECT count(*) FROM failures"),
        "rows": _one(connection, "SELECT count(*) FROM rows"),
    }


def _resolved(what: str, name: str, known: Sequence[str]) -> str:
    """The full name of a column or key; its last word is enough where no other ends so."""
    if name in known:
        return name
    ends = [one for one in known if one.rsplit(".", 1)[-1] == name and "." in one]
    if len(ends) == 1:
        return ends[0]
    raise ValueError(f"{what} = {name!r}: {nearest(name, ends or known)}")


def _with_key(comparison: Comparison, known: Sequence[str]) -> Comparison:
    return replace(comparison, key=_resolved("where", comparison.key, known))


def _chosen(
    cells: dict[int, dict[str, Any]],
    asked: str | Sequence[str] | Mapping[str, Any] | None,
    keys: Sequence[str],
) -> dict[int, dict[str, Any]]:
    """The cells of an id, of several, or of values."""
    if asked is None:
        return cells
    if isinstance(asked, Mapping) and "cell" in asked:
        # A record of `cells`.
        asked = str(asked["cell"])
    if isinstance(asked, Mapping):
        known = ["part", *keys]
        wanted = [
            Comparison(_resolved("cell", key, known), "==", listed(value))
            for key, value in asked.items()
        ]
        found = {
            place: cell
            for place, cell in cells.items()
            if all(one.holds(cell[one.key]) for one in wanted)
        }
        if not found:
            there = (
                f"{one.key} in {sorted({str(cell[one.key]) for cell in cells.values()})}"
                for one in wanted
            )
            raise KeyError(f"no cell has {dict(asked)}; there are {'; '.join(there)}")
        return found
    places = {cell["cell"]: place for place, cell in cells.items()}
    ids = [asked] if isinstance(asked, str) else list(asked)
    for one in ids:
        if one not in places:
            raise KeyError(f"no cell {one!r}; {nearest(one, places)}")
    return {places[one]: cells[places[one]] for one in ids}


def _table(
    connection: sqlite3.Connection,
    places: list[int],
    measured: list[str],
    conditions: list[Comparison],
) -> NDArray[np.float64]:
    """Place of the cell, replicate, round and quantities of each row; NaN for what is missing."""
    names = ["cell", "replicate", "round", *measured]
    tests, values = [], []
    for one in conditions:
        column = "round" if one.key == "t" else one.key
        sides = one.value if isinstance(one.value, tuple) else (one.value,)
        terms = []
        for side in sides:
            if one.key == "t" and side == "last":
                terms.append(f"r.round {one.op} chosen.last")
                continue
            if isinstance(side, bool) or not isinstance(side, (int, float)) or math.isnan(side):
                raise ValueError(f"where = {one.key} {one.op} {side!r}: expected a number")
            terms.append(f"r.{_quoted(column)} {one.op} ?")
            values.append(side)
        tests.append(f"({' OR '.join(terms) or 'FALSE'})")
    connection.execute("CREATE TEMP TABLE chosen (cell INTEGER PRIMARY KEY, last INTEGER)")
    connection.executemany("INSERT INTO chosen (cell) VALUES (?)", [(place,) for place in places])
    last = "SELECT max(round) FROM rows WHERE rows.cell = chosen.cell"
    connection.execute(f"UPDATE chosen SET last = ({last})")
    columns = ", ".join(f"r.{_quoted(name)}" for name in names)
    condition = f"WHERE {' AND '.join(tests)} " if tests else ""
    cursor = connection.execute(
        f"SELECT {columns} FROM rows AS r JOIN chosen USING (cell) {condition}"
        "ORDER BY r.cell, r.replicate, r.round",
        values,
    )
    chunks = [np.empty((0, len(names)))]
    while rows := cursor.fetchmany(_CHUNK):
        chunks.append(np.array(rows, dtype=np.float64))
    return np.concatenate(chunks)


def _missing(connection: sqlite3.Connection, cells: Mapping[int, Mapping[str, Any]]) -> int:
    """How many replicates of these cells have no rows; `chosen` holds the cells."""
    done: int = _one(
        connection, "SELECT count(*) FROM rows JOIN chosen USING (cell) WHERE round = 0"
    )
    asked: int = sum(cell["replicates"] for cell in cells.values())
    return asked - done


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
