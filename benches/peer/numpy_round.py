"""The same work in a straightforward NumPy script: what the ratios in the README are measured against.

    python3 benches/peer/numpy_round.py dense     one ERM round, 1000 prompts x 32 responses x d = 256, n = 10^6
    python3 benches/peer/numpy_round.py real      one replicate on data/docqa_minilm.npz, n = 2048, T = 8

Prints the seconds that the rounds took, set-up left out, as one number.
"""

import sys
import time

import numpy as np


def probabilities(features, theta):
    logits = features @ theta
    logits -= logits.max(axis=1, keepdims=True)
    masses = np.exp(logits)
    return masses / masses.sum(axis=1, keepdims=True)


def erm_round(features, theta, beta, n, rng):
    """theta + (1/beta) P_S theta, S the span of the sampled feature differences."""
    prompts, responses, _ = features.shape
    p = probabilities(features, theta)
    x = rng.integers(prompts, size=n)
    cumulative = p.cumsum(axis=1)
    cumulative[:, -1] = 1.0
    y = (rng.random(n)[:, None] > cumulative[x]).sum(axis=1)
    z = (rng.random(n)[:, None] > cumulative[x]).sum(axis=1)
    differences = features[x, y] - features[x, z]
    # Least squares on the reward difference; lstsq gives the solution of least norm, which is P_S theta.
    projected = np.linalg.lstsq(differences, differences @ theta, rcond=None)[0]
    return theta + projected / beta


def condition_number(features, theta):
    return (1.0 / probabilities(features, theta).max(axis=1)).mean()


def dense():
    rng = np.random.default_rng(1)
    features = rng.standard_normal((1000, 32, 256))
    features /= np.linalg.norm(features, axis=2).max()
    theta = rng.standard_normal(256)
    theta *= 4.0 / np.linalg.norm(theta)
    start = time.perf_counter()
    theta = erm_round(features, theta, 1e-3, 10**6, rng)
    condition_number(features, theta)
    return time.perf_counter() - start


def real():
    data = np.load("data/docqa_minilm.npz")
    features, theta = data["phi"].astype(float), data["theta0"]
    rng = np.random.default_rng(1)
    start = time.perf_counter()
    for _ in range(8):
        theta = erm_round(features, theta, 1.0, 2048, rng)
        condition_number(features, theta)
    return time.perf_counter() - start


if __name__ == "__main__":
    print({"dense": dense, "real": real}[sys.argv[1]]())
