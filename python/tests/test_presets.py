"""The package gives what the command gives: bit for bit, for every named loop."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import command, loops, printed, same_bits, same_run, small, toml

import selfreward as sr

Sections = dict[str, dict[str, Any]]
REPLICATES, ROUNDS = 3, 2


def configuration(preset: str, kind: str, folder: Path) -> Sections:
    """A small run of a loop; where its fit may have no finite minimum, with a ridge."""
    instance: dict[str, Any] = {"kind": kind}
    if kind == "npz":
        np.savez(folder / "small.npz", **small())
        instance["path"] = str(folder / "small.npz")
    elif kind == "tabular":
        instance |= {"prompts": 10, "responses": 4, "answer": "uniform"}
    else:
        instance |= {"prompts": 10, "responses": 4, "dim": 3, "reward_norm": 1.0}
    process: dict[str, Any] = {"preset": preset, "samples": 64, "rounds": ROUNDS, "beta": 1.0}
    if loops()[preset].get("update") in ("likelihood", "logistic") and preset != "replay":
        process["ridge"] = 0.01
    measure: dict[str, Any] = {"delta": [0.5, 0.1, 0.03]}
    if kind == "npz":
        measure |= {"levels": [0, 2], "also": ["all"]}
    return {
        "instance": instance,
        "process": process,
        "measure": measure,
        "run": {"replicates": REPLICATES, "seed": 7},
    }


def number(value: Any) -> float:
    """A number of the document: "inf" and "-inf" are words, null is NaN."""
    return np.nan if value is None else float(value)


def columns(row: dict[str, Any]) -> dict[str, Any]:
    """The columns of one round of the document, with their values; null for what has none."""
    flat: dict[str, Any] = {}
    for name, entry in row.items():
        if name == "t":
            continue
        if isinstance(entry, dict) and "values" not in entry:
            flat |= {f"{name}_{key}": inner for key, inner in entry.items()}
        else:
            flat[name] = entry
    return flat


def equal(run: sr.Run, document: dict[str, Any]) -> int:
    """Every value of the document is that of the run, and the reverse; how many were compared."""
    compared = 0
    for t, row in enumerate(document["rounds"]):
        rest = set(run)
        for name, entry in columns(row).items():
            if entry is None:
                # No cell where a replicate has no value: of a quantity by δ there is one null.
                alike = [name] if name in run else [c for c in run if c.startswith(f"{name}_")]
                assert alike
                for column in alike:
                    assert np.isnan(run[column][:, t]).any()
            else:
                alike = [name]
                values = [number(value) for value in entry["values"]]
                same_bits(run[name][:, t], values)
                compared += len(values)
            rest -= set(alike)
        for column in rest:
            assert np.isnan(run[column][:, t]).any(), column
    return compared


def needs_answers(preset: str) -> bool:
    return loops()[preset].get("accept") in (
        "correct",
        {"true_positive": 0.9, "false_positive": 0.1},
    )


def cases() -> list[tuple[str, str]]:
    """Every named loop on arrays of a file and on one-hot features, every third on drawn ones.

    (Drawn features have no correct responses, and suit no verifier.)
    """
    drawn = [preset for preset in loops() if not needs_answers(preset)][::3]
    pairs = [(preset, kind) for preset in loops() for kind in ("npz", "tabular")]
    return pairs + [(preset, "gaussian") for preset in drawn]


def test_every_named_loop_is_among_them() -> None:
    assert len(loops()) >= 20
    assert {preset for preset, _ in cases()} == set(loops())


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(("preset", "kind"), cases())
def test_numbers_are_those_of_the_command(preset: str, kind: str, tmp_path: Path) -> None:
    sections = configuration(preset, kind, tmp_path)
    file = toml(tmp_path / "config.toml", sections)
    theta, out = tmp_path / "theta.npz", tmp_path / "out"
    document = printed("simulate", "--config", file, "--save-theta", theta, "--out", out)
    run = sr.simulate(file, keep_theta=True)

    assert run.complete
    assert equal(run, document) >= 15 * REPLICATES * (ROUNDS + 1)
    assert run.document == document
    with np.load(theta) as archive:
        assert run.theta is not None
        same_bits(run.theta, archive["theta"])
    assert run.csv == (out / "trajectory.csv").read_text(encoding="utf-8")
    assert json.loads((out / "trajectory.json").read_text(encoding="utf-8")) == run.document
    assert run.toml == (out / "config.toml").read_text(encoding="utf-8")

    # A dictionary, dotted keys and keywords are the same configuration as the file.
    same_run(sr.simulate(sections, keep_theta=True, jobs=1), run)
    dotted = {
        f"{section}.{key}": v for section, keys in sections.items() for key, v in keys.items()
    }
    same_run(sr.simulate(dotted, keep_theta=True, jobs=4), run)
    # What a run says of itself repeats it.
    same_run(sr.simulate(run.config, keep_theta=True), run)

    if kind == "npz":
        rest = {k: v for k, v in sections.items() if k != "instance"}
        same_run(sr.simulate(rest, **small(), keep_theta=True), run)


@pytest.mark.parametrize("name", ["smollm", "docqa"])
def test_arrays_of_real_models_are_those_of_the_file(name: str, tmp_path: Path) -> None:
    arrays = getattr(sr.data, name)()
    if name == "docqa":
        arrays = {k: v if k == "theta0" else v[:12] for k, v in arrays.items()}
        arrays["prompt_weights"] = arrays["prompt_weights"] / arrays["prompt_weights"].sum()
    np.savez(tmp_path / "real.npz", **arrays)
    process = {"samples": 256, "rounds": 2, "beta": 0.5}
    sections: Sections = {"process": process, "run": {"replicates": 2, "seed": 3}}
    instance = {"kind": "npz", "path": str(tmp_path / "real.npz")}
    file = toml(tmp_path / "config.toml", {"instance": instance, **sections})
    document = printed("simulate", "--config", file, "--save-theta", tmp_path / "theta.npz")
    run = sr.simulate(sections, **arrays, keep_theta=True)
    assert equal(run, document) >= 15 * 2 * 3
    assert run.theta is not None
    with np.load(tmp_path / "theta.npz") as archive:
        same_bits(run.theta, archive["theta"])


def test_the_figure_is_that_of_the_command(tmp_path: Path) -> None:
    sections = configuration("self-rewarding", "npz", tmp_path)
    file = toml(tmp_path / "config.toml", sections)
    ended = command("simulate", "--config", file, "--out", tmp_path / "out", "--quiet")
    assert ended.returncode == 0, ended.stderr
    figure = sr.simulate(file).plot()
    assert figure.svg == (tmp_path / "out" / "trajectory.svg").read_text(encoding="utf-8")
    for ending in ("svg", "png", "pdf"):
        written = figure.save(tmp_path / f"mine.{ending}")
        assert written.read_bytes() == (tmp_path / "out" / f"trajectory.{ending}").read_bytes()


def test_a_run_in_memory_as_a_file_for_the_command(tmp_path: Path) -> None:
    run = sr.simulate(
        kind="tabular", prompts=9, responses=5, samples=77, rounds=2, seed="0x" + "ab" * 32
    )
    (tmp_path / "again.toml").write_text(run.toml, encoding="utf-8")
    assert printed("simulate", "--config", tmp_path / "again.toml") == run.document


def test_other_seeds_and_replicates_give_other_numbers() -> None:
    keys: dict[str, Any] = {
        "kind": "tabular",
        "prompts": 9,
        "responses": 5,
        "samples": 77,
        "rounds": 2,
    }
    run = sr.simulate(**keys, replicates=4)
    assert (sr.simulate(**keys, replicates=4, seed=2)["kappa"] != run["kappa"]).any()
    later = sr.simulate(**keys, replicates=2, first_replicate=2)
    same_bits(later["kappa"], run["kappa"][2:])
    assert list(later.replicate) == [2, 3]
