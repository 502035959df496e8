"""The instances: features (M, K, d), theta, fixed logits or None; and as files for the program."""

import functools
import pathlib

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]


@functools.lru_cache(maxsize=2)
def dense(prompts=1000, responses=32, dim=256):
    """Gaussian features, the longest of norm 1, and theta of norm 4."""
    rng = np.random.default_rng(7)
    features = rng.standard_normal((prompts, responses, dim))
    features /= np.linalg.norm(features, axis=2).max()
    theta = rng.standard_normal(dim)
    return features, theta * (4.0 / np.linalg.norm(theta)), None


def offset(*shape):
    """The same with fixed logits, of which no theta follows a part."""
    features, theta, _ = dense(*shape)
    return features, theta, np.random.default_rng(8).standard_normal(features.shape[:2])


def real():
    """The sentence embeddings."""
    archive = np.load(ROOT / "data/docqa_minilm.npz")
    return archive["phi"].astype(float), archive["theta0"], None


def model():
    """The language model; responses beyond those of a prompt have the fixed logit -inf."""
    archive = np.load(ROOT / "data/smollm_answers.npz")
    fixed = archive["offset"].copy()
    fixed[np.arange(fixed.shape[1]) >= archive["num_responses"][:, None]] = -np.inf
    return archive["phi"].astype(float), archive["theta0"], fixed


def write(path, features, theta, fixed=None):
    """As a file that the program reads."""
    prompts = len(features)
    arrays = {"phi": features, "theta0": theta, "prompt_weights": np.full(prompts, 1.0 / prompts)}
    if fixed is not None:
        arrays["offset"] = fixed
    np.savez(path, **arrays)
