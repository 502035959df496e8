"""Memory of any layout: packed tables, unaligned buffers, views; and what holds no numbers."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from support import DIM, PROMPTS, RESPONSES, Arrays, same_bits, same_run, small

import selfreward as sr

Array = NDArray[Any]
KEYS: dict[str, Any] = {
    "samples": 64,
    "rounds": 2,
    "replicates": 2,
    "beta": 1.0,
    "levels": [0, 2],
    "keep_theta": True,
}
#: So that a reward from outside counts.
REWARD = {"process": {"reward": {"self": 1.0, "external": 0.5}}}
NAMES = (
    "phi",
    "theta0",
    "offset",
    "prompt_weights",
    "num_responses",
    "correct",
    "answer",
    "reward",
    "level",
)
COPIED = "phi is not in C order, or not aligned: it was copied once"


def arrays_with(name: str) -> Arrays:
    """Every array; correct responses by ``answer`` or by ``correct``, in eight bytes each."""
    arrays = small()
    if name == "answer":
        del arrays["correct"]
        arrays["answer"] = np.arange(PROMPTS) % 3
    else:
        arrays["correct"] = arrays["correct"].astype(np.int64)
    return arrays


def simulated(**arrays: Any) -> sr.Run:
    return sr.simulate(REWARD, **(KEYS | arrays))


@cache
def plain(answer: bool) -> sr.Run:
    return simulated(**arrays_with("answer" if answer else ""))


def packed(array: Array) -> Array:
    """A field of a packed table: a byte lies between the elements."""
    table = np.zeros(array.shape, dtype=[("tag", "i1"), ("value", array.dtype)])
    table["value"], table["tag"] = array, 77
    field: Array = table["value"]
    assert any(stride % field.itemsize for stride in field.strides)
    return field


def unaligned(array: Array) -> Array:
    """In C order, one byte off."""
    raw = np.full(array.nbytes + 1, 77, dtype=np.uint8)
    shifted: Array = raw[1:].view(array.dtype).reshape(array.shape)
    shifted[...] = array
    assert shifted.flags.c_contiguous and not shifted.flags.aligned
    return shifted


def within(array: Array) -> Array:
    """A sub-array of one record among others."""
    table = np.zeros(2, dtype=[("tag", "i1"), ("value", array.dtype, array.shape)])
    table["value"][0], table["tag"] = array, 77
    field: Array = table["value"][0]
    assert field.shape == array.shape and not field.flags.aligned
    return field


def backwards(array: Array) -> Array:
    """A field of a packed table from its end on: strides are negative."""
    field: Array = packed(array[::-1])[::-1]
    assert field.strides[0] < 0
    return field


def between(array: Array) -> Array:
    """Every second element of every axis of a packed field."""
    wide = packed(np.repeat(array, 2, axis=0).repeat(2, axis=-1))
    return wide[1::2, ..., 1::2] if array.ndim > 1 else wide[1::4]


LAYOUTS: list[Callable[[Array], Array]] = [packed, unaligned, within, backwards, between]


def laid(name: str, arrays: Arrays) -> sr.Run:
    """A run on arrays of which features alone say that they were copied."""
    if name != "phi":
        return simulated(**arrays)
    with pytest.warns(UserWarning, match=COPIED) as said:
        run = simulated(**arrays)
    assert len(said) == 1 and any(COPIED in remark for remark in run.remarks)
    return run


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", NAMES)
def test_numbers_do_not_depend_on_where_they_lie(
    name: str, layout: Callable[[Array], Array]
) -> None:
    arrays = arrays_with(name)
    array = layout(arrays[name])
    np.testing.assert_array_equal(array, arrays[name])
    same_run(laid(name, arrays | {name: array}), plain(name == "answer"))


@pytest.mark.parametrize("name", NAMES)
def test_each_array_counts(name: str) -> None:
    arrays = arrays_with(name)
    arrays[name] = np.ascontiguousarray(arrays[name][::-1])
    with pytest.raises(AssertionError):
        same_run(simulated(**arrays), plain(name == "answer"))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_single_precision_too(layout: Callable[[Array], Array]) -> None:
    arrays = small()
    for name in ("phi", "theta0", "offset", "reward"):
        arrays[name] = arrays[name].astype(np.float32)
    expected = simulated(**arrays)
    for name in ("theta0", "offset", "reward"):
        arrays[name] = layout(arrays[name])
    same_run(laid("phi", arrays | {"phi": layout(arrays["phi"])}), expected)


@pytest.mark.parametrize("dtype", ["i2", "i4", "u2", "u4", "u8"])
def test_packed_integers_of_any_width(dtype: str) -> None:
    arrays = small()
    for name in ("num_responses", "level", "correct"):
        arrays[name] = packed(arrays[name].astype(dtype))
    same_run(simulated(**arrays), plain(answer=False))


def test_a_table_with_a_record_for_each_prompt() -> None:
    arrays = small()
    fields: list[Any] = [("tag", "i1")]
    by_prompt = [name for name in arrays if name != "theta0"]
    fields += [(name, arrays[name].dtype, arrays[name].shape[1:]) for name in by_prompt]
    table = np.zeros(PROMPTS, dtype=fields)
    for name in by_prompt:
        table[name] = arrays[name]
    assert table["phi"].shape == (PROMPTS, RESPONSES, DIM) and table["phi"].strides[0] % 8
    given = {name: table[name] for name in by_prompt} | {"theta0": arrays["theta0"]}
    same_run(laid("phi", given), plain(answer=False))
    # In a dictionary as well, beside keys.
    with pytest.warns(UserWarning, match=COPIED):
        same_run(sr.simulate(REWARD | given, **KEYS), plain(answer=False))


def test_a_table_of_records_that_are_aligned() -> None:
    # Strides are whole multiples of the element's size: there is nothing to copy, but for features.
    arrays = small()
    kind = np.dtype([("tag", "i1"), ("value", "f8")], align=True)
    for name in ("theta0", "offset", "reward", "prompt_weights"):
        table = np.zeros(arrays[name].shape, dtype=kind)
        table["value"] = arrays[name]
        arrays[name] = table["value"]
        assert arrays[name].flags.aligned and not arrays[name].strides[-1] % 8
    same_run(simulated(**arrays), plain(answer=False))


@pytest.mark.filterwarnings("ignore:phi is not in C order:UserWarning")
def test_what_was_packed_is_only_read() -> None:
    arrays = {name: packed(array) for name, array in arrays_with("").items()}
    wholes = {name: np.asarray(array.base).copy() for name, array in arrays.items()}
    simulated(**arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(np.asarray(array.base), wholes[name])


# What a fit gives.

THETA = np.array([0.1, -1.5, 1e-300])


def following(given: Any) -> NDArray[np.float64]:
    """θ_1 of a run whose fit gives it."""
    run = sr.simulate(**small(), **KEYS | {"rounds": 1, "replicates": 1}, fit=lambda _: given)
    assert run.theta is not None
    theta: NDArray[np.float64] = run.theta[0, 1]
    return theta


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", ["f8", "f4", "f2"])
def test_a_fit_gives_memory_of_any_layout(layout: Callable[[Array], Array], dtype: str) -> None:
    theta = THETA.astype(dtype)
    same_bits(following(layout(theta)), theta)


@pytest.mark.parametrize(
    "given",
    [
        THETA[::-1],
        np.repeat(THETA, 3)[::3],
        np.stack([THETA, -THETA], axis=1)[:, 0],
        THETA.astype(">f8"),
        THETA.tolist(),
        tuple(THETA),
        [np.float64(0.1), np.float32(-1.5), 3],
        np.broadcast_to(np.float64(0.1), (DIM,)),
        np.array([1, -2, 2**40]),
        packed(np.array([1, -2, 3], dtype="i2")),
        np.array([1, 2, 250], dtype="u1"),
        [1, -2, 3],
    ],
)
def test_a_fit_gives_whatever_makes_a_vector(given: Any) -> None:
    expected = [float(value) for value in given]
    assert len(expected) == DIM
    same_bits(following(given), expected)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (THETA + 0j, r"of dtype complex128 and shape \(3,\)"),
        (packed(THETA + 1j), r"of dtype complex128 and shape \(3,\)"),
        (["0.1", "-1.5", "2"], r"list of dtype <U4 and shape \(3,\)"),
        (np.array(["a", "b", "c"]), r"ndarray of dtype <U1 and shape \(3,\)"),
        (THETA.astype(object), r"of dtype object and shape \(3,\)"),
        (THETA > 0, r"of dtype bool and shape \(3,\)"),
        (THETA.astype("m8[s]"), r"of dtype timedelta64\[s\] and shape \(3,\)"),
        (np.zeros(3, dtype=[("a", "f8")]), r"of dtype \[\('a', '<f8'\)\] and shape \(3,\)"),
        (np.ma.masked_array(THETA), "a masked array"),
        (np.ma.masked_array(THETA, mask=[True, False, False]), "a masked array"),
        (THETA[:, None], r"of dtype float64 and shape \(3, 1\)"),
        (THETA[None], r"of dtype float64 and shape \(1, 3\)"),
        (packed(np.append(THETA, 0.5)), r"of dtype float64 and shape \(4,\)"),
        (np.float64(0.1), r"of dtype float64 and shape \(\)"),
        ([[1.0], [2.0, 3.0], [4.0]], "of type list"),
    ],
)
def test_what_is_no_vector_of_numbers_is_refused(given: Any, said: str) -> None:
    whole = rf"^fit gave .*{said}: expected θ, \({DIM},\), of finite numbers$"
    # A part that is not real would be dropped with a warning: an error comes before it.
    with pytest.raises(ValueError, match=whole):
        following(given)


# What goes in and is no array of numbers.


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mask", [False, True])
def test_masked_arrays_are_refused_by_name(name: str, mask: bool) -> None:
    arrays = arrays_with(name)
    masked = np.ma.masked_array(arrays[name], mask=np.zeros(arrays[name].shape, dtype=bool))
    if mask:
        masked[0] = np.ma.masked
    with pytest.raises(ValueError, match=rf"^{name} is a masked array: expected its data"):
        simulated(**arrays | {name: masked})
    with pytest.raises(ValueError, match=rf"^{name} is a masked array: expected its data"):
        sr.simulate(REWARD | arrays | {name: masked}, **KEYS)
    with pytest.raises(ValueError, match=rf"^{name} is a masked array: expected its data"):
        sr.describe(arrays | {name: masked})
    # Its data are an array as any other.
    same_run(
        simulated(**arrays | {name: np.ascontiguousarray(np.ma.getdata(masked))}),
        plain(name == "answer"),
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", ["c16", "U8", "S8", "M8[s]", "O", "f2", "i1,f8"])
@pytest.mark.parametrize("layout", [np.ascontiguousarray, packed])
def test_other_types_are_refused_wherever_they_lie(
    name: str, dtype: str, layout: Callable[[Array], Array]
) -> None:
    arrays = arrays_with(name)
    array = layout(np.zeros(arrays[name].shape, dtype=dtype))
    expected = {"correct": "bool, or an integer type"} | dict.fromkeys(
        ("num_responses", "answer", "level"), "an integer type"
    )
    said = f"{name} has dtype {array.dtype}: expected "
    said += expected.get(name, "float64 or float32")
    with pytest.raises(ValueError, match=f"^{re.escape(said)}"):
        simulated(**arrays | {name: array})


# What a callable sees.


def states(**given: Any) -> list[sr.State]:
    """The states of every round, as metrics saw them."""
    seen: list[sr.State] = []

    def look(state: sr.State) -> float:
        seen.append(state)
        return 0.0

    sr.simulate(**KEYS | {"levels": []} | given, metrics={"look": look})
    assert len(seen) == KEYS["replicates"] * (KEYS["rounds"] + 1)
    return seen


@pytest.mark.parametrize("dtype", ["f8", "f4"])
@pytest.mark.parametrize("most", [2, 3, RESPONSES])
def test_features_fit_to_the_probabilities(dtype: str, most: int) -> None:
    arrays = small()
    arrays["phi"] = arrays["phi"].astype(dtype)
    arrays["num_responses"] = np.tile([most - 1, most], PROMPTS // 2)
    arrays["phi"][np.arange(RESPONSES) >= arrays["num_responses"][:, None]] = 0.0
    for state in states(**arrays):
        features = state.features
        assert features is not None and features.dtype == np.dtype(dtype)
        assert state.probs.shape == state.log_probs.shape == (PROMPTS, most)
        assert features.shape == (*state.probs.shape, DIM)
        assert np.shares_memory(features, arrays["phi"])
        np.testing.assert_array_equal(features, arrays["phi"][:, :most])
        # They go together in a formula, ⟨θ, φ⟩ under π.
        mean = (state.probs * (features @ state.theta)).sum(axis=1)
        assert mean.shape == (PROMPTS,) and np.isfinite(mean).all()


@pytest.mark.filterwarnings("ignore:phi is not in C order:UserWarning")
def test_features_of_a_packed_table_are_its_numbers() -> None:
    arrays = small()
    for state in states(**arrays | {"phi": packed(arrays["phi"])}):
        assert state.features is not None and not state.features.flags.writeable
        np.testing.assert_array_equal(state.features, arrays["phi"])


def test_nobody_writes_to_the_callers_features() -> None:
    arrays = small()
    before = arrays["phi"].copy()
    for state in states(**arrays):
        features: Any = state.features
        views = [features, features[:], features[0], features.T, features.reshape(-1, DIM)]
        for view in [*views, features.view(), np.asarray(features)]:
            assert np.shares_memory(view, arrays["phi"]) and not view.flags.writeable
            with pytest.raises(ValueError, match="read-only"):
                view[...] = 0
        with pytest.raises(ValueError, match="read-only"):
            features *= 1.5
    assert arrays["phi"].flags.writeable
    np.testing.assert_array_equal(arrays["phi"], before)


VIEWS = ("theta", "log_probs", "probs", "base_log_probs", "weights", "num_responses")


@pytest.mark.parametrize("name", [*VIEWS, "known", "correct", "features"])
def test_no_view_of_a_state_can_be_written_to(name: str) -> None:
    for state in states(**small()):
        array = getattr(state, name)
        assert not array.flags.writeable
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
        with pytest.raises(AttributeError):
            setattr(state, name, array)


def half_known() -> Arrays:
    arrays = small()
    arrays["correct"] = arrays["correct"].astype(np.int8)
    arrays["correct"][::2] = -1
    return arrays


@pytest.mark.parametrize("layout", [np.ascontiguousarray, packed])
def test_where_no_response_is_known_to_be_correct(layout: Callable[[Array], Array]) -> None:
    arrays = half_known()
    truth = small()["correct"] & (np.arange(RESPONSES) < arrays["num_responses"][:, None])
    wide = arrays | {"correct": layout(arrays["correct"].astype(np.int64))}
    for state in states(**wide):
        assert state.known is not None and state.correct is not None
        assert state.known.dtype == state.correct.dtype == np.bool_
        assert (state.known == (np.arange(PROMPTS) % 2 == 1)).all()
        assert not state.correct[~state.known].any()
        assert (state.correct[state.known] == truth[1::2]).all() and state.correct.any()


def test_a_metric_over_what_is_known_is_the_quantity() -> None:
    def own(state: sr.State) -> float:
        assert state.known is not None and state.correct is not None
        weights = state.weights * state.known
        return float(weights @ (state.probs * state.correct).sum(axis=1) / weights.sum())

    keys = KEYS | {"levels": [], "also": ["correct_probability"]}
    run = sr.simulate(**half_known(), **keys, metrics={"own": own})
    assert (run["own"] > 0).all() and (run["own"] < 1).all()
    # Sums of at most M·K terms of one sign.
    np.testing.assert_allclose(run["own"], run["correct_probability"], rtol=100 * 2.0**-53)


def test_all_is_known_or_nothing_is() -> None:
    for state in states(**small()):
        assert state.known is not None and state.known.all()
    arrays = small()
    del arrays["correct"]
    for state in states(**arrays):
        assert state.known is None and state.correct is None


def test_aligned_arrays_are_not_remarked_on() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not simulated(**small()).remarks
