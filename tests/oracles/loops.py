"""Writes loops.csv: two population rounds of loops on dense features with fixed logits, by numpy's least squares and scipy's minimisers.

Features, fixed logits, rewards and θ_0 are sines of integers, so that a test in any language makes the same instances (to rounding).
Square losses are least squares on the rows √w Δφ of all pairs; logistic losses and likelihoods are minimised by scipy.optimize
(trust-exact on the plain sums, in an orthonormal basis of the differences) and polished by Newton steps.

    python3 loops.py > loops.csv      (needs numpy, scipy)
"""

import csv
import itertools
import sys

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, log_softmax

RESPONSES = [3, 4, 1, 2]


def wave(seed, i, j):
    """The generator of the instances: a double in [-1, 1]."""
    return float(np.sin(float(seed) + 1.7 * float(i) + 0.9 * float(j) * float(i + 1)))


class Instance:
    def __init__(self, seed, d, offset):
        rows = sum(RESPONSES)
        self.starts = np.concatenate([[0], np.cumsum(RESPONSES)])
        self.p = np.array([x + 1.0 for x in range(len(RESPONSES))])
        self.p /= self.p.sum()
        self.f = np.array([[wave(seed, i, j) for j in range(d)] for i in range(rows)]) / np.sqrt(d)
        self.b = offset * np.array([wave(seed + 7, i, 2) for i in range(rows)])
        self.r = np.array([wave(seed + 11, i, 3) for i in range(rows)])
        self.correct = np.array([wave(seed + 13, i, 1) > 0.0 for i in range(rows)])
        self.theta0 = np.array([0.8 * wave(seed + 3, j, 5) for j in range(d)])

    def blocks(self):
        return [slice(self.starts[x], self.starts[x + 1]) for x in range(len(RESPONSES))]

    def logs(self, theta):
        z = self.b + self.f @ theta
        return np.concatenate([log_softmax(z[block]) for block in self.blocks()])

    def pairs(self):
        """(x, y, z), y < z, as rows of the feature matrix."""
        for x, block in enumerate(self.blocks()):
            for y, z in itertools.combinations(range(block.start, block.stop), 2):
                yield x, y, z

    def basis(self):
        """Orthonormal columns that span all differences."""
        u, s, _ = np.linalg.svd(np.array([self.f[y] - self.f[z] for _, y, z in self.pairs()]).T)
        return u[:, : int((s > 1e-10 * s[0]).sum())]


def best_of(instance, law, n):
    """The law of the likeliest of n draws; no ties here."""
    out = np.zeros_like(law)
    for block in instance.blocks():
        p = law[block]
        order = np.argsort(p)
        q = np.cumsum(p[order])
        out[block][order] = np.diff(np.concatenate([[0.0], q**n]))
    return out


def plurality(instance, law, n):
    out = np.zeros_like(law)
    for block in instance.blocks():
        p = law[block]
        for draws in itertools.product(range(len(p)), repeat=n):
            counts = np.bincount(draws, minlength=len(p))
            winners = np.flatnonzero(counts == counts.max())
            out[block][winners] += np.prod(p[list(draws)]) / len(winners)
    return out


def gate(instance, law, c, tries):
    out = np.zeros_like(law)
    for block in instance.blocks():
        p = law[block]
        refused = p[p < c].sum()
        out[block] = np.where(p >= c, p * sum(refused**k for k in range(tries)), p * refused ** (tries - 1))
    return out


def newton(basis, fun, start, what):
    """argmin over start + span(basis) of fun, which gives value, gradient and Hessian in θ."""
    at = lambda c: fun(start + basis @ c)
    c = minimize(
        lambda c: at(c)[0], np.zeros(basis.shape[1]), jac=lambda c: basis.T @ at(c)[1],
        hess=lambda c: basis.T @ at(c)[2] @ basis, method="trust-exact", options={"gtol": 1e-10},
    ).x
    for _ in range(4):
        _, gradient, hessian = at(c)
        c = c - np.linalg.solve(basis.T @ hessian @ basis, basis.T @ gradient)
    assert np.abs(basis.T @ at(c)[1]).max() < 1e-14, what
    return start + basis @ c


