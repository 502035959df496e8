"""Bounds: those of the command, at one point and at many."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import command, same_bits, small, toml

import selfreward as sr

# A call of every bound with the least that it needs, and of some with more.
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("single-step", {"n": 1e6, "kappa0": 3, "class_size": 1000}),
    ("hard-instance", {"n": 10**6, "prompts": 64, "kappa0": 9}),
    (
        "hard-instance",
        {
            "n": 1000,
            "prompts": 8,
            "kappa0": 3,
            "rounds": 2,
            "mass": 0.5,
            "beta": 0.05,
            "delta": 0.3,
        },
    ),
    ("hard-instance", {"n": 1000, "prompts": 8, "kappa0": 3, "mass": "worst"}),
    ("epsilon", {"n": 1e6, "class_size": 1000, "range": 2}),
    ("epsilon", {"n": 1e6, "dim": 16, "radius": 4}),
    ("one-step", {"kappa": 2, "gamma": 0.5, "epsilon": 0.01, "beta": 0.01}),
    ("one-step", {"kappa": 1e4, "gamma": 1, "epsilon": 1e9, "beta": 0.5, "delta": 1e-300}),
    ("recurrence", {"kappa": 2, "gamma": 0.5, "mu": 0.3, "epsilon": 0.01, "beta": 0.01}),
    ("fixed-point", {"gamma": 0.5, "mu": 0.3, "epsilon": 0.01, "beta": 0.01}),
    (
        "iterative",
        {
            "n": 1e6,
            "rounds": 3,
            "kappa0": 3,
            "gamma": 0.5,
            "mu": 0.3,
            "log_class_size": 7,
            "range": 1,
        },
    ),
    (
        "linear-softmax",
        {"n": 1e6, "rounds": 3, "kappa0": 3, "gamma": 0.5, "mu": 0.3, "dim": 16, "radius": 10},
    ),
    ("iterations", {"kappa0": 30, "gamma": 0.5, "mu": 0.3, "n": 1e8, "dim": 16, "radius": 10}),
    (
        "iterations",
        {"kappa0": 30, "gamma": 0.5, "mu": 0.3, "rounds": 4, "class_size": 100, "range": 1},
    ),
    ("exact-recovery", {"n": 1000, "rank": 16, "leverage": 40}),
    ("zero-failure", {"responses": 8, "gamma": 0.5, "beta": 0.1}),
    ("effective-dimension", dict(**{"lambda": 0.01}, regime="exponential", rate=0.5, scale=1)),
    ("effective-dimension", dict(**{"lambda": 0.01}, regime="spiked", rank=3, tail=0.1)),
    ("covering-number", {"dim": 16, "radius": 4, "eta": 0.1}),
    ("best-of-n", {"probabilities": [0.5, 0.3, 0.2], "best_of": 3}),
    (
        "sft",
        {"log_class_size": 35.2, "n": 800, "best_of": 20, "modes": [0.2, 1], "weights": [0.6, 0.4]},
    ),
    ("adaptive-draws", {"probabilities": (0.5, 0.3, 0.2), "mu": 1.7}),
    ("bayes-floor", {"prompts": 16, "responses": 9, "mass": 0.6, "n": 200, "best_of": 2}),
    (
        "offline-sharpening",
        {
            "kappa0": 1.5,
            "c_conc": 3,
            "c_loss": 4,
            "log_class_size": 3,
            "n": 1e6,
            "beta": 0.05,
            "margin": 0.5,
        },
    ),
    ("acceptance", {"log_class_size": 5, "n": 400, "rho": 0.1}),
    ("feedback-map", {"acceptance": 0.1, "start": 0.12, "rounds": 50}),
    ("curriculum", {"difficulties": np.array([1, 6, 9, 12]), "transfer": 6, "n": 200}),
    (
        "loop-map",
        {"alpha": 0.3, "eta": 0.5, "beta": 0.8, "log_odds": 0.7, "external": 0.4, "rounds": 2},
    ),
    ("loop-map", {"preset": "frozen-reward", "beta": 0.8, "log_odds": 0.7}),
    ("excitation", {"eigenvalues": [0.1, 0.2], "beta": 0.5}),
    (
        "excitation",
        dict(
            eigenvalues=[0.1],
            beta=0.5,
            alpha=0.3,
            eta=-1,
            **{"lambda": 0.01},
            components=[2],
            radius=10,
        ),
    ),
    ("grpo-time", {"start": 0.2, "beta": 10}),
    ("vote", {"start": 0.6, "best_of": 5, "rounds": 3}),
    ("rise-then-fall", {"right": 0.8, "right_gap": 2, "wrong_gap": 0.1, "beta": 1, "rounds": 5}),
    ("replay-threshold", dict(beta=0.5, **{"lambda": 0.6})),
    ("drift", {"epsilon": 0.063, "beta": 0.7, "gamma": 0.6, "mu": 0.4, "omega": 0.05}),
    (
        "misspecified-excess",
        {
            "n": 4096,
            "trace": 2.14,
            "leverage": 15,
            "sup": 9.5,
            "spread": 0.88,
            "rank": 3,
            "s": 0.3,
            "x": 3.69,
        },
    ),
    (
        "misspecified-failure",
        {
            "kappa": 1.4,
            "concentrability": 1.6,
            "approximation": 0.01,
            "estimation": 0.02,
            "beta": 0.05,
            "gamma": 1.2,
            "mu": 0.55,
        },
    ),
]


def flags(numbers: dict[str, Any]) -> list[str]:
    """As one writes them by hand."""
    words: list[str] = []
    for name, value in numbers.items():
        text = ",".join(map(str, value)) if np.ndim(value) else str(value)
        words.append(f"--{name.replace('_', '-')}={text}")
    return words


def document(name: str, numbers: dict[str, Any], *more: str) -> dict[str, Any]:
    ended = command("bound", name, *flags(numbers), *more, "--json")
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def same(bound: sr.Bound, expected: dict[str, Any]) -> None:
    """Every number of the document, bit for bit; null is what is not finite."""
    assert bound.name == expected["name"] and bound.vacuous == expected["vacuous"]
    pairs = [(bound.value, expected["value"])]
    assert bound.intermediates.keys() == expected["intermediates"].keys()
    pairs += [
        (bound.intermediates[name], value) for name, value in expected["intermediates"].items()
    ]
    for found, value in pairs:
        if isinstance(value, list):
            assert isinstance(found, list) and len(found) == len(value)
            same_bits(np.array(found), np.array(value, dtype=np.float64))
        elif value is None:
            assert not np.isfinite(found)
        else:
            same_bits(found, value)
    met = {entry["name"]: entry["met"] for entry in expected["assumptions"]}
    assert bound.assumptions == met and met


def test_every_bound_has_a_call() -> None:
    assert {name for name, _ in CALLS} == set(sr.bounds())
    listed = command("bound", "--list").stdout
    for name, (about, needs) in sr.bounds().items():
        assert f"{name} " in listed and about.split(" (")[0] in " ".join(listed.split()) and needs


@pytest.mark.parametrize(("name", "numbers"), CALLS)
def test_a_bound_is_the_commands(name: str, numbers: dict[str, Any]) -> None:
    bound = sr.bound(name, **numbers)
    expected = document(name, numbers)
    same(bound, expected)
    assert float(bound) == bound.value and np.asarray(bound).shape == ()
    assert repr(bound).splitlines()[0].startswith(f"{name} = ")


def test_the_text_is_the_commands() -> None:
    numbers: dict[str, Any] = {"n": 1e6, "dim": 16, "radius": 4}
    ended = command("bound", "epsilon", *flags(numbers), "--quiet")
    assert repr(sr.bound("epsilon", **numbers)) == ended.stdout.rstrip("\n")


# Many points.


def test_points_are_broadcast() -> None:
    n, beta = np.array([1e4, 1e6, 1e8]), np.array([[0.1], [0.01]])
    bound = sr.bound("epsilon", n=n, dim=16, beta=beta, radius=6)
    assert bound.value.shape == bound.vacuous.shape == (2, 3)
    assert np.asarray(bound).dtype == np.float64 and bound.vacuous.dtype == np.bool_
    for i in range(2):
        for j in range(3):
            at: dict[str, Any] = {
                "n": float(n[j]),
                "dim": 16,
                "beta": float(beta[i, 0]),
                "radius": 6,
            }
            one = sr.bound("epsilon", **at)
            same_bits(bound.value[i, j], one.value)
            assert bound.intermediates.keys() == one.intermediates.keys()
            for name, value in one.intermediates.items():
                assert bound.intermediates[name].shape == (2, 3)
                same_bits(bound.intermediates[name][i, j], value)
            assert {name: met[i, j] for name, met in bound.assumptions.items()} == one.assumptions
    assert len(np.unique(bound.value)) == 6
    assert "shape (2, 3)" in repr(bound)
    with pytest.raises(TypeError):
        float(bound)


def test_a_list_and_an_array_are_the_same() -> None:
    from_list = sr.bound("epsilon", n=[10**4, 10**6], dim=16, radius=6)
    from_array = sr.bound(
        "epsilon", n=np.array([10**4, 10**6]), dim=np.int32(16), radius=np.float32(6)
    )
    same_bits(from_list.value, from_array.value)
    assert from_list.value[0] > from_list.value[1]


def test_what_is_a_list_by_nature_is_not_broadcast() -> None:
    law = [0.5, 0.3, 0.2]
    bound = sr.bound("best-of-n", probabilities=law, best_of=[1, 2, 4])
    assert bound.value.shape == (3,)
    # The mode is missed only if all draws miss it.
    np.testing.assert_allclose(bound.value, [1 - 0.5**n for n in (1, 2, 4)], rtol=1e-15)
    laws = bound.intermediates["law"]
    assert laws.dtype == object and laws.shape == (3,)
    np.testing.assert_allclose(laws[0], law, rtol=1e-15)


def test_a_word_stays_a_word() -> None:
    bound = sr.bound("hard-instance", n=[100, 1000], prompts=8, kappa0=3, mass="worst")
    one = sr.bound("hard-instance", n=100, prompts=8, kappa0=3, mass="worst")
    assert bound.value.shape == (2,)
    same_bits(bound.value[0], one.value)


def test_where_some_points_lack_an_intermediate() -> None:
    bound = sr.bound("grpo-time", start=0.5, beta=[10.0, 1.0])
    found = bound.intermediates["frozen_lower_fixed_point"]
    one = sr.bound("grpo-time", start=0.5, beta=10.0).intermediates["frozen_lower_fixed_point"]
    same_bits(found, np.array([one, np.nan]))


def test_no_points_are_refused() -> None:
    with pytest.raises(ValueError, match=r"n has shape \(0,\): expected at least one point"):
        sr.bound("epsilon", n=np.zeros(0), dim=16, radius=6)


def test_doubles_go_in_to_the_last_digit() -> None:
    beta = np.nextafter(0.1, 1)
    bound = sr.bound("zero-failure", responses=8, gamma=0.5, beta=beta)
    assert bound.intermediates["beta"] == beta != 0.1


# From a file.


def test_numbers_come_from_a_file(tmp_path: Path) -> None:
    np.savez(tmp_path / "small.npz", **small())
    numbers = {"n": 1000, "class_size": 10}
    for path in (tmp_path / "small.npz", str(tmp_path / "small.npz")):
        bound = sr.bound("single-step", from_=path, **numbers)
        same(bound, document("single-step", numbers, "--from", str(path)))
    run = sr.simulate(**small(), rounds=0, replicates=1)
    same_bits(bound.intermediates["kappa0"], run["kappa"][0, 0])
    instance = {"kind": "tabular", "prompts": 7, "responses": 3}
    config = toml(tmp_path / "config.toml", {"instance": instance})
    many = sr.bound("single-step", from_=config, n=[100, 1000], class_size=10)
    same(
        sr.bound("single-step", from_=config, **numbers),
        document("single-step", numbers, "--from", str(config)),
    )
    same_bits(many.value[1], sr.bound("single-step", from_=config, **numbers).value)
    with pytest.raises(FileNotFoundError, match="nowhere.npz"):
        sr.bound("single-step", from_="/nowhere.npz", **numbers)


# What goes wrong.


@pytest.mark.parametrize(
    ("name", "numbers", "said"),
    [
        ("epsilon", {"n": 0, "dim": 3, "radius": 1}, r"n = 0: expected .*at least 1"),
        ("epsilon", {"n": [10, 0], "dim": 3, "radius": 1}, r"n = 0: expected .*at least 1"),
        ("epsilon", {"n": 10.5, "dim": 3, "radius": 1}, r"n = 10\.5: expected a whole"),
        ("epsilon", {"n": np.nan, "dim": 3, "radius": 1}, r"n = (nan|NaN): expected"),
        ("epsilon", {"n": 10, "dim": 3, "radius": 1, "rho": 1}, r"rho = 1: expected"),
        ("epsilon", {"n": 10, "dim": 3}, r"radius"),
        ("epsilon", {"n": 10, "dim": 3, "radius": 1, "frequency": 3}, r"frequency"),
        (
            "one-step",
            {"kappa": 0.5, "gamma": 1, "epsilon": 0.1, "beta": 0.1},
            r"kappa = 0\.5: expected",
        ),
        (
            "one-step",
            {"kappa": 2, "gamma": -1, "epsilon": 0.1, "beta": 0.1},
            r"gamma = -1: expected",
        ),
        ("best-of-n", {"probabilities": [0.5, 0.4], "best_of": 3}, r"probabilities.*sum"),
        ("best-of-n", {"probabilities": 0.5, "best_of": 3}, r"probabilities has shape \(\)"),
        ("best-of-n", {"probabilities": [], "best_of": 3}, r"probabilities has shape \(0,\)"),
        ("hard-instance", {"n": 10, "prompts": 4, "kappa0": 3, "mass": "wurst"}, r"mass = .*wurst"),
        ("epsilon", {"n": [1, 2], "dim": [1, 2, 3], "radius": 1}, r"n \(2,\), dim \(3,\)"),
        ("iteratve", {"n": 9}, r"name = 'iteratve': expected one of bounds\(\).*iterative"),
    ],
)
def test_errors_name_the_number(name: str, numbers: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        sr.bound(name, **numbers)


@pytest.mark.parametrize("value", [True, 1j, object(), np.bool_(True)])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="^n .*expected a number"):
        sr.bound("epsilon", n=value, dim=3, radius=1)
