"""Stores, against the export of the command: an independent reader."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import slow_definition

from selfreward import _child
from selfreward._figure import Figure
from selfreward._store import Store, open_store

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

#: Two parts with keys of their own; one cell of the second fails in round 2, whatever the seed.
DEFINITION = """
name = "mine"
[[part]]
name = "sampled"
[part.base.instance]
kind = "gaussian"
prompts = 10
responses = 4
dim = 6
[part.base.process]
rounds = 3
[part.base.measure]
delta = [0.5, 0.1]
[part.grid]
"process.samples" = [16, 256]
"process.preset" = ["self-rewarding", "live-reward-frozen-reference"]
[part.full]
replicates = 3

[[part]]
name = "population"
[part.base.instance]
kind = "tabular"
prompts = 3
responses = 3
[part.base.process]
update = "population"
rounds = 4
[part.base.measure]
delta = [0.25]
[part.grid]
"process.beta" = [1e-200, 1.0]
[part.full]
replicates = 2
"""

#: A loop whose reference stays.
FROZEN = "live-reward-frozen-reference"

def command(*line: str | os.PathLike[str], code: int = 0) -> str:
    """What the command itself prints."""
    done = subprocess.run(
        [*_child.COMMAND, *map(str, line)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == code, done.stderr
    return done.stdout.rstrip()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that is done, in which two replicates have failed."""
    folder = tmp_path_factory.mktemp("mine store")
    (folder / "mine.toml").write_text(DEFINITION)
    command("run", folder / "mine.toml", "--out", folder, "-q", code=1)
    return folder / "mine-full.sqlite"


@pytest.fixture(scope="module")
def store(place: Path) -> Store:
    return open_store(place)


