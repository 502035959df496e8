"""Arrays in and out: shapes, types, orders, raggedness, and whose memory it is."""

from __future__ import annotations

import gc
import re
import time
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from support import (
    DIM,
    PROMPTS,
    RESPONSES,
    Arrays,
    child,
    printed,
    same_bits,
    same_run,
    small,
    toml,
)

import selfreward as sr

KEYS: dict[str, Any] = {
    "samples": 64,
    "rounds": 2,
    "replicates": 2,
    "beta": 1.0,
    "keep_theta": True,
}


def simulated(**arrays: Any) -> sr.Run:
    return sr.simulate(**(KEYS | arrays))


def test_what_comes_out_has_the_documented_shapes() -> None:
    run = simulated(**small())
    for name in run:
        assert run[name].shape == (2, 3) and run[name].dtype == np.float64, name
    assert run.theta is not None and run.theta.shape == (2, 3, DIM)
    assert list(run.t) == [0, 1, 2] and list(run.replicate) == [0, 1]
    assert list(run.measured) == [3, 3] and run.complete
    same_bits(run.theta[:, 0], np.tile(small()["theta0"], (2, 1)))
    norms = np.linalg.norm(run.theta, axis=2)
    np.testing.assert_allclose(norms, run["theta_norm"], rtol=1e-15)
    assert sr.simulate(**small(), samples=8, rounds=1, replicates=1).theta is None


def test_what_comes_out_is_ones_own() -> None:
    run = simulated(**small())
    before = run["kappa"].copy()
    run["kappa"][:] = 7
    same_bits(run["kappa"], before)


def test_a_base_of_any_logits_needs_no_features() -> None:
    offset = small()["offset"]
    run = simulated(offset=offset, num_responses=small()["num_responses"])
    logits = np.where(np.arange(RESPONSES) < small()["num_responses"][:, None], offset, -np.inf)
    top = np.exp(logits - logits.max(axis=1, keepdims=True)).sum(axis=1)
    # A sum of four exponentials, its inverse, and a mean of twelve: below forty roundings.
    np.testing.assert_allclose(run["kappa"][:, 0], top.mean(), rtol=40 * 2**-53)
    # θ has an entry for each response that there is.
    assert run.theta is not None and run.theta.shape == (2, 3, int(small()["num_responses"].sum()))


# Raggedness.


def beyond(arrays: Arrays) -> NDArray[np.bool_]:
    outside: NDArray[np.bool_] = np.arange(RESPONSES) >= arrays["num_responses"][:, None]
    return outside


@pytest.mark.parametrize("padding", [0.0, 1e300, np.nan, np.inf, -np.inf])
def test_what_lies_beyond_the_responses_does_not_count(padding: float) -> None:
    expected = simulated(**small(), preset="spin")
    arrays = small()
    assert beyond(arrays).sum() == PROMPTS // 2
    for name in ("phi", "offset", "reward"):
        arrays[name][beyond(arrays)] = padding
    arrays["correct"][beyond(arrays)] = True
    same_run(simulated(**arrays, preset="spin"), expected)


def test_what_lies_within_counts() -> None:
    expected = simulated(**small())
    arrays = small()
    arrays["num_responses"][0] += 1
    assert (simulated(**arrays)["kappa"][:, 0] != expected["kappa"][:, 0]).all()


# Types.


def test_float32_is_what_a_file_of_float32_gives(tmp_path: Path) -> None:
    arrays = small() | {"phi": small()["phi"].astype(np.float32)}
    np.savez(tmp_path / "single.npz", **arrays)
    run = simulated(**arrays)
    instance = {"kind": "npz", "path": str(tmp_path / "single.npz")}
    process = {"samples": 64, "rounds": 2, "beta": 1.0}
    sections: dict[str, Any] = {"instance": instance, "process": process, "run": {"replicates": 2}}
    file = toml(tmp_path / "config.toml", sections)
    document = printed("simulate", "--config", file, "--save-theta", tmp_path / "theta.npz")
    assert {**run.document, "config": None} == {**document, "config": None}
    with np.load(tmp_path / "theta.npz") as archive:
        same_bits(run.theta, archive["theta"])
    # Each number is widened, nothing is rounded; and it is not what float64 gives.
    same_run(simulated(**arrays | {"phi": arrays["phi"].astype(np.float64)}), run)
    assert (run["kappa"][:, 0] != simulated(**small())["kappa"][:, 0]).all()


