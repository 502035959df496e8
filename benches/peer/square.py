"""A round of the paper's loop: the least-squares fit of a sample of pairs (Eq. 108).

Of all minimisers the one nearest to theta is taken.

Without fixed logits the self-reward is linear in the features, and the fit is theta + P theta/beta,
P the projection onto the span of the seen differences. With fixed logits b (the misspecified class)
b/beta meets the same differences in the sense of weighted least squares.
"""

import numpy as np

from draws import pair_counts, probabilities, triples
from gram import gram, least_norm, projected


def plain(features, theta, beta, n, rng, offset=None):
    """The straightforward script: n draws, n rows of differences, np.linalg.lstsq."""
    p = probabilities(features, theta, offset)
    return plain_fit(features, theta, beta, triples(p, n, rng), offset)


def plain_fit(features, theta, beta, drawn, offset=None):
    x, y, z = drawn
    differences = features[x, y] - features[x, z]
    rewards = differences @ theta
    if offset is not None:
        rewards += offset[x, y] - offset[x, z]
    return theta + np.linalg.lstsq(differences, rewards, rcond=None)[0] / beta


def expert(features, theta, beta, n, rng, offset=None):
    """Counts, a Gram matrix of d x d, and its spectrum."""
    p = probabilities(features, theta, offset)
    return expert_fit(features, theta, beta, pair_counts(p, n, rng), offset)


def expert_fit(features, theta, beta, counts, offset=None):
    if offset is None:
        # Which pairs were seen decides the projection, not how often.
        return theta + projected(gram(features, (counts > 0).astype(float)), theta) / beta
    first, second = np.triu_indices(features.shape[1], 1)
    fixed = np.where(np.isfinite(offset), offset, 0.0)
    currents = counts * (fixed[:, first] - fixed[:, second])
    at_response = np.zeros_like(fixed)
    for pair, (a, b) in enumerate(zip(first, second)):
        at_response[:, a] += currents[:, pair]
        at_response[:, b] -= currents[:, pair]
    dim = features.shape[2]
    matrix, right = gram(features, counts), features.reshape(-1, dim).T @ at_response.ravel()
    right += matrix @ theta
    return theta + least_norm(matrix, right) / beta