@pytest.fixture(scope="module")
def exported(place: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return export(place, tmp_path_factory.mktemp("export"))


def export(place: Path, folder: Path) -> dict[str, Any]:
    """The columns of `selfreward export --npz`, without units in their names."""
    command("export", place, "--npz", folder / "rows.npz", "-q")
    with np.load(folder / "rows.npz") as arrays:
        columns: dict[str, Any] = {}
        for name in arrays.files:
            if name.endswith(".json"):
                columns[name[:-5]] = json.loads(arrays[name].tobytes())
            else:
                columns[name.split(" [")[0]] = arrays[name]
    return columns


def same(left: Any, right: Any) -> bool:
    """Whether doubles are the same bit for bit, any NaN for any other."""
    left, right = np.asarray(left, dtype=np.float64), np.asarray(right, dtype=np.float64)
    missing = np.isnan(left)
    return np.array_equal(missing, np.isnan(right)) and np.array_equal(
        left[~missing].view(np.uint64), right[~missing].view(np.uint64)
    )


def test_rows_are_those_of_the_export_bit_for_bit(store: Store, exported: dict[str, Any]) -> None:
    rows = store.rows()
    assert len(rows) == len(exported["round"]) == 4 * 3 * 4 + 2 * 5
    assert rows["cell"].tolist() == exported["cell"]
    assert rows["t"].dtype == rows["replicate"].dtype == np.int64
    assert np.array_equal(rows["t"], exported["round"]) and np.array_equal(
        rows["replicate"], exported["replicate"]
    )
    assert list(rows) == ["cell", "replicate", "t", *store.quantities]
    keys = {
        "process.samples",
        "process.preset",
        "process.beta",
        "part",
        "cell",
        "replicate",
        "round",
    }
    assert set(store.quantities) == set(exported) - keys
    for name in store.quantities:
        assert same(rows[name], exported[name]), name
    # What does not exist is missing, never 0: a delta of the other part, the steps of round 0.
    assert np.isnan(rows["failure_0.25"]).sum() == 48 and np.isnan(rows["failure_0.5"]).sum() == 10
    assert np.isnan(rows["excess"][rows["t"] == 0]).all()


def test_extreme_numbers_are_kept(place: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    shutil.copyfile(place, copy)
    extremes = [float("inf"), -float("inf"), 5e-324, -1.7976931348623157e308, 0.1 + 0.2, None]
    with closing(sqlite3.connect(copy)) as connection, connection:
        for t, value in enumerate(extremes[:4]):
            connection.execute("UPDATE rows SET kappa = ? WHERE round = ? AND cell = 0", (value, t))
        for t, value in enumerate(extremes[2:]):
            connection.execute("UPDATE rows SET drift = ? WHERE round = ? AND cell = 0", (value, t))
    rows = open_store(copy).rows(columns=["drift", "kappa"])
    assert list(rows) == ["cell", "replicate", "t", "drift", "kappa"]
    assert rows["kappa"][:4].tolist() == extremes[:4]
    assert rows["drift"][:3].tolist() == extremes[2:5] and np.isnan(rows["drift"][3])
    columns = export(copy, tmp_path)
    assert same(rows["kappa"], columns["kappa"]) and same(rows["drift"], columns["drift"])


def test_cells_are_those_of_the_command(place: Path, store: Store) -> None:
    listed = [line.split("  ") for line in command("show", place, "--cells").splitlines()]
    cells = store.cells
    assert [(cell.cell, cell.part) for cell in cells] == [(line[0], line[1]) for line in listed]
    assert [cell.replicates for cell in cells] == [3, 3, 3, 3, 2, 2]
    assert {(cell["process.samples"], cell["process.preset"]) for cell in cells[:4]} == {
        (16, "self-rewarding"),
        (16, FROZEN),
        (256, "self-rewarding"),
        (256, FROZEN),
    }
    assert [cell["process.beta"] for cell in cells] == [None] * 4 + [1e-200, 1.0]
    assert all(cell.seed.startswith("0x") and len(cell.seed) == 66 for cell in cells)
    assert cells[0].cell in repr(cells) and len(cells.to_pandas()) == 6


def test_cells_are_chosen_by_id_or_by_values(store: Store) -> None:
    cells, rows = store.cells, store.rows()

    def of(ids: set[str]) -> list[float]:
        return [value for cell, value in zip(rows["cell"].tolist(), rows["kappa"]) if cell in ids]

    first, last = cells[0].cell, cells[5].cell
    assert store.rows(first)["kappa"].tolist() == of({first}) and len(of({first})) == 12
    # Sorted as the store is, whatever the order that is asked for; each cell once.
    assert store.rows([last, first, last])["kappa"].tolist() == of({first, last})
    many = {cell.cell for cell in cells if cell["process.samples"] == 256}
    assert len(many) == 2
    for values in ({"process.samples": 256}, {"samples": 256.0}, {"process.samples": [256, 99]}):
        assert store.rows(values)["kappa"].tolist() == of(many)
    one = store.rows({"samples": np.int64(256), "process.preset": FROZEN, "part": "sampled"})
    assert len(one) == 12 and set(one["cell"].tolist()) < many
    assert len(store.rows([])) == 0 and store.rows([])["kappa"].dtype == np.float64
    with pytest.raises(KeyError, match=f"no cell '{first[:-1]}z'; .*the nearest is {first}"):
        store.rows(first[:-1] + "z")
    with pytest.raises(KeyError, match="no cell has .*257.*; there are process.samples in .*256"):
        store.rows({"process.samples": 257})
    with pytest.raises(
        ValueError, match="cell = 'process.sample': .*the nearest is process.samples"
    ):
        store.rows({"process.sample": 16})


def test_columns_are_quantities_keys_and_parts(store: Store) -> None:
    rows = store.rows(columns=["kappa", "process.preset", "part", "samples", "process.beta", "t"])
    assert list(rows) == [
        "cell",
        "replicate",
        "t",
        "kappa",
        "process.preset",
        "part",
        "process.samples",
        "process.beta",
    ]
    cells = {cell.cell: cell for cell in store.cells}
    for number, cell in enumerate(rows["cell"].tolist()):
        assert rows["process.preset"][number] == cells[cell]["process.preset"]
        assert rows["part"][number] == cells[cell].part
    assert rows["process.beta"].dtype == np.float64 and np.isnan(rows["process.beta"][0])
    assert list(store.rows(columns="kappa")) == ["cell", "replicate", "t", "kappa"]
    with pytest.raises(ValueError, match="column = 'kapa': .*the nearest is kappa"):
        store.rows(columns=["kapa"])
    with pytest.raises(KeyError, match="'kapa': .*the nearest is kappa"):
        rows["kapa"]
    assert list(rows.keys()) == list(dict(rows)) == list(rows)
    assert dict(rows.items())["kappa"] is rows["kappa"] and "kappa" in rows and "kapa" not in rows


def test_conditions_are_those_of_numpy(store: Store) -> None:
    rows = store.rows(columns=[*store.quantities, "process.samples", "process.preset"])
    last = np.where(rows["process.preset"] == None, 4, 3)  # noqa: E711
    for text, mask in {
        "t == 1": rows["t"] == 1,
        "t == last": rows["t"] == last,
        "t < last and t >= 1": (rows["t"] < last) & (rows["t"] >= 1),
        "kappa > 1.5 and replicate != 0": (rows["kappa"] > 1.5) & (rows["replicate"] != 0),
        "failure_0.5 <= 0.2": rows["failure_0.5"] <= 0.2,
        "failure_0.25 != 0": (rows["failure_0.25"] != 0) & ~np.isnan(rows["failure_0.25"]),
        "process.samples >= 64": rows["process.samples"] >= 64,
        f"preset == '{FROZEN}' && t == 0": (rows["process.preset"] == FROZEN) & (rows["t"] == 0),
        f"process.preset != {FROZEN}": rows["process.preset"] != FROZEN,
        "part == population": rows["cell"] == store.cells[5].cell,
        f"cell == {store.cells[1].cell}": rows["cell"] == store.cells[1].cell,
    }.items():
        found = store.rows(where=text)
        assert 0 < mask.sum() < len(rows), text
        assert same(found["kappa"], rows["kappa"][mask]), text
        assert found["cell"].tolist() == rows["cell"][mask].tolist(), text
    both = store.rows(where={"t": [0, 2], "process.samples": 16}, columns="kappa")
    mask = np.isin(rows["t"], [0, 2]) & (rows["process.samples"] == 16)
    assert same(both["kappa"], rows["kappa"][mask]) and len(both) == mask.sum() > 0
    assert len(store.rows(where=["t == 0", "t == 1"])) == 0
    for wrong, words in {
        "t = 1": "joined by `and`",
        "tt == 1": "where = 'tt': expected one of",
        "process.preset > word": "a number after >",
        "kappa == much": "kappa == 'much': expected a number",
        "t == 1 and": "joined by `and`",
    }.items():
        with pytest.raises(ValueError) as error:
            store.rows(where=wrong)
        assert words in str(error.value), wrong


def test_ids_that_look_like_numbers_are_words(place: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    shutil.copyfile(place, copy)
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE cells SET id = '1234567890123456' WHERE cell = 0")
        connection.execute("UPDATE cells SET id = '12345678901234e5' WHERE cell = 1")
    rows = open_store(copy).rows(where="cell == 1234567890123456")
    assert set(rows["cell"]) == {"1234567890123456"} and len(rows) == 12
    assert len(open_store(copy).rows(where="cell == 12345678901234e5")) == 12


def test_a_configuration_gives_the_rows_anew(place: Path, store: Store, tmp_path: Path) -> None:
    cell = next(one.cell for one in store.cells if one["process.samples"] == 256)
    config = store.config(cell, 1)
    text = command("show", place, "--cell", cell, "--replicate", "1")
    assert config == tomllib.loads(text)
    assert config["run"]["first_replicate"] == 1 and config["process"]["samples"] == 256
    assert store.config(cell)["run"]["replicates"] == 3
    (tmp_path / "one.toml").write_text(text)
    simulated = json.loads(command("simulate", "--config", tmp_path / "one.toml", "--json", "-q"))
    kappa = [one["kappa"]["values"][0] for one in simulated["rounds"]]
    assert store.rows(cell, "kappa", {"replicate": 1})["kappa"].tolist() == kappa
    with pytest.raises(KeyError, match="no cell 'ffff'"):
        store.config("ffff")
    with pytest.raises(ValueError, match="below 3, the replicates of this cell"):
        store.config(cell, 3)


def test_provenance_is_that_of_the_export(place: Path, store: Store, tmp_path: Path) -> None:
    command("export", place, "--csv", tmp_path, "-q")
    expected = json.loads((tmp_path / "provenance.json").read_text())
    assert json.dumps(store.provenance, sort_keys=True) == json.dumps(expected, sort_keys=True)
    assert store.provenance["counts"] == {
        "cells": 6,
        "asked": 16,
        "done": 14,
        "failed": 2,
        "rows": 58,
    }


def test_failures_and_what_is_missing_are_seen(store: Store) -> None:
    failing = store.cells[4].cell
    assert [(one.cell, one.replicate, one["process.beta"]) for one in store.failures] == [
        (failing, 0, 1e-200),
        (failing, 1, 1e-200),
    ]
    assert all("round 2" in one.error for one in store.failures)
    assert not store.complete
    assert "14 of 16 replicates" in repr(
        store
    ) and f"failed: 2 replicates, first {failing}, 0:" in repr(store)
    rows = store.rows()
    assert rows.missing == 2 and "missing: 2 replicates have no rows" in repr(rows)
    assert store.rows(failing).missing == 2 and len(store.rows(failing)) == 0
    whole = store.rows(store.cells[0].cell)
    assert whole.missing == 0 and "missing" not in repr(whole)


def test_a_store_of_which_replicates_are_missing_is_not_complete(
    place: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.sqlite"
    shutil.copyfile(place, copy)
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("DELETE FROM failures")
        connection.execute("UPDATE cells SET replicates = 1 WHERE cell = 4")
    assert (
        "missing: 1 replicates are not computed" in repr(open_store(copy))
        and not open_store(copy).complete
    )
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("DELETE FROM cells WHERE cell = 4")
    assert open_store(copy).complete and "missing" not in repr(open_store(copy))
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("DELETE FROM rows WHERE cell = 0 AND replicate = 2")
    assert not open_store(copy).complete and open_store(copy).rows().missing == 1


def test_rows_become_frames_with_the_same_numbers(store: Store) -> None:
    rows = store.rows(columns=["kappa", "failure_0.25", "process.preset"])
    for frame in (rows.to_pandas(), rows.to_polars()):
        assert list(frame.columns) == list(rows) and len(frame) == len(rows)
        assert same(frame["kappa"].to_numpy(), rows["kappa"])
        assert same(frame["failure_0.25"].to_numpy(), rows["failure_0.25"])
        assert frame["cell"].to_numpy().tolist() == rows["cell"].tolist()
        # pandas has NaN for a word that is not there.
        presets = [
            preset if isinstance(preset, str) else None for preset in frame["process.preset"]
        ]
        assert presets == rows["process.preset"].tolist()


def test_a_dataset_has_each_number_in_its_place(store: Store) -> None:
    rows = store.rows(where="t >= 1")
    dataset = rows.to_xarray()
    assert dataset.sizes == {"cell": 5, "replicate": 3, "t": 4}
    assert set(dataset.data_vars) == set(store.quantities)
    filled = 0
    for number, (cell, replicate, t) in enumerate(
        zip(rows["cell"].tolist(), rows["replicate"], rows["t"])
    ):
        spot = dataset["kappa"].sel(cell=cell, replicate=replicate, t=t)
        assert float(spot) == rows["kappa"][number]
        filled += 1
    assert filled == np.isfinite(dataset["kappa"].values).sum() == len(rows)
    assert dataset["process.samples"].sel(cell=store.cells[0].cell) == 16
    assert np.isnan(dataset["process.beta"].sel(cell=store.cells[0].cell))
    columns = ["kappa", "process.samples", "process.beta"]
    chosen = store.rows({"samples": 256}, columns).to_xarray()
    assert set(chosen.data_vars) == {"kappa"} and chosen["process.samples"].values.tolist() == [
        256,
        256,
    ]


@pytest.mark.parametrize("package", ["pandas", "polars", "xarray"])
def test_packages_that_are_not_there_are_named(
    package: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(
        ImportError, match=rf"{package} is not installed: pip install selfreward\[{package}\]"
    ):
        getattr(store.rows(), f"to_{package}")()


def test_a_figure_is_the_commands(place: Path, store: Store, tmp_path: Path) -> None:
    before = sorted(place.parent.iterdir())
    flags: dict[str, Any] = {
        "y": ["kappa", "drift"],
        "where": "part == sampled and process.samples == 16",
        "by": "process.preset",
    }
    figure = store.plot(**flags, name="own")
    line: list[str | Path] = [
        "plot",
        place,
        "--out",
        tmp_path,
        "-q",
        "--name",
        "own",
        "--y",
        "kappa,drift",
    ]
    command(*line, "--where", flags["where"], "--by", flags["by"])
    assert isinstance(figure, Figure) and figure.name == "own"
    assert figure._repr_svg_() == figure.svg == (tmp_path / "own.svg").read_text()
    assert figure.csv == (tmp_path / "own.csv").read_text()
    for form in ("pdf", "png", "svg", "csv"):
        saved = figure.save(tmp_path / f"saved.{form}")
        assert saved.read_bytes() == (tmp_path / f"own.{form}").read_bytes()
    with pytest.raises(ValueError, match="expected one of .*pdf.* as its ending"):
        figure.save(tmp_path / "own.jpg")
    with pytest.raises(OSError):
        figure.save(tmp_path / "none" / "own.svg")
    with pytest.raises(ValueError, match="the nearest is"):
        store.plot(y="kapa")
    with pytest.raises(ValueError, match="out is not for this plot"):
        store.plot(out=".")
    assert sorted(place.parent.iterdir()) == before


def test_an_experiment_with_several_figures_gives_a_list(tmp_path: Path) -> None:
    command("run", "greedy_trap", "--quick", "--out", tmp_path, "-q")
    store = open_store(tmp_path)
    assert store.path == tmp_path / "greedy_trap-quick.sqlite" and store.complete
    figures = store.plot()
    command("plot", store.path, "--out", tmp_path / "figures", "-q")
    assert isinstance(figures, list)
    assert {one.name: one.svg for one in figures} == {
        file.stem: file.read_text() for file in (tmp_path / "figures").glob("*.svg")
    }
    assert len(figures) > 1


def test_files_that_are_no_stores_are_refused(place: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.sqlite: does not exist"):
        open_store(tmp_path / "none.sqlite")
    text = tmp_path / "text.sqlite"
    text.write_text("no database " * 100)
    other = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("CREATE TABLE rows (a)")
    empty = tmp_path / "empty.sqlite"
    empty.touch()
    for file in (text, other, empty):
        with pytest.raises(ValueError, match=f"{file.name}: is no store of selfreward"):
            open_store(file)
    with pytest.raises(ValueError, match="is a folder; expected a store, or a folder with one"):
        open_store(tmp_path)
    later = tmp_path / "later.sqlite"
    shutil.copyfile(place, later)
    with closing(sqlite3.connect(later)) as connection, connection:
        connection.execute("PRAGMA user_version = 2")
    with pytest.raises(ValueError, match="has schema 2; this version reads schema 1"):
        open_store(later)
    damaged = tmp_path / "damaged.sqlite"
    pages = bytearray(place.read_bytes())
    # The places of two rows within a page of them, which is not read to open a store.
    leaves = [page for page in range(4096, len(pages), 4096) if pages[page] == 0x0A]
    pages[leaves[-1] + 8 : leaves[-1] + 12] = b"\x0f\xff\x0f\xff"
    damaged.write_bytes(pages)
    with pytest.raises(ValueError, match=r"is damaged \((.|\n)*out of range"):
        open_store(damaged)


def test_nothing_is_left_of_reading(place: Path, store: Store) -> None:
    before = {file: file.read_bytes() for file in place.parent.iterdir()}
    store.rows()
    with closing(sqlite3.connect(place, timeout=0)) as connection:
        # An exclusive lock is to be had at once, and the store is as it was.
        connection.execute("BEGIN EXCLUSIVE")
        connection.rollback()
    assert {file: file.read_bytes() for file in place.parent.iterdir()} == before


def test_names_of_files_may_have_any_signs(place: Path, tmp_path: Path) -> None:
    odd = tmp_path / "a%20b?c#d é.sqlite"
    shutil.copyfile(place, odd)
    assert len(open_store(odd).rows()) == 58


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A process that computes, and its store."""
    (tmp_path / "slow.toml").write_text(slow_definition(replicates=20000))
    line = [*_child.COMMAND, "run", "slow.toml", "--jobs", "1", "-q"]
    process = subprocess.Popen(line, cwd=tmp_path, stderr=subprocess.DEVNULL)
    place = tmp_path / "runs" / "slow-full.sqlite"
    try:
        end = time.monotonic() + 20
        while not place.exists() and time.monotonic() < end:
            time.sleep(0.02)
        yield process, place
    finally:
        process.kill()
        process.wait()


def test_a_store_that_a_process_writes_to_can_be_read(
    running: tuple[subprocess.Popen[bytes], Path],
) -> None:
    process, place = running
    counts: list[int] = []
    end = time.monotonic() + 20
    while len(counts) < 4 and time.monotonic() < end:
        store = open_store(place)
        rows, asked = store.rows(), sum(cell.replicates for cell in store.cells)
        # Whole replicates alone, each with all its rounds.
        assert len(rows) % 9 == 0 and np.array_equal(
            rows["t"], np.tile(np.arange(9), len(rows) // 9)
        )
        assert rows.missing == asked - len(rows) // 9 > 0 and not store.complete
        if not counts or len(rows) // 9 > counts[-1]:
            counts.append(len(rows) // 9)
    assert len(counts) == 4 and process.poll() is None
    assert "missing: " in repr(store) and store.provenance["sessions"][0]["ended"] is None
    assert store.config(store.cells[1].cell)["process"]["samples"] == 1024
    figure = store.plot(y="kappa", x="process.samples", where="t == 0")
    assert isinstance(figure, Figure) and "<svg" in figure.svg
    assert process.poll() is None
    # What was read while it ran are rows of the store that it leaves.
    process.terminate()
    process.wait()
    left = {
        (cell, replicate, t): kappa
        for cell, replicate, t, kappa in zip(
            *(
                open_store(place).rows()[name].tolist()
                for name in ("cell", "replicate", "t", "kappa")
            )
        )
    }
    read = zip(
        rows["cell"].tolist(),
        rows["replicate"].tolist(),
        rows["t"].tolist(),
        rows["kappa"].tolist(),
    )
    assert all(left[cell, replicate, t] == kappa for cell, replicate, t, kappa in read)


def test_what_a_killed_process_left_undone_is_read_and_left(place: Path, tmp_path: Path) -> None:
    """A transaction was killed after it had written pages: it is taken back in a copy alone."""
    copy = tmp_path / "killed.sqlite"
    shutil.copyfile(place, copy)
    script = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 2")
connection.execute("BEGIN EXCLUSIVE")
connection.execute("UPDATE rows SET kappa = -1")
connection.execute("CREATE TABLE large (text)")
connection.executemany("INSERT INTO large VALUES (?)", [("x" * 4000,)] * 500)
os.kill(os.getpid(), 9)
"""
    subprocess.run([sys.executable, "-c", script, str(copy)], check=False)
    journal = tmp_path / "killed.sqlite-journal"
    assert journal.stat().st_size > 1000 and copy.read_bytes() != place.read_bytes()
    before = copy.read_bytes(), journal.read_bytes()
    time.sleep(0.05)
    assert same(open_store(copy).rows()["kappa"], open_store(place).rows()["kappa"])
    assert (copy.read_bytes(), journal.read_bytes()) == before


def test_a_copy_that_was_written_to_meanwhile_is_made_again(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy.sqlite"
    shutil.copyfile(place, copy)
    (tmp_path / "copy.sqlite.lock").mkdir()
    time.sleep(0.05)
    copied: list[Path] = []
    plain = shutil.copyfile

    def disturbed(source: Path, target: Path) -> None:
        plain(source, target)
        copied.append(source)
        if len(copied) == 1:
            with closing(sqlite3.connect(source)) as connection, connection:
                connection.execute("UPDATE rows SET kappa = 7")

    store = open_store(copy)
    monkeypatch.setattr(shutil, "copyfile", disturbed)
    assert set(store.rows()["kappa"].tolist()) == {7.0} and copied == [copy, copy]


def test_a_store_without_a_journal_that_is_locked_is_read_by_a_copy(
    place: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.sqlite"
    shutil.copyfile(place, copy)
    script = (
        "import sqlite3, sys; connection = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "connection.execute('BEGIN EXCLUSIVE'); print('locked', flush=True); sys.stdin.read()"
    )
    line = [sys.executable, "-c", script, str(copy)]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"locked\n"
        assert not (tmp_path / "copy.sqlite-journal").exists()
        with (
            pytest.raises(sqlite3.OperationalError, match="locked"),
            closing(sqlite3.connect(copy, timeout=0)) as connection,
        ):
            connection.execute("SELECT * FROM rows")
        assert same(open_store(copy).rows()["kappa"], open_store(place).rows()["kappa"])
        process.kill()


def test_a_folder_that_says_in_use_is_heeded(place: Path, tmp_path: Path) -> None:
    """Where there are no locks a folder stands for one: the store is read by a copy then."""
    copy = tmp_path / "copy.sqlite"
    shutil.copyfile(place, copy)
    (tmp_path / "copy.sqlite.lock").mkdir()
    time.sleep(0.05)
    store = open_store(copy)
    assert len(store.rows()) == 58 and store.config(store.cells[0].cell)["process"]["rounds"] == 3
