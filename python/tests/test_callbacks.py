"""Fits and metrics of one's own: what they see, and that what they give is what counts."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from support import DIM, PROMPTS, RESPONSES, Arrays, same_bits, same_run, small

import selfreward as sr

Floats = NDArray[np.float64]
EPS = 2.0**-53
KEYS: dict[str, Any] = {
    "samples": 64,
    "rounds": 2,
    "replicates": 1,
    "beta": 1.0,
    "keep_theta": True,
}


def docqa() -> Arrays:
    """Ten prompts of real features."""
    arrays = {k: v if k == "theta0" else v[:10] for k, v in sr.data.docqa().items()}
    arrays["prompt_weights"] = arrays["prompt_weights"] / arrays["prompt_weights"].sum()
    return arrays


def smollm() -> Arrays:
    """Prompts of a language model with 3 to 12 responses, and fixed logits."""
    whole = sr.data.smollm()
    arrays = {k: v if k == "theta0" else np.ascontiguousarray(v[::8]) for k, v in whole.items()}
    assert len(set(arrays["num_responses"])) > 1
    return arrays


def tabular() -> Arrays:
    """A ragged base of any logits."""
    arrays = small()
    return {name: arrays[name] for name in ("offset", "num_responses", "correct", "reward")}


INSTANCES: dict[str, Callable[[], Arrays]] = {
    "small": small,
    "docqa": docqa,
    "smollm": smollm,
    "tabular": tabular,
}


def embedding(step: sr.State) -> Floats:
    """φ as (M, K, d); of a tabular policy a coordinate for each response that there is."""
    if step.features is not None:
        return np.asarray(step.features, dtype=np.float64)
    counts = step.num_responses
    phi = np.zeros((len(counts), int(counts.max()), int(counts.sum())))
    x, y = np.nonzero(np.arange(phi.shape[1]) < counts[:, None])
    phi[x, y, np.arange(len(x))] = 1
    return phi


def least_squares(rows: Floats, target: Floats) -> tuple[Floats, float]:
    """The least-norm solution, and how far two backward stable solvers may be apart.

    Wedin: a relative perturbation ε of A and b moves x by at most ε(κ‖x‖ + ‖A⁺‖‖b‖ + κ‖A⁺‖‖r‖) in
    first order. A solver's ε is below p(m, n)u with a low polynomial p, for which mn is taken;
    rewards and differences, sums of a few terms, add some u. Twice that for two of them.
    """
    singular = np.linalg.svd(rows, compute_uv=False)
    rank = int((singular > 1e-10 * singular[0]).sum())
    # No singular value is near the line between rank and none.
    assert rank == len(singular) or singular[rank] < 1e-13 * singular[0] < 1e-5 * singular[rank - 1]
    solution: Floats = np.linalg.lstsq(rows, target, rcond=1e-10)[0].astype(np.float64)
    residual = float(np.linalg.norm(target - rows @ solution))
    kappa, inverse = singular[0] / singular[rank - 1], 1 / singular[rank - 1]
    size = np.linalg.norm(solution)
    moved = kappa * size + inverse * np.linalg.norm(target) + kappa * inverse * residual
    return solution, float(2 * rows.size * EPS * moved)


def square(step: sr.Step) -> tuple[Floats, float]:
    """The minimiser of Σ N(β⟨θ − θ_ref, Δφ⟩ − Δr)² nearest to θ_ref."""
    x, a, b, count = step.counts.T
    phi, root = embedding(step), np.sqrt(count)
    rows = root[:, None] * (phi[x, a] - phi[x, b])
    if step.wins is None:
        wanted = step.rewards[x, a] - step.rewards[x, b]
    else:
        wanted = step.wins / count - 0.5
    solution, bound = least_squares(rows, root * wanted / step.beta)
    theta: Floats = step.reference + solution
    # The engine may form (1 + 1/β)Pθ + (θ − Pθ): some roundings of vectors no longer than θ's own.
    longest = np.linalg.norm(step.reference) + np.linalg.norm(theta)
    return theta, bound + float(10 * len(theta) * EPS * longest)


def compared(
    own: Callable[[sr.Step], tuple[Floats, float]],
    config: dict[str, Any] | None = None,
    **given: Any,
) -> list[float]:
    """How far an own fit is from the loop's in each round, over the bound; on goes the loop's."""
    built = sr.simulate(config, **given)
    assert built.theta is not None
    thetas: list[Floats] = list(built.theta[0])
    ratios: list[float] = []

    def fit(step: sr.Step) -> Floats:
        theta, bound = own(step)
        following = thetas[step.t + 1]
        ratios.append(float(np.linalg.norm(theta - following)) / bound)
        moved = np.linalg.norm(following - thetas[step.t])
        assert bound < 1e-6 * moved, "a bound that tells nothing"
        return following

    # A key of the loop's own fit has no meaning beside another.
    run = sr.simulate(config, **given | {"ridge": None}, fit=fit)
    # With the same θ in each round the rounds are the same, and so are the policies' numbers.
    same_bits(run.theta, built.theta)
    for name in ("kappa", "entropy", "kl", "drift", "margin"):
        same_bits(run[name], built[name])
    assert len(ratios) == given["rounds"]
    return ratios


SQUARE_LOOPS = [
    "self-rewarding",
    "live-reward-frozen-reference",
    "frozen-reward",
    "selective-rewriting",
    "grpo-mirror",
    "win-rate-ipo",
]


@pytest.mark.parametrize("preset", SQUARE_LOOPS)
@pytest.mark.parametrize("instance", INSTANCES)
def test_least_squares_of_ones_own_is_the_loops(instance: str, preset: str) -> None:
    given = INSTANCES[instance]() | KEYS | {"preset": preset, "beta": 0.7}
    if instance in ("docqa", "smollm"):
        given["samples"] = 512
    assert max(compared(square, **given)) <= 1


def test_an_external_reward_and_a_share_of_the_reference() -> None:
    process = {"reward": {"self": -0.5, "external": 1.0}, "reference": {"current": 0.4}}
    given = small() | KEYS | {"beta": 2.0}
    assert max(compared(square, config={"process": process}, **given)) <= 1


def newton(
    step: sr.Step, ridge: float, slopes: Callable[[Floats], tuple[Floats, Floats]]
) -> tuple[Floats, float]:
    """The minimiser of a convex loss + λ‖θ − θ_ref‖², and how far another one may be.

    The whole is 2λ-strongly convex: ‖θ − θ*‖ ≤ ‖gradient(θ)‖/(2λ).
    """
    theta = np.array(step.reference)
    for _ in range(60):
        gradient, curvature = slopes(theta)
        gradient = gradient + 2 * ridge * (theta - step.reference)
        theta = theta - np.linalg.solve(curvature + 2 * ridge * np.eye(len(theta)), gradient)
    gradient = slopes(theta)[0] + 2 * ridge * (theta - step.reference)
    return theta, float(np.linalg.norm(gradient)) / (2 * ridge)


def log_law(logits: Floats, counts: NDArray[np.int64]) -> Floats:
    masked = np.where(np.arange(logits.shape[1]) < counts[:, None], logits, -np.inf)
    top = masked.max(axis=1, keepdims=True)
    law: Floats = masked - top - np.log(np.exp(masked - top).sum(axis=1, keepdims=True))
    return law


def likelihood(step: sr.Step, ridge: float) -> tuple[Floats, float]:
    """The maximiser of Σ (N/n) log π_θ(y|x) − λ‖θ − θ_ref‖²."""
    phi = embedding(step)
    # Fixed logits, up to a constant for each prompt, from π_t itself.
    inside = np.arange(phi.shape[1]) < step.num_responses[:, None]
    fixed = np.where(inside, step.log_probs - phi @ step.theta, 0.0)
    shares = np.zeros(phi.shape[:2])
    x, y, count = step.counts.T
    shares[x, y] = count / step.samples

    def slopes(theta: Floats) -> tuple[Floats, Floats]:
        law = np.exp(log_law(phi @ theta + fixed, step.num_responses))
        mass = shares.sum(axis=1, keepdims=True)
        gradient = np.einsum("xy,xyd->d", mass * law - shares, phi)
        mean = np.einsum("xy,xyd->xd", law, phi)
        second = np.einsum("xy,xyd,xye->de", mass * law, phi, phi)
        return gradient, second - np.einsum("x,xd,xe->de", mass[:, 0], mean, mean)

    return newton(step, ridge, slopes)


def logistic(step: sr.Step, ridge: float) -> tuple[Floats, float]:
    """The minimiser of Σ (wins softplus(−z) + losses softplus(z))/n + λ‖θ − θ_ref‖².

    z = β⟨θ − θ_ref, Δφ⟩.
    """
    assert step.wins is not None
    x, a, b, count = step.counts.T
    phi = embedding(step)
    rows = step.beta * (phi[x, a] - phi[x, b])
    wins, losses = step.wins / step.samples, (count - step.wins) / step.samples

    def slopes(theta: Floats) -> tuple[Floats, Floats]:
        p = 1 / (1 + np.exp(-rows @ (theta - step.reference)))
        weight = (wins + losses) * p * (1 - p)
        return rows.T @ (losses * p - wins * (1 - p)), rows.T @ (weight[:, None] * rows)

    return newton(step, ridge, slopes)


@pytest.mark.parametrize("instance", ["small", "tabular"])
@pytest.mark.parametrize(
    ("preset", "own"),
    [
        ("sharpening-sft", likelihood),
        ("unfiltered", likelihood),
        ("verifier-filter", likelihood),
        ("accumulate", likelihood),
        ("preference-dpo", logistic),
    ],
)
def test_a_convex_fit_of_ones_own_is_the_loops(
    instance: str, preset: str, own: Callable[[sr.Step, float], tuple[Floats, float]]
) -> None:
    ridge = 0.01
    keys: dict[str, Any] = {"preset": preset, "ridge": ridge, "also": ["gradient_norm"]}
    if preset in ("sharpening-sft", "unfiltered", "verifier-filter"):
        keys["beta"] = None
    given = INSTANCES[instance]() | KEYS | keys
    # The loop says itself how far from zero its gradient is; to first order in v = β(θ − θ_ref).
    stated = sr.simulate(**given)["gradient_norm"][0]

    def bounded(step: sr.Step) -> tuple[Floats, float]:
        theta, mine = own(step, ridge)
        # And the gradient's own rounding: sums of MK terms below one another's count.
        rounding = 100 * len(theta) * EPS / (2 * ridge)
        return theta, mine + float(stated[step.t + 1]) / (2 * ridge) + rounding

    assert max(compared(bounded, **given)) <= 1


def test_a_likelihood_on_one_hot_features_is_the_shares() -> None:
    given = tabular() | KEYS | {"preset": "unfiltered", "beta": None, "samples": 4096}

    def shares(step: sr.Step) -> Floats:
        x, y, count = step.counts.T
        logits = np.full(step.probs.shape, -np.inf)
        logits[x, y] = np.log(count)
        assert set(x) == set(range(PROMPTS))
        inside = np.arange(RESPONSES) < step.num_responses[:, None]
        return logits[inside]

    built, own = sr.simulate(**given), sr.simulate(**given, fit=shares)
    # log, exp and a sum of four in either: below forty roundings in κ; draws of round 2 follow π_1.
    for name in ("kappa", "accuracy"):
        np.testing.assert_allclose(own[name][:, :2], built[name][:, :2], rtol=40 * EPS)
    assert own["kappa"][0, 1] != own["kappa"][0, 0]


# What a fit sees.


def steps(**given: Any) -> list[sr.Step]:
    """Every step of a run that stays where it is."""
    seen: list[sr.Step] = []

    def look(step: sr.Step) -> Floats:
        seen.append(step)
        return step.theta

    sr.simulate(**given, fit=look)
    return seen


@pytest.mark.parametrize("instance", INSTANCES)
def test_pairs_are_those_that_the_loop_counts(instance: str) -> None:
    given = INSTANCES[instance]() | KEYS | {"replicates": 3, "jobs": 1}
    diversity = sr.simulate(**given)["diversity"][:, 1]
    firsts = [step for step in steps(**given) if step.t == 0]
    assert len(firsts) == 3
    for step, share in zip(firsts, diversity, strict=True):
        x, a, b, count = step.counts.T
        assert step.counts.dtype == np.int64 and step.wins is None
        assert (count > 0).all() and count.sum() <= step.samples == 64
        # Triples whose two responses are equal teach nothing and are not among them.
        assert count.sum() / step.samples == share
        assert (a < b).all() and (b < step.num_responses[x]).all() and (a >= 0).all()
        rows = [tuple(row) for row in step.counts[:, :3]]
        assert rows == sorted(set(rows))


def test_responses_are_those_that_are_kept() -> None:
    given = small() | KEYS | {"beta": None}
    for step in steps(**given, preset="unfiltered"):
        x, y, count = step.counts.T
        assert step.counts.shape[1] == 3 and count.sum() == step.samples == 64
        assert (y < step.num_responses[x]).all() and step.wins is None
    for step in steps(**given, preset="task-centric"):
        x, y, count = step.counts.T
        assert step.correct is not None and step.correct[x, y].all()
        assert 0 < count.sum() < step.samples == 64


def test_memory_holds_the_samples_of_all_rounds() -> None:
    given = small() | KEYS | {"rounds": 3}
    seen = steps(**given, preset="accumulate")
    assert [step.samples for step in seen] == [128, 192, 256]
    assert [step.counts[:, 2].sum() for step in seen] == [128, 192, 256]


def test_labels_are_wins_among_their_pairs() -> None:
    for step in steps(**small(), **KEYS | {"samples": 4096}, preset="preference-dpo"):
        assert step.wins is not None and len(step.wins) == len(step.counts)
        count = step.counts[:, 3]
        assert (step.wins >= 0).all() and (step.wins <= count).all()
        assert (step.wins == np.round(step.wins)).all() and step.wins.sum() > 0
    for step in steps(**small(), **KEYS, preset="win-rate-ipo"):
        assert step.wins is not None
        x, a, b, count = step.counts.T
        difference = step.rewards[x, a] - step.rewards[x, b]
        same_bits(step.wins, np.where(difference > 0, count, 0))


def test_pairs_follow_their_law() -> None:
    n = 10**12
    (step, *_) = steps(**small(), **KEYS | {"samples": n, "rounds": 1})
    x, a, b, count = step.counts.T
    law = 2 * step.weights[x] * step.probs[x, a] * step.probs[x, b]
    # Seven standard deviations: below 1e-11 for each of some sixty pairs.
    assert (np.abs(count - n * law) < 7 * np.sqrt(n * law * (1 - law))).all()
    assert len(count) == sum(k * (k - 1) // 2 for k in step.num_responses)


def test_labels_follow_their_law() -> None:
    n = 10**10
    keys = KEYS | {"samples": n, "rounds": 1, "labels": {"temperature": 2.0, "flip": 0.1}}
    (step, *_) = steps(**small(), **keys, update="logistic")
    x, a, b, count = step.counts.T
    assert step.wins is not None
    difference = (step.log_probs[x, a] - step.log_probs[x, b]) / 2.0
    win = 0.1 + 0.8 / (1 + np.exp(-difference))
    deviation = np.sqrt(count * win * (1 - win))
    assert (np.abs(step.wins - count * win) < 7 * deviation).all()


def test_what_a_step_knows_of_the_loop() -> None:
    arrays = small()
    keys = KEYS | {"rounds": 3, "reference": "base", "radius": 9.0, "beta": 0.5}
    seen: list[sr.Step] = []

    def fit(step: sr.Step) -> Floats:
        seen.append(step)
        return step.theta + 0.25

    run = sr.simulate(**arrays, **keys, fit=fit)
    assert run.theta is not None
    for t, step in enumerate(seen):
        assert (step.t, step.beta, step.radius, step.samples) == (t, 0.5, 9.0, 64)
        same_bits(step.base_theta, arrays["theta0"])
        same_bits(step.reference, arrays["theta0"])
        same_bits(step.theta, arrays["theta0"] + 0.25 * t)
        same_bits(run.theta[0, t + 1], step.theta + 0.25)
        # They sum to one up to a rounding, which the engine divides out.
        np.testing.assert_allclose(step.weights, arrays["prompt_weights"], rtol=4 * EPS)
        assert (step.num_responses == arrays["num_responses"]).all()
        inside = np.arange(RESPONSES) < arrays["num_responses"][:, None]
        assert step.correct is not None
        assert (step.correct == (arrays["correct"] & inside)).all()
        # log π_t, by its definition: a logit, less the logarithm of a sum; some roundings each.
        law = log_law(arrays["phi"] @ step.theta + arrays["offset"], arrays["num_responses"])
        assert (np.isneginf(step.log_probs) == ~inside).all() and (step.probs[~inside] == 0).all()
        np.testing.assert_allclose(step.log_probs[inside], law[inside], rtol=0, atol=100 * EPS)
        np.testing.assert_allclose(step.probs, np.exp(law), rtol=0, atol=100 * EPS)
        base = log_law(arrays["phi"] @ step.base_theta + arrays["offset"], arrays["num_responses"])
        np.testing.assert_allclose(
            step.base_log_probs[inside], base[inside], rtol=0, atol=100 * EPS
        )
        # The self-reward is log π_t up to a constant for each prompt.
        assert np.isnan(step.rewards[~inside]).all()
        shift = np.where(inside, step.rewards, 0) - np.where(inside, step.log_probs, 0)
        np.testing.assert_allclose((shift - shift[:, :1])[inside], 0, rtol=0, atol=100 * EPS)


def test_no_ball_is_no_radius() -> None:
    (step, *_) = steps(**small(), **KEYS)
    assert step.radius is None


VIEWS = ("features", "known", "theta", "log_probs", "base_log_probs", "probs", "weights", "num_responses", "correct")
MORE = ("counts", "rewards", "base_theta", "reference")


@pytest.mark.parametrize("name", VIEWS + MORE + ("wins",))
def test_views_cannot_be_written_to(name: str) -> None:
    loop = {"preset": "preference-dpo"} if name == "wins" else {}
    (step, *_) = steps(**small(), **KEYS, **loop)
    array = getattr(step, name)
    assert not array.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        array[...] = 0
    with pytest.raises(AttributeError):
        setattr(step, name, array)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_features_are_the_array_that_was_given(dtype: str) -> None:
    arrays = small() | {"phi": small()["phi"].astype(dtype)}
    seen = steps(**arrays, **KEYS | {"replicates": 3})
    assert len(seen) == 6
    for step in seen:
        assert step.features is not None and np.shares_memory(step.features, arrays["phi"])
        np.testing.assert_array_equal(step.features, arrays["phi"])


def test_features_that_a_key_changes_are_made() -> None:
    arrays = small()
    with pytest.warns(UserWarning, match="divided by the largest norm"):
        seen = steps(**arrays, **KEYS, rescale=True)
    features = seen[0].features
    assert features is not None and features is not arrays["phi"]
    inside = np.arange(RESPONSES) < arrays["num_responses"][:, None]
    norm = np.linalg.norm(arrays["phi"], axis=2)[inside].max()
    np.testing.assert_allclose(features[inside], arrays["phi"][inside] / norm, rtol=8 * EPS)
    assert (features[~inside] == 0).all() and not features.flags.writeable
    assert steps(kind="gaussian", prompts=5, responses=3, dim=2, rounds=1)[0].features is not None
    assert steps(**tabular(), **KEYS)[0].features is None


def test_seeds_tell_replicates_apart_and_come_back() -> None:
    given = small() | KEYS | {"replicates": 4, "jobs": 1}
    first = [(step.seed, step.t) for step in steps(**given)]
    assert len({seed for seed, _ in first}) == 4
    assert all(0 <= seed < 2**256 for seed, _ in first)
    assert [(step.seed, step.t) for step in steps(**given)] == first
    assert {step.seed for step in steps(**given | {"seed": 2})}.isdisjoint(s for s, _ in first)
    (last,) = {step.seed for step in steps(**given | {"first_replicate": 3, "replicates": 1})}
    assert last == first[-1][0]


# Order and threads.


def noisy(step: sr.Step) -> Floats:
    rng = np.random.default_rng([step.seed, step.t])
    theta: Floats = square(step)[0] + rng.normal(size=len(step.theta))
    return theta


def second(state: sr.State) -> float:
    return float(state.weights @ -np.log((state.probs**2).sum(axis=1)))


def test_numbers_do_not_depend_on_threads() -> None:
    given = (
        small() | KEYS | {"replicates": 9, "rounds": 4, "fit": noisy, "metrics": {"renyi2": second}}
    )
    expected = sr.simulate(**given, jobs=1)
    assert len({*expected["renyi2"][:, -1]}) == 9
    for jobs in (2, 4, None):
        same_run(sr.simulate(**given, jobs=jobs), expected)


@pytest.mark.parametrize("jobs", [1, 4])
def test_rounds_come_in_order(jobs: int) -> None:
    fits: dict[int, list[int]] = {}
    states: list[int] = []

    def fit(step: sr.Step) -> Floats:
        fits.setdefault(step.seed, []).append(step.t)
        return step.theta

    def metric(state: sr.State) -> float:
        states.append(state.t)
        return state.t

    run = sr.simulate(
        **small(),
        **KEYS | {"replicates": 6, "rounds": 5},
        jobs=jobs,
        fit=fit,
        metrics={"round": metric},
    )
    assert len(fits) == 6 and all(of == [0, 1, 2, 3, 4] for of in fits.values())
    assert sorted(states) == sorted(list(range(6)) * 6)
    same_bits(run["round"], np.tile(np.arange(6.0), (6, 1)))
    if jobs == 1:
        assert states == list(range(6)) * 6


# Metrics.


def entropy(state: sr.State) -> float:
    inside = state.probs > 0
    terms = np.zeros_like(state.probs)
    terms[inside] = -state.probs[inside] * state.log_probs[inside]
    return float(state.weights @ terms.sum(axis=1))


def base_probability(state: sr.State) -> float:
    modal = state.base_log_probs.argmax(axis=1)
    return float(state.weights @ state.probs[np.arange(len(modal)), modal])


def accuracy(state: sr.State) -> float:
    assert state.correct is not None
    modal = state.probs.argmax(axis=1)
    return float(state.weights @ state.correct[np.arange(len(modal)), modal])


METRICS: dict[str, Callable[[sr.State], float]] = {
    "kappa": lambda state: float(state.weights @ (1 / state.probs.max(axis=1))),
    "min_confidence": lambda state: float(state.probs.max(axis=1)[state.weights > 0].min()),
    "entropy": entropy,
    "kl": lambda state: float(state.weights @ -state.log_probs.max(axis=1)),
    "base_probability": base_probability,
    "accuracy": accuracy,
    "drift": lambda state: float(
        state.weights @ (state.probs.argmax(axis=1) != state.base_log_probs.argmax(axis=1))
    ),
    "theta_norm": lambda state: float(np.linalg.norm(state.theta)),
}


@pytest.mark.parametrize("instance", ["small", "docqa", "smollm"])
def test_metrics_of_ones_own_are_the_quantities(instance: str) -> None:
    given = INSTANCES[instance]() | KEYS | {"replicates": 2, "rounds": 2, "samples": 512}
    run = sr.simulate(**given, metrics={f"own_{name}": of for name, of in METRICS.items()})
    assert list(run)[-len(METRICS) :] == [f"own_{name}" for name in METRICS]
    assert run.definitions["own_kappa"] == "a metric of one's own"
    for name in METRICS:
        # Sums over at most M·K terms of one sign, each of some roundings.
        np.testing.assert_allclose(
            run[f"own_{name}"], run[name], rtol=20 * 16 * 16 * EPS, err_msg=name
        )
        assert (run[name][:, 1] != run[name][:, 2]).any() or name in ("drift", "accuracy")


def test_a_metric_changes_no_number() -> None:
    run = sr.simulate(**small(), **KEYS)
    own = sr.simulate(**small(), **KEYS, metrics={"one": lambda _: 1})
    for name in run:
        same_bits(own[name], run[name])
    assert own.document == run.document and own.csv == run.csv
    same_bits(own["one"], np.ones((1, 3)))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, np.float32(0.5), np.int64(3), True])
def test_any_number_is_a_metric(value: Any) -> None:
    run = sr.simulate(**small(), **KEYS, metrics={"own": lambda _: value})
    same_bits(run["own"], np.full((1, 3), float(value)))


# What goes wrong.


class Odd(Exception):
    """An error that nothing else raises."""


@pytest.mark.parametrize("kind", ["fit", "metric"])
@pytest.mark.parametrize("jobs", [1, 4])
@pytest.mark.parametrize(
    "error", [Odd("mine", 3), ValueError("theirs"), KeyError("a"), SystemExit(3)]
)
def test_errors_come_through_unchanged(kind: str, jobs: int, error: BaseException) -> None:
    def deep(at: sr.State) -> Any:
        if at.t == 1:
            raise error
        return at.theta if kind == "fit" else 0.0

    def outer(at: sr.State) -> Any:
        return deep(at)

    calls: dict[str, Any] = {"fit": outer} if kind == "fit" else {"metrics": {"own": outer}}
    error.__traceback__ = None
    with pytest.raises(type(error)) as raised:
        sr.simulate(**small(), **KEYS | {"replicates": 4}, jobs=jobs, **calls)
    assert raised.value is error
    assert error.__cause__ is None and error.__context__ is None
    names = [frame.name for frame in traceback.extract_tb(raised.value.__traceback__)]
    assert names[-2:] == ["outer", "deep"] and "simulate" in names


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "NoneType"),
        ("x", "str"),
        (np.ones(DIM + 1), rf"shape \({DIM + 1},\)"),
        (np.ones((DIM, 1)), rf"shape \({DIM}, 1\)"),
        (np.ones(0), r"shape \(0,\)"),
        (1.0, "float"),
        (np.array([1, np.nan, 1]), r"theta\[1\] = NaN"),
        (np.array([1, 1, np.inf]), r"theta\[2\] = inf"),
        (np.array([-np.inf, 1, 1]), r"theta\[0\] = -inf"),
    ],
)
def test_what_is_no_theta_is_refused(given: Any, said: str) -> None:
    with pytest.raises(ValueError, match=rf"fit gave .*{said}.*expected θ, \({DIM},\)"):
        sr.simulate(**small(), **KEYS, fit=lambda _: given)


@pytest.mark.parametrize(
    "given",
    [[1, 2, 3], (1.0, 2.0, 3.0), np.array([1, 2, 3], dtype="f4"), np.array([3, 2, 1])[::-1]],
)
def test_whatever_makes_a_vector_is_theta(given: Any) -> None:
    run = sr.simulate(**small(), **KEYS, fit=lambda _: given)
    assert run.theta is not None
    same_bits(run.theta[:, 1:], np.tile([1.0, 2.0, 3.0], (1, 2, 1)))


@pytest.mark.parametrize("given", [None, "x", [1.0], np.ones(2), 1j])
def test_what_is_no_number_is_refused(given: Any) -> None:
    with pytest.raises(ValueError, match=r'metrics\["own"\] gave .*: expected a number'):
        sr.simulate(**small(), **KEYS, metrics={"own": lambda _: given})


@pytest.mark.parametrize("name", ["kappa", "failure", "failure_0.1"])
def test_a_metric_has_a_name_of_its_own(name: str) -> None:
    with pytest.raises(ValueError, match=rf'metrics\["{name}"\]: expected a name of its own'):
        sr.simulate(**small(), **KEYS, metrics={name: lambda _: 1.0})


def test_what_cannot_be_called_is_refused() -> None:
    with pytest.raises(ValueError, match=r'metrics\["own"\] is of type int: expected a callable'):
        sr.simulate(**small(), **KEYS, metrics={"own": 3})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="fit is of type int: expected a callable"):
        sr.simulate(**small(), **KEYS, fit=3)  # type: ignore[arg-type]