FLOATS = ("phi", "theta0", "offset", "prompt_weights", "reward")
WHOLES = ("num_responses", "level")


@pytest.mark.parametrize("name", FLOATS)
@pytest.mark.parametrize(
    "dtype", ["float16", "int64", "bool", "complex128", "object", ">f8", ">f4"]
)
def test_other_types_are_refused_by_name(name: str, dtype: str) -> None:
    arrays = small()
    arrays[name] = arrays[name].astype(dtype)
    said = re.escape(f"{name} has dtype {arrays[name].dtype}: expected float64 or float32")
    with pytest.raises(ValueError, match=f"^{said}"):
        simulated(**arrays)


@pytest.mark.parametrize("name", WHOLES)
@pytest.mark.parametrize("dtype", ["float64", "bool", "object", ">i8", "complex64"])
def test_wholes_are_whole(name: str, dtype: str) -> None:
    arrays = small()
    arrays[name] = arrays[name].astype(dtype)
    said = re.escape(f"{name} has dtype {arrays[name].dtype}: expected an integer type")
    with pytest.raises(ValueError, match=f"^{said}"):
        simulated(**arrays)


@pytest.mark.parametrize("dtype", ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"])
def test_any_integer_type_will_do(dtype: str) -> None:
    arrays = small()
    for name in ("num_responses", "level", "correct"):
        arrays[name] = arrays[name].astype(dtype)
    expected = simulated(**small())
    assert (expected["accuracy"] < 1).all() and (expected["accuracy"] > 0).any()
    same_run(simulated(**arrays), expected)


@pytest.mark.parametrize("dtype", ["float64", "object", "S1"])
def test_correct_is_a_truth(dtype: str) -> None:
    arrays = small() | {"correct": small()["correct"].astype(dtype)}
    said = f"correct has dtype {arrays['correct'].dtype}: expected bool, or an integer type"
    with pytest.raises(ValueError, match=f"^{re.escape(said)}"):
        simulated(**arrays)


def test_where_no_response_is_known_to_be_correct() -> None:
    arrays = small() | {"correct": small()["correct"].astype(np.int8)}
    arrays["correct"][:6] = -1
    arrays["prompt_weights"][:] = 1 / PROMPTS
    run = simulated(**arrays)
    weights = np.where(np.arange(PROMPTS) < 6, 0.0, 1 / PROMPTS)
    assert np.isfinite(run["accuracy"]).all()
    logits = arrays["phi"] @ arrays["theta0"] + arrays["offset"]
    modal = np.where(beyond(arrays), -np.inf, logits).argmax(axis=1)
    right = small()["correct"][np.arange(PROMPTS), modal]
    np.testing.assert_allclose(run["accuracy"][:, 0], right @ weights / weights.sum(), rtol=1e-14)


def test_an_answer_is_one_correct_response() -> None:
    arrays = small()
    answer = np.arange(PROMPTS) % 3
    correct = np.arange(RESPONSES) == answer[:, None]
    expected = simulated(**arrays | {"correct": correct})
    del arrays["correct"]
    same_run(simulated(**arrays, answer=answer), expected)
    with pytest.raises(ValueError, match="answer"):
        simulated(**arrays, answer=answer + 3)


def test_lists_are_arrays() -> None:
    lists = {name: array.tolist() for name, array in small().items()}
    same_run(simulated(**lists), simulated(**small()))


# Orders.


def remarked(**arrays: Any) -> sr.Run:
    with pytest.warns(UserWarning, match="phi is not in C order, or not aligned: it was copied once"):
        return simulated(**arrays)


def test_fortran_order_is_copied_and_said() -> None:
    arrays = small()
    run = remarked(**arrays | {"phi": np.asfortranarray(arrays["phi"])})
    same_run(run, simulated(**arrays))
    assert any("C order" in remark for remark in run.remarks)
    single = arrays["phi"].astype(np.float32)
    ours = remarked(**arrays | {"phi": np.asfortranarray(single)})
    same_run(ours, simulated(**arrays | {"phi": single}))


def test_slices_are_what_they_show() -> None:
    arrays = small()
    wide = np.full((PROMPTS * 2, RESPONSES + 1, DIM * 2), 1e300)
    wide[::2, :-1, ::-2] = arrays["phi"]
    same_run(remarked(**arrays | {"phi": wide[::2, :-1, ::-2]}), simulated(**arrays))
    every = {name: np.repeat(array, 2, axis=0)[::2] for name, array in arrays.items()}
    every["phi"] = arrays["phi"]
    same_run(simulated(**every), simulated(**arrays))


def test_what_cannot_be_written_to_can_be_read() -> None:
    arrays = small()
    for array in arrays.values():
        array.setflags(write=False)
    same_run(simulated(**arrays), simulated(**small()))


def test_unaligned_memory_is_copied() -> None:
    arrays = small()
    raw = np.zeros(arrays["phi"].nbytes + 1, dtype=np.uint8)
    shifted = raw[1:].view(np.float64).reshape(arrays["phi"].shape)
    shifted[:] = arrays["phi"]
    assert not shifted.flags.aligned
    same_run(remarked(**arrays | {"phi": shifted}), simulated(**small()))


def test_nothing_is_written_to() -> None:
    arrays = small()
    with pytest.warns(UserWarning, match="divided by the largest norm"):
        simulated(**arrays, rescale=True)
    for name, array in small().items():
        np.testing.assert_array_equal(arrays[name], array)


# Shapes.


@pytest.mark.parametrize("shape", [(0, RESPONSES, DIM), (PROMPTS, 0, DIM), (PROMPTS, RESPONSES, 0)])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_features_of_no_size(shape: tuple[int, ...], dtype: str) -> None:
    with pytest.raises(ValueError, match="phi.*expected no empty axis"):
        simulated(phi=np.zeros(shape, dtype=dtype), theta0=np.zeros(shape[2]))


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("phi", (PROMPTS, RESPONSES)),
        ("theta0", (DIM + 1,)),
        ("theta0", (DIM, 1)),
        ("theta0", (0,)),
        ("offset", (PROMPTS, RESPONSES - 1)),
        ("prompt_weights", (PROMPTS + 1,)),
        ("prompt_weights", (PROMPTS, 1)),
        ("num_responses", (PROMPTS - 1,)),
        ("correct", (PROMPTS,)),
        ("correct", (RESPONSES, PROMPTS)),
        ("reward", (PROMPTS, RESPONSES, 1)),
        ("level", (0,)),
    ],
)
def test_shapes_that_do_not_fit_are_named(name: str, shape: tuple[int, ...]) -> None:
    arrays = small()
    arrays[name] = np.zeros(shape, dtype=arrays[name].dtype)
    with pytest.raises(ValueError, match=rf"\b{name}\b.*expected"):
        simulated(**arrays)


