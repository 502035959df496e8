"""Maximum likelihood of single responses with a ridge, as in supervised fine-tuning: the theta that
minimises -sum c log pi(y|x) + ridge |theta - theta_t|^2, c the counts over n."""

import numpy as np
import scipy.optimize

from draws import probabilities, response_counts, responses
from gram import newton


def plain(features, theta, ridge, n, rng):
    """n draws one by one; SciPy's L-BFGS-B with the gradient."""
    p = probabilities(features, theta)
    x = rng.integers(len(p), size=n)
    counts = np.zeros(p.shape)
    np.add.at(counts, (x, responses(p, x, rng)), 1.0 / n)
    return plain_fit(features, theta, ridge, counts)


def plain_fit(features, theta, ridge, counts, exact=False):
    # What a script would ask for; `exact` is for the comparison of answers.
    tight = {"ftol": 0.0, "gtol": 1e-12, "maxiter": 10**5, "maxfun": 10**5, "maxcor": 50}
    options = tight if exact else {"ftol": 1e-13, "gtol": 1e-8, "maxiter": 10**4}
    loss = objective(features, theta, ridge, counts)
    return scipy.optimize.minimize(loss, theta, jac=True, method="L-BFGS-B", options=options).x


def objective(features, centre, ridge, counts):
    """theta -> value and gradient."""
    flat = features.reshape(-1, features.shape[2])
    of_prompt = counts.sum(axis=1)

    def at(theta):
        logits = (flat @ theta).reshape(counts.shape)
        top = logits.max(axis=1, keepdims=True)
        masses = np.exp(logits - top)
        total = masses.sum(axis=1, keepdims=True)
        log_sum = (np.log(total) + top)[:, 0]
        away = theta - centre
        value = of_prompt @ log_sum - (counts * logits).sum() + ridge * away @ away
        slopes = masses * (of_prompt[:, None] / total) - counts
        return value, flat.T @ slopes.ravel() + 2.0 * ridge * away

    return at


def expert(features, theta, ridge, n, rng):
    """Counts by multinomials; Newton's method with the exact Hessian, a Gram matrix of d x d."""
    counts = response_counts(probabilities(features, theta), n, rng) / n
    return expert_fit(features, theta, ridge, counts)


def expert_fit(features, theta, ridge, counts):
    seen = counts.sum(axis=1) > 0
    if not seen.all():
        features, counts = features[seen], counts[seen]
    of_prompt = counts.sum(axis=1)

    def hessian(at):
        p = probabilities(features, at)
        mean = (p[:, None, :] @ features)
        rows = (features - mean) * np.sqrt(of_prompt[:, None] * p)[:, :, None]
        rows = rows.reshape(-1, len(at))
        matrix = rows.T @ rows
        matrix[np.diag_indices_from(matrix)] += 2.0 * ridge
        return matrix

    return newton(theta, objective(features, theta, ridge, counts), hessian)
