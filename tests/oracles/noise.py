"""Writes noise.csv: what a sampled step of self-rewarding scatters by, from plain sums over pairs, numpy's pinv and scipy's normal law.

Features, fixed logits and θ_0 are sines of integers, as in loops.py, so that a test in any language makes the same instances (to rounding).
With `twin` the second coordinate of every feature is the first one again, so that the Gram matrix is singular.

    python3 noise.py > noise.csv      (needs numpy, scipy)
"""

import csv
import itertools
import sys

import numpy as np
from scipy.special import log_softmax
from scipy.stats import norm

RESPONSES = [3, 4, 1, 2]
BETA, N = 0.5, 1000
NAMES = [
    "step_length", "population_kappa", "population_kl", "population_gap", "difference_rank", "leverage", "noise_trace", "noise_spread",
    "noise_square", "noise_sup", "kappa_deviation", "kl_deviation", "gap_deviation", "predicted_flips",
]


def wave(seed, i, j):
    """The generator of the instances: a double in [-1, 1]."""
    return float(np.sin(float(seed) + 1.7 * float(i) + 0.9 * float(j) * float(i + 1)))


def measure(seed, d, offset, twin):
    rows = sum(RESPONSES)
    starts = np.concatenate([[0], np.cumsum(RESPONSES)])
    blocks = [slice(starts[x], starts[x + 1]) for x in range(len(RESPONSES))]
    p = np.arange(1.0, len(RESPONSES) + 1)
    p /= p.sum()
    f = np.array([[wave(seed, i, 0 if twin and j == 1 else j) for j in range(d)] for i in range(rows)]) / np.sqrt(d)
    b = offset * np.array([wave(seed + 7, i, 2) for i in range(rows)])
    theta = np.array([0.8 * wave(seed + 3, j, 5) for j in range(d)])

    def logs(theta):
        z = b + f @ theta
        return np.concatenate([log_softmax(z[block]) for block in blocks])

    s = logs(theta)
    pairs = [(x, y, z) for x, block in enumerate(blocks) for y, z in itertools.combinations(range(block.start, block.stop), 2)]
    w = np.array([2 * p[x] * np.exp(s[y] + s[z]) for x, y, z in pairs])
    delta = np.array([f[y] - f[z] for _, y, z in pairs])
    target = np.array([s[y] - s[z] for _, y, z in pairs])
    root = np.sqrt(w)[:, None]
    psi = np.linalg.pinv(root * delta, rcond=1e-11) @ (root[:, 0] * target)
    xi = target - delta @ psi
    gram = (delta.T * w) @ delta
    inverse = np.linalg.pinv(gram, rcond=1e-11, hermitian=True)
    noise = (delta.T * (w * xi**2)) @ delta
    # The eigenvalues of G^{+½} Σ G^{+½}.
    values, vectors = np.linalg.eigh(inverse)
    half = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    eigen = np.linalg.eigvalsh(half @ noise @ half)
    lengths = np.einsum("ij,jk,ik->i", delta, inverse, delta)
    covariance = inverse @ noise @ inverse

    after = logs(theta + psi / BETA)
    pi = np.exp(after)
    grad = {name: np.zeros(d) for name in ("kappa", "kl", "gap")}
    kappa = kl = gap = flips = 0.0
    for x, block in enumerate(blocks):
        law, phi, old = pi[block], f[block], s[block]
        mode = int(np.argmax(law))
        mean = law @ phi
        kappa += p[x] / law[mode]
        kl -= p[x] * np.log(law[mode])
        gap += p[x] * (old.max() - law @ old)
        grad["kappa"] += p[x] / law[mode] * (mean - phi[mode])
        grad["kl"] += p[x] * (mean - phi[mode])
        grad["gap"] -= p[x] * ((law * old) @ phi - (law @ old) * mean)
        if len(law) > 1:
            second = int(np.argsort(law)[-2])
            tau = np.sqrt(max((phi[mode] - phi[second]) @ covariance @ (phi[mode] - phi[second]), 0.0))
            g = BETA * (after[block][mode] - after[block][second])
            flips += p[x] * norm.cdf(-np.sqrt(N) * g / tau) if tau > 1e-12 else 0.0
    deviations = [np.sqrt(grad[name] @ covariance @ grad[name]) / BETA for name in ("kappa", "kl", "gap")]
    return [
        np.sqrt(w @ (delta @ psi) ** 2), kappa, kl, gap, np.linalg.matrix_rank(root * delta, tol=1e-11), lengths.max(), eigen.sum(), eigen.max(),
        (eigen**2).sum(), (np.abs(xi) * np.sqrt(lengths)).max(), *deviations, flips,
    ]


def main():
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["seed", "dim", "offset", "twin", *NAMES])
    for seed, d, offset, twin in itertools.product([1, 2, 3, 4], [1, 2, 3, 5, 8], [0.7, 3.0], [0, 1]):
        if twin and d == 1:
            continue
        out.writerow([seed, d, offset, twin, *(repr(float(value)) for value in measure(seed, d, offset, twin))])


main()
