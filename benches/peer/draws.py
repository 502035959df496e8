"""Policies, what is read off them, and two ways to draw data: one by one, and as counts."""

import numpy as np


def probabilities(features, theta, offset=None):
    """pi(y|x), (M, K), in proportion to exp(b + <theta, phi>); b = -inf is no response."""
    logits = features @ theta
    if offset is not None:
        logits = logits + offset
    logits -= logits.max(axis=1, keepdims=True)
    masses = np.exp(logits)
    return masses / masses.sum(axis=1, keepdims=True)


def quantities(p):
    """What a script would print of a policy: kappa and two failure rates."""
    top = p.max(axis=1)
    return (1.0 / top).mean(), (top <= 0.5).mean(), (top <= 0.9).mean()


def triples(p, n, rng):
    """n draws (x, y, y') one by one, the straightforward way."""
    x = rng.integers(len(p), size=n)
    return x, responses(p, x, rng), responses(p, x, rng)


def responses(p, x, rng):
    """A response for each of the given prompts."""
    cumulative = p.cumsum(axis=1)
    cumulative[:, -1] = 1.0
    return (rng.random(len(x))[:, None] > cumulative[x]).sum(axis=1)


def prompt_counts(prompts, n, rng):
    """How often each of equally likely prompts is drawn."""
    return rng.multinomial(n, np.full(prompts, 1.0 / prompts))


def by_inversion(p, of_prompt, rng):
    """A response for each draw of prompt after prompt: one search in all prompts' distributions."""
    x = np.repeat(np.arange(len(p)), of_prompt)
    cumulative = p.cumsum(axis=1)
    cumulative[:, -1] = 1.0
    cumulative += np.arange(len(p))[:, None]
    place = np.searchsorted(cumulative.ravel(), x + rng.random(len(x)))
    # x + u may round up to x + 1, beyond the last response of x.
    return x, np.minimum(place - x * p.shape[1], p.shape[1] - 1)


def pair_counts(p, n, rng):
    """Counts of the pairs y < y', (M, K(K-1)/2) in the order of np.triu_indices(K, 1): a
    multinomial for each prompt, or draws where they are fewer than the counts."""
    prompts, count = p.shape
    first, second = np.triu_indices(count, 1)
    of_prompt = prompt_counts(prompts, n, rng)
    if n < prompts * len(first):
        x, y = by_inversion(p, of_prompt, rng)
        z = by_inversion(p, of_prompt, rng)[1]
        place = np.zeros((count, count), dtype=np.intp)
        place[first, second] = place[second, first] = np.arange(len(first))
        kept = y != z
        cells = x[kept] * len(first) + place[y[kept], z[kept]]
        return np.bincount(cells, minlength=prompts * len(first)).reshape(prompts, -1)
    chances = np.empty((prompts, len(first) + 1))
    np.multiply(p[:, first], 2.0 * p[:, second], out=chances[:, :-1])
    chances[:, -1] = np.maximum(1.0 - chances[:, :-1].sum(axis=1), 0.0)
    return rng.multinomial(of_prompt, chances)[:, :-1]


def response_counts(p, n, rng):
    """Counts of single responses, (M, K)."""
    return rng.multinomial(prompt_counts(len(p), n, rng), p)
