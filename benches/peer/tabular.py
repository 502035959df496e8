"""One-hot features, d = 10 M: a prompt's logits move on the components of its seen pairs."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from draws import prompt_counts, quantities


def start(prompts, responses, rng):
    """Logit 1 of one response of each prompt, 0 of the others."""
    logits = np.zeros((prompts, responses))
    logits[np.arange(prompts), rng.integers(responses, size=prompts)] = 1.0
    return logits


def softmax(logits):
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    return p


def plain(logits, n, rounds, rng):
    """All pairs, by a comparison with each cumulative probability, and SciPy's components."""
    beta = 1.0 / np.sqrt(n)
    for _ in range(rounds):
        p = softmax(logits)
        quantities(p)
        x = rng.integers(len(p), size=n)
        logits = plain_fit(logits, beta, x, choices(p, x, rng), choices(p, x, rng))
    quantities(softmax(logits))
    return logits


def choices(p, x, rng):
    """A response for each x: the number of cumulative probabilities below a uniform number."""
    cumulative, u = p.cumsum(axis=1), rng.random(len(x))
    chosen = np.zeros(len(x), dtype=np.int64)
    for y in range(p.shape[1] - 1):
        chosen += u > cumulative[x, y]
    return chosen


def plain_fit(logits, beta, x, y, z):
    prompts, responses = logits.shape
    edges = (x * responses + y, x * responses + z)
    graph = coo_array((np.ones(len(x), dtype=np.int8), edges), shape=(logits.size, logits.size))
    parts = connected_components(graph, directed=False)[1]
    flat = logits.ravel()
    mean = np.bincount(parts, weights=flat) / np.bincount(parts)
    return (flat + (flat - mean[parts]) / beta).reshape(prompts, responses)


def expert(logits, n, rounds, rng):
    """Draws prompt after prompt, and components as bit sets: all prompts at once."""
    beta = 1.0 / np.sqrt(n)
    for _ in range(rounds):
        p = softmax(logits)
        quantities(p)
        of_prompt = prompt_counts(len(p), n, rng)
        x = np.repeat(np.arange(len(p)), of_prompt)
        y, z = (sorted_choices(p, of_prompt, rng) for _ in range(2))
        logits = expert_fit(logits, beta, x, y, z)
    quantities(softmax(logits))
    return logits


def sorted_choices(p, of_prompt, rng):
    """As `choices`, where draws of a prompt lie side by side."""
    u = rng.random(of_prompt.sum())
    chosen = np.zeros(len(u), dtype=np.uint8)
    cumulative = np.zeros(len(p))
    for y in range(p.shape[1] - 1):
        cumulative += p[:, y]
        chosen += u > np.repeat(cumulative, of_prompt)
    return chosen


def expert_fit(logits, beta, x, y, z):
    prompts, responses = logits.shape
    seen = np.zeros((prompts, responses, responses), dtype=bool)
    seen.reshape(-1)[(x * responses + y) * responses + z] = True
    # Row y of a prompt: the set of responses that y was seen with, itself among them.
    reach = np.empty((responses, prompts), dtype=np.uint16)
    for a in range(responses):
        reach[a] = 1 << a
        for b in range(responses):
            reach[a] |= (seen[:, a, b] | seen[:, b, a]).astype(np.uint16) << b
    for via in range(responses):
        for a in range(responses):
            if a != via:
                reach[a] |= np.where(reach[a] >> via & 1, reach[via], 0).astype(np.uint16)
    columns = np.ascontiguousarray(logits.T)
    result = np.empty_like(columns)
    for a in range(responses):
        total, size = np.zeros(prompts), np.zeros(prompts, dtype=np.uint8)
        for b in range(responses):
            holds = (reach[a] >> b & 1).astype(np.uint8)
            total += holds * columns[b]
            size += holds
        result[a] = columns[a] + (columns[a] - total / size) / beta
    return np.ascontiguousarray(result.T)
