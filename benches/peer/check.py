"""Whether scripts and program give the same answers: on the same data where an answer follows from
them, in law where it is drawn."""

import numpy as np
from scipy.special import expit

import data
import hard
import likelihood
import logistic
import ours
import square
import tabular
from draws import pair_counts, probabilities, response_counts, triples

SHAPE = (40, 6, 12)
PRECISION = 1e-8
# Standard deviations that a count may be away: 3000 counts are compared, from pinned seeds. A normal
# one is 7 away with probability 3e-12, a rare one (a mean of 10) with probability 1e-7.
DEVIATIONS = 7.0


def close(name, found, wanted, precision=PRECISION):
    """Ends the program where two answers differ."""
    away = np.abs(np.asarray(found) - wanted).max() / max(np.abs(wanted).max(), 1e-300)
    if not away <= precision:
        raise SystemExit(f"error: {name}: answers differ by {away:.2g} of their size")


def theta(program, folder, name, process):
    """What the program makes of a file in one round."""
    instance = f'instance = {{ kind = "npz", path = "{folder}/{name}.npz" }}'
    return ours.theta(program, f"{instance}\nprocess = {{ {process} }}")


def counted(drawn, prompts, count):
    """Drawn pairs as counts of unordered ones, (M, K(K-1)/2)."""
    x, y, z = drawn
    counts = np.zeros((prompts, count, count))
    np.add.at(counts, (x, y, z), 1.0)
    first, second = np.triu_indices(count, 1)
    return (counts + counts.transpose(0, 2, 1))[:, first, second]


def expected(p):
    """The same in expectation, for one draw."""
    first, second = np.triu_indices(p.shape[1], 1)
    return 2.0 * p[:, first] * p[:, second] / len(p)


def draws_agree(features, at, rng):
    """Both ways to draw pairs, and the one to draw responses, against their expectations."""
    p = probabilities(features, at)
    for name, n, runs in (("plain", 10**6, 1), ("expert", 300, 3000), ("expert", 10**12, 1)):
        counts = np.zeros(expected(p).shape)
        for _ in range(runs):
            if name == "plain":
                counts += counted(triples(p, n, rng), *p.shape)
            else:
                counts += pair_counts(p, n, rng)
        in_law(f"{name} draws, n = {n}", counts, n * runs * expected(p))
    in_law("drawn responses", response_counts(p, 10**12, rng), 10**12 * p / len(p))


def in_law(name, counts, wanted):
    """Ends the program where counts are far from what is expected."""
    away = np.abs(counts - wanted) / np.sqrt(wanted)
    # Counts of rare events are no normal variables: those of a mean of 10 are compared.
    if not away[wanted >= 10].max() <= DEVIATIONS:
        raise SystemExit(f"error: {name}: {away.max():.1f} deviations away")


def squares_agree(program, folder, rng):
    """The square loss: on the same draws, and the program's on all pairs."""
    for fixed in (False, True):
        features, at, offset = (data.offset if fixed else data.dense)(*SHAPE)
        p = probabilities(features, at, offset)
        name = "offset" if fixed else "dense"
        for n in (7, 2000):
            drawn = triples(p, n, rng)
            plain = square.plain_fit(features, at, 0.5, drawn, offset)
            counts = counted(drawn, *p.shape)
            close(f"{name}, n = {n}", square.expert_fit(features, at, 0.5, counts, offset), plain)
        data.write(folder / f"{name}.npz", features, at, offset)
        whole = theta(program, folder, name, 'update = "erm", population = true, beta = 0.5')
        found = square.expert_fit(features, at, 0.5, expected(p), offset)
        close(f"{name}, all pairs", found, whole)
    features, at, _ = data.dense(*SHAPE)
    drawn = theta(program, folder, "dense", "samples = 1000000, beta = 0.5")
    close("dense, n = 10^6", square.expert(features, at, 0.5, 10**6, rng), drawn)
    # Real features, and responses that are none.
    features, at, offset = data.model()
    masses = np.where(np.isfinite(offset), 1.0, 0.0)
    p = probabilities(features, at, offset)
    assert (p[masses == 0.0] == 0.0).all()
    keys = 'update = "erm", population = true, beta = 4.0'
    whole = theta(program, data.ROOT / "data", "smollm_answers", keys)
    close("model", square.expert_fit(features, at, 4.0, expected(p), offset), whole, 1e-6)


