"""``simulate``: rounds of a loop, measured exactly, and what comes of them."""

from __future__ import annotations

import csv
import difflib
import io
import json
import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _core
from ._arrays import ARRAYS, as_array, is_array
from ._figure import Figure
from ._progress import Progress
from ._records import needed

if TYPE_CHECKING:
    import pandas
    import polars
    import xarray

    from ._core import State, Step

Floats = NDArray[np.float64]


class Interval(NamedTuple):
    """A mean at each t with the ends of its 95% interval, each (T + 1,)."""

    mean: Floats
    lo: Floats
    hi: Floats


class Run(Mapping[str, Floats]):
    """What ``simulate`` measured: a mapping from quantities to (replicates, T + 1) arrays.

    ``run["kappa"]`` has a row for each replicate and a column for each policy π_0, …, π_T; a value
    that does not exist is NaN (steps have none at t = 0). Quantities that depend on δ have a column
    for each: ``run["failure_0.1"]``. ``run.definitions`` says what each one is.
    """

    def __init__(self, core: _core.Run, fit: str | None = None) -> None:
        """Of what the engine gives."""
        self._core = core
        #: The name of the fit of one's own, or None.
        self.fit = fit
        self._columns = core.columns()

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __getitem__(self, name: str) -> Floats:
        if not isinstance(name, str):
            raise KeyError(f"{name!r}: expected the name of a quantity (run.definitions)")
        if name in self.definitions:
            return self._core.values(name)
        alike = [column for column, quantity, *_ in self._columns if quantity == name]
        if len(alike) == 1:
            return self._core.values(alike[0])
        if alike:
            raise KeyError(f"{name}: expected one of {', '.join(alike)}")
        if name in _core.further():
            raise KeyError(f"{name}: is measured on request, simulate(…, also=[{name!r}])")
        quantity, _, at = name.rpartition("_")
        if at.replace(".", "", 1).isdigit() and quantity in {column[1] for column in self._columns}:
            raise KeyError(f"{name}: is measured on request, simulate(…, delta=[{at}])")
        nearest = difflib.get_close_matches(name, list(self), n=1, cutoff=0.0)
        raise KeyError(f"{name}: expected one of run.definitions; the nearest is {nearest[0]}")

    def __iter__(self) -> Iterator[str]:
        return iter(self.definitions)

    def __len__(self) -> int:
        return len(self.definitions)

    @property
    def definitions(self) -> dict[str, str]:
        """Every quantity with what it is."""
        known = {column: definition for column, _, _, _, definition in self._columns}
        return known | dict.fromkeys(self._core.own(), "a metric of one's own")

    @property
    def theta(self) -> Floats | None:
        """θ_t, (replicates, T + 1, d), with ``keep_theta=True``; otherwise None."""
        return self._core.theta()

    @property
    def t(self) -> NDArray[np.int64]:
        """0, …, T."""
        return np.arange(self._core.policies())

    @property
    def replicate(self) -> NDArray[np.int64]:
        """The replicates' numbers."""
        return np.arange(len(self.measured)) + int(self.config["run"].get("first_replicate", 0))

    @property
    def measured(self) -> NDArray[np.int64]:
        """How many policies of each replicate were measured: T + 1, or fewer after Ctrl-C."""
        return self._core.measured()

    @property
    def complete(self) -> bool:
        """Whether every replicate ran to its end."""
        return bool((self.measured == self._core.policies()).all())

    @property
    def config(self) -> dict[str, Any]:
        """The configuration with every default: ``simulate(run.config)`` repeats the run.

        (With arrays, a fit or metrics of one's own, these are given again beside it.)
        """
        config: dict[str, Any] = json.loads(self._core.config())
        return config

    @property
    def toml(self) -> str:
        """The same as a file for the command."""
        return self._core.toml()

    @property
    def seed(self) -> int | str:
        """The seed of all replicates."""
        seed: int | str = self.config["run"]["seed"]
        return seed

    @property
    def derived(self) -> dict[str, float]:
        """Numbers that follow from the configuration: β, and those of the instance's kind."""
        return dict(self._core.derived())

    @property
    def remarks(self) -> list[str]:
        """What a person should know of the run, one sentence each."""
        return self._core.remarks()

    def interval(self, name: str) -> Interval:
        """Mean over replicates of a quantity at each t, and the ends of its 95% interval.

        They are those of the command's table: of replicates that ran to their end, NaN where there
        is none (docs/intervals.md says how many replicates an interval needs). Of metrics of one's
        own there is none: an interval needs to know the range of a quantity.
        """
        columns = [column for column, quantity, *_ in self._columns if name in (column, quantity)]
        if len(columns) != 1:
            expected = ", ".join(columns) or "a quantity of the engine (run.definitions)"
            raise KeyError(f"{name}: has no interval; expected {expected}")
        rows = list(csv.DictReader(io.StringIO(self.csv)))
        ends = {end: [row[f"{columns[0]}_{end}"] for row in rows] for end in ("mean", "lo", "hi")}
        arrays = ([float(value) if value else np.nan for value in ends[end]] for end in ends)
        return Interval(*map(np.array, arrays))

    @property
    def csv(self) -> str:
        """The table as the command writes it: mean and ends of the 95% interval of each column."""
        return self._core.csv()

    @property
    def document(self) -> dict[str, Any]:
        """The JSON document that the command prints with ``--json``."""
        document: dict[str, Any] = json.loads(self._core.document())
        return document

    def __repr__(self) -> str:
        try:
            own = ", ".join(self._core.own())
            notes = f"\n(beside these: {own}, metrics of one's own)" if own else ""
            if self.fit is not None:
                notes += f"\n(the fit is one's own: {self.fit})"
            return self._core.table(100).rstrip() + notes
        except ValueError as error:
            return f"<Run: {error}>"

    def _long(self) -> dict[str, NDArray[Any]]:
        """A row for each replicate and policy that was measured."""
        there = self.t[None, :] < self.measured[:, None]
        keys = {
            "replicate": np.broadcast_to(self.replicate[:, None], there.shape)[there],
            "t": np.broadcast_to(self.t[None, :], there.shape)[there],
        }
        return keys | {name: self[name][there] for name in self}

    def to_pandas(self) -> pandas.DataFrame:
        """A row for each replicate and t; a column for each quantity. Needs pandas."""
        frame: pandas.DataFrame = needed("pandas").DataFrame(self._long())
        return frame

    def to_polars(self) -> polars.DataFrame:
        """A row for each replicate and t; a column for each quantity. Needs polars."""
        frame: polars.DataFrame = needed("polars").DataFrame(self._long())
        return frame

    def to_xarray(self) -> xarray.Dataset:
        """A dataset over replicate and t, and δ or level where a quantity depends on it.

        θ is among its variables, over replicate, t and coordinate, where it was kept. Needs xarray.
        """
        variables: dict[str, Any] = {}
        coordinates: dict[str, Any] = {"replicate": self.replicate, "t": self.t}
        for _, quantity, delta, level, definition in self._columns:
            axis = "delta" if delta is not None else "level" if level is not None else None
            if quantity in variables:
                continue
            if axis is None:
                values = self._core.values(quantity)
                variables[quantity] = (("replicate", "t"), values, {"definition": definition})
                continue
            field = 2 if axis == "delta" else 3
            alike = [column for column in self._columns if column[1] == quantity]
            coordinates.setdefault(axis, [column[field] for column in alike])
            stacked = np.stack([self._core.values(column[0]) for column in alike], axis=-1)
            variables[quantity] = (("replicate", "t", axis), stacked, {"definition": definition})
        for name in self._core.own():
            variables[name] = (("replicate", "t"), self[name])
        if self.theta is not None:
            variables["theta"] = (("replicate", "t", "coordinate"), self.theta)
        attributes = {"config": self.toml, "version": _core.__version__}
        dataset: xarray.Dataset = needed("xarray").Dataset(variables, coordinates, attributes)
        return dataset

    def plot(self) -> Figure:
        """κ_t − 1, failure rates, drift and accuracy against t, with 95% intervals."""
        svg, png, pdf = self._core.figure()
        files = {"svg": svg, "png": png, "pdf": pdf, "csv": self.csv.encode()}
        return Figure("trajectory", files)


