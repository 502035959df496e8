"""The commands as functions: each runs the command in a child process and reads its JSON.

Keywords are the command's flags: an underscore stands for a hyphen, ``True`` for a switch, and a
list repeats the flag; the help of a command in a terminal (``selfreward plan --help``) explains
each. A flag that does not exist is refused by the command itself, as a ``ValueError`` with its
sentence.
"""

from __future__ import annotations

import html
import os
import re
import sys
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, overload

import numpy as np

from ._arrays import ARRAYS, as_array, is_array
from ._child import Finished, arguments, expect, run_command, run_json, toml, toml_key
from ._records import Record, Records, nearest
from ._run import Run
from ._store import Store, open_store

if TYPE_CHECKING:
    import pandas
    import polars

__all__ = [
    "Ledger",
    "Result",
    "cite",
    "compare",
    "describe",
    "experiments",
    "falsify",
    "loops",
    "plan",
    "run",
    "verify",
]

Profile = Literal["quick", "full"]
PathLike: TypeAlias = "str | os.PathLike[str]"
Source: TypeAlias = "PathLike | Store | Mapping[str, Any]"


class Result(Mapping[str, Any]):
    """What a command found: its JSON as a mapping, shown as the command's own table.

    Attributes:
        json: the document, a dict.
        rows: its list of rows, as :class:`Records`.
    """

    def __init__(self, json: dict[str, Any], table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        self.json = json
        self.rows = Records(rows)
        self._shown = table

    def __getitem__(self, key: str) -> Any:
        try:
            return self.json[key]
        except KeyError:
            raise KeyError(f"{key!r}: {nearest(key, self.json)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.json)

    def __len__(self) -> int:
        return len(self.json)

    def __repr__(self) -> str:
        return self._shown

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self._shown)}</pre>"

    def to_pandas(self) -> pandas.DataFrame:
        """The rows as a pandas ``DataFrame``."""
        return self.rows.to_pandas()

    def to_polars(self) -> polars.DataFrame:
        """The rows as a polars ``DataFrame``."""
        return self.rows.to_polars()


