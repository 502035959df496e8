"""Logistic regression on labelled pairs with a ridge, as in DPO.

v = beta (theta' - theta) minimises the mean over all n pairs of the loss of <v, dphi>, plus
ridge/beta^2 |v|^2. The winner of a pair is drawn by the Bradley-Terry law of log pi.
"""

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from draws import pair_counts, probabilities, triples
from gram import gram, newton


def plain(features, theta, beta, ridge, n, rng):
    """n draws and their labels one by one; scikit-learn on n rows."""
    p = probabilities(features, theta)
    x, y, z = triples(p, n, rng)
    kept = y != z
    differences = features[x, y][kept] - features[x, z][kept]
    won = rng.random(len(differences)) < expit(differences @ theta)
    weights = np.full(len(won), 1.0 / n)
    return theta + plain_fit(differences, won, weights, beta, ridge) / beta


def plain_fit(differences, won, weights, beta, ridge, solver="lbfgs", tol=1e-6):
    # scikit-learn's C multiplies the losses beside |v|^2/2.
    strength = beta**2 / (2.0 * ridge)
    model = LogisticRegression(
        C=strength, fit_intercept=False, solver=solver, tol=tol, max_iter=10**4
    )
    return model.fit(differences, won, sample_weight=weights).coef_[0]


def expert(features, theta, beta, ridge, n, rng):
    """Counts of pairs and of their wins; Newton's method, its Hessian from Laplacians."""
    p = probabilities(features, theta)
    counts = pair_counts(p, n, rng)
    first, second = np.triu_indices(features.shape[1], 1)
    logits = features @ theta
    chances = expit(logits[:, first] - logits[:, second])
    wins = rng.binomial(counts, chances) / n
    return theta + expert_fit(features, counts / n, wins, beta, ridge) / beta


def expert_fit(features, weights, wins, beta, ridge):
    """v; weights and wins (M, K(K-1)/2) in the order of np.triu_indices(K, 1)."""
    prompts, count, dim = features.shape
    flat = features.reshape(-1, dim)
    first, second = np.triu_indices(count, 1)
    x, pair = np.nonzero(weights)
    a, b = x * count + first[pair], x * count + second[pair]
    total, won = weights[x, pair], wins[x, pair]
    pull = ridge / beta**2

    def value_and_gradient(v):
        logits = flat @ v
        z = logits[a] - logits[b]
        value = total @ np.logaddexp(0.0, z) - won @ z + pull * v @ v
        slopes = total * expit(z) - won
        at = np.bincount(a, slopes, len(flat)) - np.bincount(b, slopes, len(flat))
        return value, flat.T @ at + 2.0 * pull * v

    def hessian(v):
        logits = flat @ v
        share = expit(logits[a] - logits[b])
        curvature = np.zeros_like(weights, dtype=float)
        curvature[x, pair] = total * share * (1.0 - share)
        matrix = gram(features, curvature)
        matrix[np.diag_indices_from(matrix)] += 2.0 * pull
        return matrix

    return newton(np.zeros(dim), value_and_gradient, hessian)