def likelihoods_agree(program, folder):
    """L-BFGS, Newton's method, and the program's, for expected counts of pi^2."""
    features, at, _ = data.dense(*SHAPE)
    p = probabilities(features, 2.0 * at) / SHAPE[0]
    found = likelihood.expert_fit(features, at, 1e-3, p)
    plain = likelihood.plain_fit(features, at, 1e-3, p, exact=True)
    close("likelihood, L-BFGS", plain, found, 1e-6)
    keys = 'update = "likelihood", population = true, ridge = 1e-3, candidates = { power = 2.0 }'
    close("likelihood", found, theta(program, folder, "dense", f"{keys}, beta = 1.0"))


def logistics_agree(program, folder, rng):
    """scikit-learn and Newton's method on the same labels, and the program's on expected ones."""
    features, at, _ = data.dense(*SHAPE)
    beta, ridge, n = 0.5, 1e-4, 2000
    p = probabilities(features, at)
    x, y, z = drawn = triples(p, n, rng)
    kept = y != z
    differences = features[x, y][kept] - features[x, z][kept]
    won = rng.random(kept.sum()) < expit(differences @ at)
    first_wins = np.where((y < z)[kept], won, ~won)
    wins = counted((x[kept][first_wins], y[kept][first_wins], z[kept][first_wins]), *p.shape)
    counts = counted(drawn, *p.shape)
    found = logistic.expert_fit(features, counts / n, wins / n, beta, ridge)
    weights = np.full(len(won), 1.0 / n)
    for solver, tol in (("newton-cholesky", 1e-12), ("lbfgs", 1e-8)):
        theirs = logistic.plain_fit(differences, won, weights, beta, ridge, solver, tol)
        close(f"logistic, {solver}", theirs, found, 1e-8 if solver != "lbfgs" else 1e-4)
    first, second = np.triu_indices(SHAPE[1], 1)
    logits = features @ at
    masses = expected(p)
    wins = masses * expit(logits[:, first] - logits[:, second])
    found = at + logistic.expert_fit(features, masses, wins, beta, ridge) / beta
    keys = f'update = "logistic", population = true, ridge = {ridge}, beta = {beta}'
    close("logistic", found, theta(program, folder, "dense", keys))


def hard_agree(program):
    """The failure rate after T rounds against its exact law, Delta (1 - 2q(1-q) Delta/M)^(nT)."""
    prompts, n, kappa, rounds = 16, 2**16, 16.0, 2
    mass, count = hard.shape(prompts, n, kappa)
    q = 2.0 / (count + 1)
    keeps = np.exp(n * np.log1p(-2.0 * q * (1.0 - q) * mass / prompts) * np.arange(rounds + 1))
    for script, replicates in ((hard.plain, 100), (hard.all_pairs, 100), (hard.expert, 2000)):
        rng = np.random.default_rng(3)
        found = script(prompts, n, kappa, rounds, replicates, rng)
        agrees(script.__name__, found, keeps, mass, prompts)
    for sampling in ("auto", "draws"):
        config = f'instance = {{ kind = "hard", prompts = {prompts}, kappa0 = {kappa} }}\n'
        config += f'process = {{ samples = {n}, sampling = "{sampling}" }}'
        found = ours.failures(program, config, rounds, 400)
        agrees(f"selfreward, {sampling}", found, keeps, mass, prompts)


def agrees(name, found, keeps, mass, prompts):
    """Failure (replicates, T + 1) against what keeps its policy."""
    deviation = np.sqrt(keeps * (1.0 - keeps) / (len(found) * prompts))
    mean = found.mean(axis=0) / mass
    # The law leaves out prompts that turn back, 1% of them at most.
    if (np.abs(mean - keeps) > DEVIATIONS * deviation + 0.01 * keeps).any():
        raise SystemExit(f"error: hard instance, {name}: {mean} in place of {keeps}")


def tables_agree(rng):
    """SciPy's components and bit sets."""
    logits = tabular.start(500, 10, rng)
    for n in (300, 3000):
        p = tabular.softmax(logits)
        x = np.sort(rng.integers(500, size=n))
        y, z = tabular.choices(p, x, rng), tabular.choices(p, x, rng)
        plain = tabular.plain_fit(logits, 0.1, x, y, z)
        expert = tabular.expert_fit(logits, 0.1, x, y, z)
        close(f"table, n = {n}", expert, plain, 1e-12)
        logits = plain


def all_agree(program, folder):
    """Everything; ends the program where something differs."""
    rng = np.random.default_rng(2)
    features, at, _ = data.dense(*SHAPE)
    draws_agree(features, at, rng)
    squares_agree(program, folder, rng)
    likelihoods_agree(program, folder)
    logistics_agree(program, folder, rng)
    hard_agree(program)
    tables_agree(rng)
    print("scripts and program agree", flush=True)
