"""Gram matrices of feature differences of weighted pairs, and what is solved with them."""

import numpy as np
import scipy.linalg


def gram(features, weights):
    """sum_x sum_{y<y'} w dphi dphi^T, (d, d), of pairs in the order of np.triu_indices(K, 1).

    By the pairs themselves where they are fewer than responses, else as sum_x Phi^T L Phi with the
    Laplacian L of each prompt's weights.
    """
    prompts, count, dim = features.shape
    first, second = np.triu_indices(count, 1)
    x, pair = np.nonzero(weights)
    if len(x) < prompts * count:
        rows = features[x, first[pair]] - features[x, second[pair]]
        rows *= np.sqrt(weights[x, pair])[:, None]
        return rows.T @ rows
    moved = laplacian(weights, count) @ features
    return features.reshape(-1, dim).T @ moved.reshape(-1, dim)


def laplacian(weights, count):
    """The Laplacians, (M, K, K)."""
    first, second = np.triu_indices(count, 1)
    matrix = np.zeros((len(weights), count, count))
    matrix[:, first, second] = matrix[:, second, first] = -weights
    diagonal = np.arange(count)
    matrix[:, diagonal, diagonal] = -matrix.sum(axis=2)
    return matrix


def spectrum(matrix):
    """Eigenvalues that are not rounding, and their vectors."""
    values, vectors = scipy.linalg.eigh(matrix, driver="evd", check_finite=False)
    kept = values > values[-1] * len(values) * np.finfo(float).eps
    return values[kept], vectors[:, kept]


def projected(matrix, theta):
    """The part of theta in the range."""
    _, vectors = spectrum(matrix)
    return vectors @ (vectors.T @ theta)


def least_norm(matrix, right):
    """The solution of least norm."""
    values, vectors = spectrum(matrix)
    return vectors @ ((vectors.T @ right) / values)


def newton(theta, value_and_gradient, hessian, steps=50):
    """Newton's method with halved steps, until what is left is rounding."""
    value, gradient = value_and_gradient(theta)
    for _ in range(steps):
        factor = scipy.linalg.cho_factor(hessian(theta), check_finite=False)
        step = -scipy.linalg.cho_solve(factor, gradient, check_finite=False)
        decrease = -gradient @ step
        length = 1.0
        while True:
            there = theta + length * step
            new_value, new_gradient = value_and_gradient(there)
            if new_value <= value - 1e-4 * length * decrease or decrease <= 1e-12 * abs(value):
                break
            length /= 2
        theta, value, gradient = there, new_value, new_gradient
        # The step is taken, and convergence is quadratic: what is left is the square of this.
        if decrease <= 1e-12 * abs(value):
            break
    return theta