@pytest.mark.parametrize(
    ("name", "at", "value"),
    [
        ("phi", (0, 0, 1), np.nan),
        ("phi", (0, 0, 1), 5.0),
        ("theta0", (1,), np.inf),
        ("offset", (2, 1), np.nan),
        ("reward", (2, 1), np.inf),
        ("prompt_weights", (3,), -0.1),
        ("num_responses", (3,), 0),
        ("num_responses", (3,), RESPONSES + 1),
    ],
)
def test_values_that_cannot_be_are_found(name: str, at: tuple[int, ...], value: float) -> None:
    arrays = small()
    arrays[name][at] = value
    words = {"phi": "feature", "theta0": "theta|θ", "prompt_weights": "weight"}
    with pytest.raises(ValueError, match=words.get(name, name)) as raised:
        simulated(**arrays)
    assert "expected" in str(raised.value)


def test_a_scalar_is_no_array() -> None:
    with pytest.raises(ValueError, match="shape|dtype|expected"):
        simulated(**small() | {"prompt_weights": np.float64(1.0)})


# Memory.

MEASURE = """
    import json, resource, sys, warnings
    import numpy as np, selfreward as sr

    def peak():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

    warnings.simplefilter("ignore")
    dtype, order, prompts = sys.argv[1], sys.argv[2], int(sys.argv[3])
    # Filled where it lies, so that the peak before the run is that of one array; 4096 bytes a row.
    phi = np.empty((prompts, 4, 4096 // np.dtype(dtype).itemsize), dtype=dtype, order=order)
    phi.fill(0)
    phi[:, :, 0], phi[:, 1, 1], phi[:, 2, 2] = 0.5, 0.25, 0.125
    theta0 = np.zeros(phi.shape[2])
    theta0[:3] = 1, 1, -1
    before = peak()
    # The loop's own fit would factorise differences of features, which takes memory of its own.
    keys = dict(samples=64, rounds=1, replicates=1, jobs=1, fit=lambda step: step.theta)
    kappa = sr.simulate(phi=phi, theta0=theta0, **keys)["kappa"]
    json.dump({"grown": peak() - before, "size": phi.nbytes, "kappa": list(kappa[0])}, sys.stdout)
"""