def simulate(
    config: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    /,
    *,
    phi: ArrayLike | None = None,
    theta0: ArrayLike | str | None = None,
    offset: ArrayLike | Mapping[str, Any] | None = None,
    prompt_weights: ArrayLike | None = None,
    num_responses: ArrayLike | None = None,
    correct: ArrayLike | None = None,
    answer: ArrayLike | str | None = None,
    reward: ArrayLike | str | Mapping[str, Any] | None = None,
    level: ArrayLike | None = None,
    keep_theta: bool = False,
    fit: Callable[[Step], ArrayLike] | None = None,
    metrics: Mapping[str, Callable[[State], float]] | None = None,
    jobs: int | None = None,
    progress: bool | None = None,
    **keys: Any,
) -> Run:
    """Runs T rounds of a loop in each replicate, and measures every policy exactly.

    The numbers are those of ``selfreward simulate`` for the same configuration and seed, bit for
    bit, whatever the number of threads.

    Args:
        config: the configuration: a TOML file, or a dictionary of sections, ``{"process":
            {"samples": 64}}``, of dotted keys, ``{"process.samples": 64}``, or of arrays.
        settings: dotted keys laid over it.
        phi: features φ(x,y), (M, K, d), float64 or float32 in C order: used where they are, not
            copied (do not write to them while the run lasts). Arrays make an instance of kind
            ``npz`` in memory; no file is needed.
        theta0: θ_0, (d,).
        offset: fixed logits b(x,y), (M, K), nats; without ``phi`` a tabular policy of any logits.
        prompt_weights: p(x), (M,); uniform without them.
        num_responses: K(x), (M,), integers: where prompts have different numbers of responses,
            what lies beyond them in any array does not count.
        correct: which responses are correct, (M, K), bool; -1 for all of a prompt where unknown.
        answer: the one correct response of each prompt, (M,), integers, in place of ``correct``.
        reward: a reward from outside, (M, K), nats. (A word or a dictionary is the key
            ``process.reward``; likewise ``theta0``, ``offset`` and ``answer``.)
        level: a level of each prompt, (M,), integers.
        keep_theta: keep θ_t, as ``run.theta``.
        fit: a fit of one's own in place of the loop's: called in each round with a ``Step`` (its
            attributes: counts, features, theta, rewards, …), gives θ_{t+1}, (d,).
        metrics: metrics of one's own, by name: called at each t with a ``State``, give a number.
        jobs: threads; one for each core without it.
        progress: show progress on stderr; without it, where stderr is a terminal or a notebook.
        **keys: keys of the configuration by their names (listed below), laid over all else.

    Returns:
        The ``Run``. After Ctrl-C it holds what was done (``run.complete`` is False, what is missing
        is NaN), and a ``RuntimeWarning`` says so. (Where warnings are errors, it is the error's
        attribute ``run``.)

    Raises:
        ValueError: a key, an array or a value is wrong; the message names it.
        OSError: a file cannot be read.
        MemoryError: the run would need more memory than there is; found before it starts.
        KeyboardInterrupt: Ctrl-C came before anything was measured.

    >>> import numpy as np, selfreward as sr
    >>> rng = np.random.default_rng(0)
    >>> phi = rng.normal(size=(40, 4, 8)) / 10
    >>> run = sr.simulate(phi=phi, theta0=np.ones(8), samples=4096, rounds=3, replicates=2)
    >>> run["kappa"].shape, run.config["process"]["samples"]
    ((2, 4), 4096)
    >>> def renyi2(state):
    ...     return float(state.weights @ -np.log((state.probs**2).sum(axis=1)))
    >>> own = sr.simulate(run.config, phi=phi, theta0=np.ones(8), metrics={"renyi2": renyi2})
    >>> own["renyi2"].shape
    (2, 4)
    """
    given = dict(zip(ARRAYS, (phi, theta0, offset, prompt_weights, num_responses), strict=False))
    given |= {"correct": correct, "answer": answer, "reward": reward, "level": level}
    source: Any = config
    if isinstance(config, Run):
        raise TypeError("config is a Run: expected its run.config, with arrays beside it where it has some")
    if config is not None and not isinstance(config, (str, os.PathLike, Mapping)):
        kind = type(config).__name__
        raise TypeError(f"config is of type {kind}: expected a path or a dictionary; arrays have names, phi=…")
    if metrics is not None and not isinstance(metrics, Mapping):
        raise TypeError("metrics is no dictionary: expected callables by name, {'name': callable}")
    arrays: dict[str, NDArray[Any]] = {}
    if isinstance(config, Mapping):
        within = {name: config[name] for name in ARRAYS if is_array(config.get(name))}
        source = {key: value for key, value in config.items() if key not in within}
        arrays = {name: as_array(name, value) for name, value in within.items()}
    for name, value in given.items():
        if value is not None and not is_array(value):
            if name not in _KEYS:
                what = f"{name} = {value!r}: expected an array"
                raise ValueError(f"{what} (a file is kind='npz', path='FILE.npz')")
            keys[name] = value
        elif value is not None and name in arrays:
            raise ValueError(f"{name} is in the dictionary and a keyword: expected one of both")
        elif value is not None:
            arrays[name] = as_array(name, value)
    if fit is not None and not callable(fit):
        raise ValueError(f"fit is of type {type(fit).__name__}: expected a callable")
    if jobs is not None and (not isinstance(jobs, int) or jobs < 1):
        raise ValueError(f"jobs = {jobs}: expected a whole number, at least 1")
    calls = None if metrics is None else dict(metrics)
    with Progress(progress) as shown:
        core = _core.simulate(
            source,
            [dict(settings or {}), keys],
            arrays,
            keep_theta=keep_theta,
            jobs=jobs,
            fit=fit,
            metrics=calls,
            tick=shown.tick,
        )
    run = Run(core, None if fit is None else getattr(fit, "__qualname__", repr(fit)))
    try:
        if not run.complete:
            done, total = int(run.measured.sum()), len(run.measured) * len(run.t)
            what = f"interrupted: {done} of {total} policies were measured; the others are NaN"
            warnings.warn(what, RuntimeWarning, stacklevel=2)
        for remark in filter(None, [*run.remarks, _warn_of_probabilities(arrays)]):
            warnings.warn(remark, stacklevel=2)
    except Warning as error:
        # Where warnings are errors, what was done is not lost.
        error.run = run  # type: ignore[attr-defined]
        raise
    return run


