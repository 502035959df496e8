"""What tests share: the command in a process of its own, small instances, exact comparison."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import selfreward as sr

# Arrays by name; any value, so that they may be keywords beside others.
Arrays = dict[str, Any]
PROMPTS, RESPONSES, DIM = 12, 4, 3


def small(seed: int = 3) -> Arrays:
    """Every array that an instance can have (but ``answer``, in place of ``correct``), ragged."""
    rng = np.random.default_rng(seed)
    phi = rng.normal(size=(PROMPTS, RESPONSES, DIM))
    weights = rng.uniform(1, 2, size=PROMPTS)
    return {
        "phi": phi / (1.01 * np.linalg.norm(phi, axis=2).max()),
        "theta0": np.array([1.0, -0.5, 0.3]),
        "offset": rng.normal(size=(PROMPTS, RESPONSES)),
        "prompt_weights": weights / weights.sum(),
        "num_responses": np.tile([3, 4], PROMPTS // 2),
        "correct": np.arange(PROMPTS * RESPONSES).reshape(PROMPTS, RESPONSES) % 5 == 0,
        "reward": rng.normal(size=(PROMPTS, RESPONSES)),
        "level": np.arange(PROMPTS) % 3,
    }


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The command that the environment names, or that of the package; what it printed, its code."""
    words = [os.environ["SELFREWARD_COMMAND"]] if "SELFREWARD_COMMAND" in os.environ else []
    call = [*(words or [sys.executable, "-m", "selfreward"]), *map(str, arguments)]
    return subprocess.run(call, capture_output=True, text=True, check=False, timeout=100)


def printed(*arguments: str | Path) -> Any:
    """The JSON document that the command prints."""
    ended = command(*arguments, "--json", "--quiet")
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


@cache
def loops() -> dict[str, dict[str, Any]]:
    """The keys of every named loop, as the command lists them."""
    return {loop["name"]: loop["keys"] for loop in printed("loops")["loops"]}


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_written(inner)}" for key, inner in value.items()) + " }"
    return json.dumps(value)


def toml(path: Path, sections: Mapping[str, Mapping[str, Any]]) -> Path:
    """Writes a configuration, with nothing of the package."""
    lines: list[str] = []
    for section, keys in sections.items():
        lines += [f"[{section}]", *(f"{key} = {_written(value)}" for key, value in keys.items())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def same_bits(found: Any, expected: Any) -> None:
    """Equal in every bit; NaN stands where NaN stands."""
    a, b = (np.asarray(array, dtype=np.float64) for array in (found, expected))
    assert a.shape == b.shape
    missing = np.isnan(b)
    assert (np.isnan(a) == missing).all()
    bits = [np.ascontiguousarray(array).view(np.uint64)[~missing] for array in (a, b)]
    np.testing.assert_array_equal(bits[0], bits[1])


def same_run(found: sr.Run, expected: sr.Run) -> None:
    """The same quantities, values and θ, bit for bit."""
    assert list(found) == list(expected)
    for name in expected:
        same_bits(found[name], expected[name])
    assert (found.theta is None) == (expected.theta is None)
    if expected.theta is not None:
        same_bits(found.theta, expected.theta)


def child(program: str, *arguments: str, timeout: float = 60) -> Any:
    """Runs a program of its own in a fresh process; the JSON of its last line."""
    call = [sys.executable, "-c", textwrap.dedent(program), *arguments]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    ended = subprocess.run(
        call, capture_output=True, text=True, check=False, timeout=timeout, env=environment
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1])


def slow_definition(replicates: int) -> str:
    """A definition whose run can be broken off: so many replicates of each of its two cells."""
    return f"""
name = "slow"
[[part]]
name = "p"
[part.base.instance]
kind = "gaussian"
prompts = 200
responses = 8
dim = 16
[part.base.process]
rounds = 8
[part.grid]
"process.samples" = [512, 1024]
[part.full]
replicates = {replicates}
"""
