"""How the package is used, for a type checker: ``mypy --strict tests``; also run as a test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import selfreward as sr


def shrink(step: sr.Step) -> NDArray[np.float64]:
    rows: NDArray[np.int64] = step.counts
    wins: NDArray[np.float64] | None = step.wins
    radius: float | None = step.radius
    seed: int = step.seed
    assert rows.shape[1] in (3, 4) and wins is None and radius is None and seed >= 0
    theta: NDArray[np.float64] = step.theta * 0.5 + step.reference * 0.5
    return theta


def collision(state: sr.State) -> float:
    return float(state.weights @ (state.probs**2).sum(axis=1))


def usage(folder: Path) -> None:
    """Every public name, as one would write it."""
    run: sr.Run = sr.simulate(
        {"instance": {"kind": "gaussian"}, "process.samples": 64},
        {"instance.prompts": 5},
        responses=3,
        dim=2,
        rounds=2,
        fit=shrink,
        metrics={"collision": collision},
        keep_theta=True,
        jobs=1,
        progress=False,
    )
    kappa: NDArray[np.float64] = run["kappa"]
    theta: NDArray[np.float64] | None = run.theta
    names: list[str] = list(run)
    config: dict[str, Any] = run.config
    seed: int | str = run.seed
    assert kappa.shape == (10, 3) and theta is not None and "collision" in names
    assert config["run"]["seed"] == seed and run.complete and run.definitions["kappa"]
    figure: sr.Figure = run.plot()
    path: Path = figure.save(folder / "run.svg")
    assert path.exists()
    again: sr.Run = sr.simulate(**sr.data.smollm(), samples=8, rounds=0, replicates=1)
    assert again["kappa"].shape == (1, 1)
    bound: sr.Bound = sr.bound("epsilon", n=[1e6, 1e8], dim=16, radius=6)
    about, needs = sr.bounds()["epsilon"]
    version: str = sr.__version__
    assert not bound.vacuous.any() or about and needs and version


def test_usage(tmp_path: Path) -> None:
    usage(tmp_path)