def reward(loop, instance, theta):
    now, base = instance.logs(theta), instance.logs(instance.theta0)
    if "vote" in loop:
        return plurality(instance, np.exp(now), loop["vote"])
    eta, w, v = loop.get("reward", (1.0, 0.0, 0.0))
    r = eta * now + w * base + v * instance.r
    if loop.get("standardise"):
        for block in instance.blocks():
            p = np.exp(now[block])
            mean = p @ r[block]
            deviation = np.sqrt(p @ (r[block] - mean) ** 2)
            r[block] = (r[block] - mean) / deviation if deviation > 0 else 0.0
    return r


def candidates(loop, instance, theta):
    now, base = np.exp(instance.logs(theta)), np.exp(instance.logs(instance.theta0))
    law = now
    if "power" in loop:
        law = np.concatenate([np.exp(log_softmax(loop["power"] * np.log(now[block]))) for block in instance.blocks()])
    if "share" in loop:
        law = loop["share"] * base + (1.0 - loop["share"]) * now
    if "best_of" in loop:
        assert "power" not in loop and "share" not in loop
        law = best_of(instance, law, loop["best_of"])
    return law


def one_round(loop, instance, theta):
    beta, ridge = loop["beta"], loop.get("ridge", 0.0)
    alpha = loop.get("alpha", 1.0)
    reference = alpha * theta + (1.0 - alpha) * instance.theta0
    law = candidates(loop, instance, theta)
    basis, d = instance.basis(), len(theta)
    if loop["update"] == "likelihood":
        if "accept_vote" in loop:
            law = plurality(instance, law, loop["accept_vote"])
        if "gate" in loop:
            law = gate(instance, law, *loop["gate"])
        a, f = loop.get("verifier", (1.0, 1.0))
        c = np.concatenate([instance.p[x] * law[block] for x, block in enumerate(instance.blocks())])
        c = c * np.where(instance.correct, a, f)
        if "replay" in loop:
            uniform = np.concatenate([np.full(k, instance.p[x] / k) for x, k in enumerate(RESPONSES)])
            c = (1.0 - loop["replay"]) * c + loop["replay"] * uniform

        def loss(at):
            logs = instance.logs(at)
            away = at - reference
            value, gradient, hessian = ridge * away @ away - c @ logs, 2 * ridge * away, 2 * ridge * np.eye(d)
            for block in instance.blocks():
                p, total, f = np.exp(logs[block]), c[block].sum(), instance.f[block]
                mean = p @ f
                gradient = gradient + total * mean - c[block] @ f
                hessian = hessian + total * ((f - mean).T * p) @ (f - mean)
            return value, gradient, hessian

        if ridge:
            # What no difference spans falls to the ridge's centre.
            start = basis @ (basis.T @ theta) + reference - basis @ (basis.T @ reference)
        else:
            start = theta
        return newton(basis, loss, start, loop)

    r = reward(loop, instance, theta)
    pairs = list(instance.pairs())
    w = np.array([2 * instance.p[x] * law[y] * law[z] for x, y, z in pairs])
    delta = np.array([instance.f[y] - instance.f[z] for _, y, z in pairs])
    dr = np.array([r[y] - r[z] for _, y, z in pairs])
    tau, flip = loop.get("labels", (1.0, 0.0))
    hard = loop.get("hard")
    prefer = lambda z: np.where(z > 0, 1.0, 0.0) if hard else flip + (1 - 2 * flip) * expit(z / tau)
    wins = prefer(dr)
    if "vote" in loop:
        # One of the two won, or neither did.
        a, b = np.array([r[y] for _, y, _ in pairs]), np.array([r[z] for _, _, z in pairs])
        wins = a * prefer(1.0) + b * prefer(-1.0) + (1.0 - a - b) / 2
    if loop["update"] in ("erm", "win-rate"):
        target = dr if loop["update"] == "erm" else wins - 0.5
        rows, right = np.sqrt(w)[:, None] * delta * beta, np.sqrt(w) * target
        if ridge:
            rows, right = np.vstack([rows, np.sqrt(ridge) * np.eye(d)]), np.concatenate([right, np.zeros(d)])
        return reference + np.linalg.lstsq(rows, right, rcond=1e-13)[0]

    def loss(at):
        v = at - reference
        z = beta * (delta @ v)
        value = w @ (wins * np.logaddexp(0, -z) + (1 - wins) * np.logaddexp(0, z)) + ridge * v @ v
        gradient = beta * delta.T @ (w * (expit(z) - wins)) + 2 * ridge * v
        hessian = beta**2 * (delta.T * (w * expit(z) * expit(-z))) @ delta + 2 * ridge * np.eye(d)
        return value, gradient, hessian

    return newton(basis, loss, reference, loop)