class Ledger(Records):
    """Verdicts on claims, a row each, shown as the command's own table.

    A row is a dict whose keys are attributes, too: ``row.id``, ``row.verdict``, ``row.expected``,
    ``row.statement``, ``row.note`` … Of false variants (``controls=True``) a row also has
    ``row.caught``.

    Attributes:
        json: the document, a dict.
        exit_code: 0 if all verdicts are as expected, 3 if one contradicts what is expected, 4 if
            none contradicts, but some are not settled.
    """

    def __init__(self, json: dict[str, Any], table: str, exit_code: int) -> None:
        # A document without either is not known here: a KeyError, not an empty ledger.
        super().__init__(json["controls"] if "controls" in json else json["claims"])
        self.json = json
        self.exit_code = exit_code
        self._shown = table

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict of each claim by its id; on stores of one's own (``from_``) ``id on store``.

        Words: ``holds``, ``holds-vacuously``, ``violated``, ``inconclusive``, ``not-applicable``.
        """
        return {_name(row): row["verdict"] for row in self}

    @property
    def ok(self) -> bool:
        """Whether all verdicts are as expected; a ledger without rows is never ok."""
        return self.exit_code == 0 and len(self) > 0

    @property
    def settled(self) -> bool:
        """Whether there are verdicts, and each either is as expected or contradicts what is.

        What is not settled is a claim of which the rows did not say enough, or nothing at all.
        """
        return self.exit_code in (0, 3) and len(self) > 0 and not any(map(_is_open, self))

    def __repr__(self) -> str:
        return self._shown

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self._shown)}</pre>"


def _name(row: Mapping[str, Any]) -> str:
    store = row.get("store")
    if store is None:
        return str(row["id"])
    return f"{row['id']} on {store['name']} ({store['profile']}, seed {store['seed']})"


def _is_open(row: Mapping[str, Any]) -> bool:
    """Whether a row is neither as expected nor a contradiction."""
    if "caught" in row:
        return bool(row["untried"] and row["expected"] is not None)
    verdict, expected = row["verdict"], row["expected"]
    if row.get("as_expected", verdict == expected):
        return False
    return not (verdict == "violated" or (expected == "violated" and verdict == "holds"))


def plan(**flags: Any) -> Result:
    """The least number of samples for every number of rounds, by Theorem 5.3 or 6.2.

    Keywords are the flags of ``selfreward plan``: ``kappa0``, ``target_failure``, ``gamma``,
    ``mu`` (nats), and of the class ``dim`` and ``radius``, or ``range`` and ``class_size`` or
    ``log_class_size``; ``delta``, ``rho``, ``beta_over_sqrt_n``, ``max_rounds``. ``from_`` is a
    file (``.npz``), a configuration (TOML) or a dict of it, which gives what is not given.

    Raises:
        ValueError: a flag is missing or out of range; it is named.
        OSError: the file cannot be read.

    >>> needed = {"kappa0": 3, "gamma": 1, "mu": 0.3, "dim": 4, "radius": 2000}
    >>> found = plan(**needed, target_failure=0.1, max_rounds=2)
    >>> found["plans"][0]["rounds"], found["promised"]
    (1, True)
    """
    with sources() as path:
        if "from_" in flags:
            flags["from_"] = path(flags["from_"])
        done, document = run_json("plan", [], flags)
    return Result(document, done.stdout.rstrip(), document["plans"])


def describe(source: Source, **flags: Any) -> Result:
    """What a base policy and its features are, before any round.

    ``source`` is a file (``.npz``), a configuration (TOML), a dict of it such as
    ``{"instance": {"kind": "gaussian", "prompts": 9, "responses": 3, "dim": 4}}``, or a dict of
    arrays, as ``simulate`` takes them. Keywords are the flags of ``selfreward describe``:
    ``replicate``, ``set`` (a dict), ``seed``, ``rescale``, ``lambda_``.

    Raises:
        ValueError: the source or a flag is refused, with the key or array.
        OSError: the file cannot be read.

    >>> import numpy as np
    >>> found = describe({"offset": np.log([[0.5, 0.25, 0.25]])})
    >>> round(found["quantities"]["kappa0"]["value"], 12)
    2.0
    """
    with sources() as path:
        done, document = run_json("describe", [path(source)], flags)
    quantities = document["quantities"]
    rows = [{"name": name, **_valued(quantity)} for name, quantity in quantities.items()]
    return Result(document, done.stdout.rstrip(), rows)


def compare(a: Source, b: Source | None = None, **flags: Any) -> Result:
    """Whether B differs from A, in which quantities, from which round on, and by how much.

    Both are folders of runs, stores, or configurations (files or dicts); with ``config=`` names of
    loops. One alone goes with ``by="process.beta=1,2"`` (a store) or ``set_b={...}`` (a
    configuration). Other keywords: ``y`` (names), ``t`` (rounds), ``delta``, ``set``, ``seed``,
    ``replicates``, ``jobs``. Rows of the result are quantities by cell and round.

    Raises:
        ValueError: the sides cannot be compared, with the reason.
        OSError: one of them cannot be read.
    """
    with sources() as path:
        if "config" in flags:
            flags["config"] = path(flags["config"])
        sides = [path(side) for side in (a, b) if side is not None]
        done, document = run_json("compare", sides, flags)
    rows = [{**pair["labels"], **row} for pair in document["pairs"] for row in pair["rows"]]
    return Result(document, done.stdout.rstrip(), rows)


def verify(
    *claims: str,
    profile: Profile = "full",
    from_: PathLike | Store | Sequence[PathLike | Store] | None = None,
    **flags: Any,
) -> Ledger:
    """Weighs claims of the theory against measured rows.

    ``claims`` are those of a paper (``"fu2026"``), of a letter (``"M"``), a number with its parts
    (``"C16"``) or one part (``"C16.linear"``); all without any. The rows are computed in the
    ``profile`` ("quick" or "full"), or are those of ``from_``: one store, or several. Other
    keywords are flags of ``selfreward verify``: ``seed``, ``jobs``, ``out``, ``controls``,
    ``seeds``.
    Where a claim is violated, its witness is saved in the folder ``violations`` (or ``out``).

    A verdict that is not the expected one is no exception: the ledger is not ``ok``.

    Raises:
        ValueError: a claim, flag or store is refused, or nothing is selected.
        OSError: a store is not there or cannot be read.
        RuntimeError: the rows could not be computed.

    >>> ledger = verify("C16.linear", profile="quick", quiet=True)
    >>> ledger.ok, ledger.verdicts
    (True, {'C16.linear': 'holds'})
    """
    for claim in claims:
        if not isinstance(claim, str):
            raise TypeError(f"claim = {claim!r}: expected names, each an argument of its own")
    with sources() as path:
        stores = [from_] if isinstance(from_, (str, os.PathLike, Store)) else list(from_ or [])
        if from_ is not None:
            if not stores:
                raise ValueError("from_ is empty; expected a store, or a list of them")
            flags["from_"] = [path(store) for store in stores]
        flags |= _profile(profile, given=from_ is None)
        done, document = run_json("verify", claims, flags, accept=(0, 3, 4))
    return Ledger(document, done.stdout.rstrip(), done.code)


def falsify(claim: str, **flags: Any) -> Result:
    """Searches for the instance with the largest ratio measured/bound of a claim.

    Keywords are the flags of ``selfreward falsify``: ``budget`` (seconds) or ``evaluations``,
    ``seed``, ``out`` (the folder of the worst instance, ``violations`` without it). The result has
    ``outcome`` ("not violated", "violated", "exceeded" in one replicate where a share of them may,
    "never applied"), ``ratio``, ``measured``, ``bound``, ``at``, ``evaluations``, ``growth``,
    ``saved``. Infinities are ``float("inf")``; numbers that do not exist are ``None``.

    Raises:
        ValueError: the claim or a flag is refused.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = falsify("C8.simplification", evaluations=300, out=folder)
    >>> found["outcome"], found["ratio"] > 1
    ('violated', True)
    """
    done, document = run_json("falsify", [claim], flags, accept=(0, 3, 4))
    document = {key: _number(value) for key, value in document.items()}
    return Result(document, done.stdout.rstrip(), [document])


@overload
def loops(name: None = None) -> Records: ...
@overload
def loops(name: str) -> Record: ...
def loops(name: str | None = None) -> Records | Record:
    """The named loops: the keys that each sets, its recursion in the population, its source.

    With a ``name`` that loop alone.

    Raises:
        ValueError: no loop has this name; the nearest is named.

    >>> loops("self-rewarding").regime
    'diverges for every β'
    """
    found = Records(_document("loops")["loops"])
    if name is None:
        return found
    for loop in found:
        if loop["name"] == name:
            return loop
    raise ValueError(f"loop = {name!r}: {nearest(name, (loop['name'] for loop in found))}")


def experiments() -> Records:
    """The experiments: claims with expected verdicts, cells, replicates, seconds on two cores.

    >>> [one.quick["cells"] for one in experiments() if one.name == "hard_instance"]
    [6]
    """
    return Records(_document("list")["experiments"])


def cite(*names: str) -> str:
    """BibTeX entries of claims, papers or named loops; of this program without any.

    Raises:
        ValueError: a name is not known; the nearest is named.

    >>> "@software" in cite() or "@misc" in cite()
    True
    """
    return expect(run_command(["cite", "--", *names])).stdout.rstrip()


def run(
    *definitions: PathLike,
    out: PathLike = "runs",
    resume: bool = False,
    profile: Profile = "full",
    **flags: Any,
) -> Store | list[Store]:
    """Computes experiments, and opens what it has made: one store, or a list of them for several.

    ``definitions`` are files (TOML) or names of :func:`experiments`. ``resume`` goes on with a
    store that exists. Other keywords are the flags of ``selfreward run``: ``set`` (a dict),
    ``replicates``, ``seed``, ``jobs``, ``force``, ``shard``. An interrupt leaves a store with what
    was done. Verdicts on claims that a definition names are shown on stderr.

    Raises:
        ValueError: a definition or flag is refused.
        OSError: a file is not there, or a store exists already (``resume`` and ``force`` allow it).
        RuntimeError: replicates failed; the store holds the others: :func:`open_store` reads it.
    """
    line = ["run", f"--out={os.fspath(out)}"]
    line += arguments(_profile(profile) | {"resume": resume} | flags)
    names = ["--", *(os.fspath(one) for one in definitions)]
    if flags.get("dry_run"):
        raise ValueError(
            "dry_run gives no store; expected `selfreward run --dry-run` in a terminal"
        )
    # What would be computed is said with its place, before it is.
    planned = expect(run_command([*line, "--dry-run", *names], quiet=True)).stdout
    paths = _places(planned)
    for change in planned.splitlines():
        if resume and change.startswith(" ") and "no more" in change:
            warnings.warn(change.strip(), stacklevel=2)
    quiet = bool(flags.get("quiet"))
    done = run_command([*line, *names], quiet=quiet)
    if done.code == 1:
        done = _with_places(done, paths)
    expect(done, accept=(0, 3, 4))
    if done.stdout.strip() and not quiet and sys.stderr is not None:
        sys.stderr.write(done.stdout)
    stores = [open_store(path) for path in paths]
    return stores[0] if len(stores) == 1 else stores


def _places(text: str) -> list[Path]:
    """The stores of a dry run: a line each, which ends with its place; changes are indented."""
    lines = (line for line in text.splitlines() if not line.startswith(" "))
    return [
        Path(line.split(" on one core -> ", 1)[1]) for line in lines if " on one core -> " in line
    ]


def _with_places(done: Finished, paths: Iterable[Path]) -> Finished:
    there = ", ".join(str(path) for path in paths if path.exists())
    text = f"error: what was computed is in {there}\n" if there else ""
    return Finished(done.code, done.stdout, done.stderr + text)


def _profile(profile: str, *, given: bool = True) -> dict[str, Any]:
    if profile not in ("quick", "full"):
        raise ValueError(f"profile = {profile!r}: expected 'quick' or 'full'")
    return {profile: given}


def _document(command: str) -> dict[str, Any]:
    import json

    document: dict[str, Any] = json.loads(expect(run_command([command, "--json"])).stdout)
    return document


def _number(value: Any) -> Any:
    """Infinities, which JSON has no number for."""
    if isinstance(value, list):
        return [_number(one) for one in value]
    return float(value) if value in ("inf", "-inf") else value


def _valued(quantity: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _number(value) for key, value in quantity.items()}


class _Paths:
    """Gives the path of a source; a dict is written as a file first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written = 0

    def __call__(self, source: Source) -> str:
        if isinstance(source, Store):
            return os.fspath(source.path)
        if isinstance(source, Run):
            raise TypeError("this is a Run in memory: expected a file, its run.config, or a store")
        if not isinstance(source, Mapping):
            return os.fspath(source)
        self._written += 1
        given = {key: one for key, one in source.items() if is_array(one)}
        arrays: dict[str, Any] = {key: as_array(key, one) for key, one in given.items()}
        if any(key in ARRAYS for key in arrays):
            for key, one in source.items():
                if key not in ARRAYS or (one is not None and key not in arrays):
                    what = f"{key} = {one!r} beside arrays: expected arrays alone"
                    raise ValueError(f"{what}, {', '.join(ARRAYS)}")
            archive = self._folder / f"arrays-{self._written}.npz"
            np.savez(archive, **arrays)
            return str(archive)
        file = self._folder / f"configuration-{self._written}.toml"
        lines = (f"{key} = {toml(value)}\n" for key, value in _leaves(source))
        file.write_text("".join(lines), encoding="utf-8")
        return str(file)


def _leaves(section: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, Any]]:
    """The keys of a configuration in dotted form."""
    for key, value in section.items():
        dotted = f"{place}{toml_key(key)}"
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{dotted}.")
        else:
            yield dotted, value


@contextmanager
def sources() -> Iterator[_Paths]:
    with tempfile.TemporaryDirectory(prefix="selfreward-") as folder:
        try:
            yield _Paths(Path(folder))
        except (ValueError, OSError, RuntimeError) as error:
            # What was written for the command is called after what it stands for.
            written = re.escape(folder) + r"/(arrays|configuration)-\d+\.\w+"
            text = re.sub(written, r"\1", str(error))
            raise type(error)(text) from None