_KEYS = {name for _, name, *_ in _core.keys()}


def _warn_of_probabilities(arrays: Mapping[str, NDArray[Any]]) -> str | None:
    """What is to be said of fixed logits that look like probabilities."""
    offset = arrays.get("offset")
    if offset is None or offset.ndim != 2 or offset.dtype.kind != "f" or offset.shape[1] < 2:
        return None
    counts = np.asarray(arrays.get("num_responses", np.full(len(offset), offset.shape[1])))
    if counts.shape != (len(offset),):
        return None
    counted = np.where(np.arange(offset.shape[1]) < counts[:, None], offset, 0.0)
    if (counted < 0).any() or not np.allclose(counted.sum(axis=1), 1.0, rtol=0, atol=1e-6):
        return None
    return "offset has rows of probabilities that sum to 1: it holds logits, numpy.log of these"


def _documented() -> str:
    """The keys of a configuration, for the help of ``simulate``."""
    lines = ["", "    Keys (default in brackets):"]
    section = ""
    for of_section, name, _, of, meaning, default in _core.keys():
        if of_section != section:
            section = of_section
            lines += ["", f"    [{section}]"]
        owners = f"{', '.join(of)}: " if of else ""
        lines.append(f"      {name}: {owners}{meaning} [{default}]")
    return "\n".join(lines) + "\n    "


simulate.__doc__ = (simulate.__doc__ or "").rstrip() + "\n" + _documented()