def keys(loop):
    """The loop as keys of [process], separated by semicolons."""
    out = [f'update = "{loop["update"]}"', "population = true", "rounds = 2", f"beta = {loop['beta']}"]
    for key, form in {
        "power": "candidates = {{ power = {0} }}", "share": "candidates = {{ base_share = {0} }}", "best_of": "best_of = {0}",
        "alpha": "reference = {{ current = {0} }}", "ridge": "ridge = {0}", "vote": "reward = {{ vote_of = {0} }}",
        "accept_vote": "accept = {{ vote_of = {0} }}", "replay": "memory = {{ replay = {0} }}",
    }.items():
        if key in loop:
            out.append(form.format(loop[key]))
    for key, form in {
        "reward": "reward = {{ self = {0}, base = {1}, external = {2} }}", "labels": "labels = {{ temperature = {0}, flip = {1} }}",
        "gate": "accept = {{ confidence_gate = {0}, tries = {1} }}", "verifier": "accept = {{ true_positive = {0}, false_positive = {1} }}",
    }.items():
        if key in loop:
            out.append(form.format(*loop[key]))
    if loop.get("hard"):
        out.append('labels = "hard"')
    if loop.get("standardise"):
        out.append("standardise = true")
    return "; ".join(out)


PAIRS = [
    {}, {"alpha": 0.0}, {"alpha": 0.4}, {"reward": (0.0, 1.0, 0.0)}, {"reward": (0.0, 0.0, 1.0)}, {"reward": (-0.5, 0.3, 0.8), "alpha": 0.4},
    {"standardise": True}, {"reward": (0.0, 0.0, 1.0), "standardise": True, "alpha": 0.0}, {"vote": 3}, {"power": 0.5}, {"share": 0.3},
    {"best_of": 3}, {"ridge": 0.05}, {"ridge": 0.02, "alpha": 0.4, "reward": (0.5, 0.0, 0.6)},
]
LABELS = [{"labels": (0.7, 0.0)}, {"labels": (0.7, 0.2)}, {"labels": (2.0, 0.1), "alpha": 0.4, "reward": (0.5, 0.0, 0.6)}]
RESPONSE = [
    {"power": 1.5}, {"share": 0.3}, {"best_of": 3}, {"accept_vote": 3}, {"gate": (0.3, 3)}, {"verifier": (0.8, 0.3)},
    {"power": 1.5, "replay": 0.25}, {"best_of": 2, "ridge": 0.05}, {"verifier": (0.8, 0.3), "ridge": 0.05, "alpha": 0.0},
]


def main():
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(["seed", "dim", "offset", "keys", "theta"])
    loops = [{"update": update, **more} for update in ("erm", "logistic", "win-rate") for more in PAIRS]
    loops += [{"update": update, **more} for update in ("logistic", "win-rate") for more in LABELS]
    loops += [{"update": "win-rate", "hard": True}, {"update": "win-rate", "hard": True, "alpha": 0.4}]
    loops += [{"update": "likelihood", **more} for more in RESPONSE]
    for (seed, d, offset), more in itertools.product([(1, 3, 0.7), (5, 2, 1.5), (9, 8, 0.7)], loops):
        instance, loop = Instance(seed, d, offset), {"beta": 0.8, **more}
        theta = instance.theta0
        for _ in range(2):
            theta = one_round(loop, instance, theta)
        rows.writerow([seed, d, offset, keys(loop), " ".join(repr(float(v)) for v in theta)])


if __name__ == "__main__":
    main()