@pytest.mark.parametrize(("dtype", "prompts"), [("float64", 12800), ("float32", 12800)])
def test_features_are_not_copied(dtype: str, prompts: int) -> None:
    measured = child(MEASURE, dtype, "C", str(prompts))
    assert measured["size"] == prompts * 4 * 4096 > 200e6
    # A second copy would add all of it (twice that, were single precision widened). What a run
    # needs beside: policies, their heads and counts, below 1000 bytes for each of M·K responses,
    # and 16 MB for threads and pages of the program that had not been touched before.
    assert measured["grown"] < prompts * 4 * 1000 + 16e6 < measured["size"] / 3
    # 1 + 2e^(-d) + e^(-d') by hand, from logits 0.5, 0.75, 0.375 and 0.5; the fit stays there.
    expected = 1 + 2 * np.exp(-0.25) + np.exp(-0.375)
    np.testing.assert_allclose(measured["kappa"], expected, rtol=1e-12)


def test_a_copy_would_be_seen() -> None:
    measured = child(MEASURE, "float64", "F", "3200")
    assert measured["grown"] > 0.9 * measured["size"]


def test_a_run_outlives_its_arrays() -> None:
    expected = simulated(**small())
    arrays = small()
    # An array that owns nothing but a buffer, which is overwritten once all is let go.
    buffer = bytearray(arrays["phi"].tobytes())
    arrays["phi"] = np.frombuffer(buffer).reshape(PROMPTS, RESPONSES, DIM)
    run = simulated(**arrays)
    arrays.clear()
    gc.collect()
    buffer[:] = b"\xff" * len(buffer)
    same_run(run, expected)
    assert run.csv == expected.csv and run.document == expected.document


class Watched(np.ndarray):
    """An array that can be referred to weakly."""


def let_go(watch: weakref.ref[Watched]) -> bool:
    """Whether nothing holds it any more, once the run's thread has ended."""
    until = time.monotonic() + 10
    while watch() is not None and time.monotonic() < until:
        gc.collect()
        time.sleep(0.01)
    return watch() is None


def test_memory_is_held_as_long_as_a_callable_keeps_a_state() -> None:
    seen: list[sr.State] = []
    arrays = small()
    phi = np.ndarray.__new__(Watched, arrays["phi"].shape)
    phi[:] = arrays["phi"]
    watch = weakref.ref(phi)

    def look(state: sr.State) -> float:
        seen.append(state)
        return 0.0

    simulated(**arrays | {"phi": phi}, metrics={"look": look})
    del phi
    gc.collect()
    assert len(seen) == 6 and watch() is not None
    features = seen[0].features
    assert features is not None
    np.testing.assert_array_equal(features, small()["phi"])
    del features
    seen.clear()
    assert let_go(watch)
