"""Data that comes along: features of a real encoder, and the answers of a real language model.

Each is a dictionary of arrays that ``simulate`` takes as they are:

>>> import selfreward as sr
>>> run = sr.simulate(**sr.data.docqa(), samples=65536, beta=1.0, rounds=2, replicates=2)
>>> run["accuracy"].shape
(2, 3)
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from ._core import enclosed_file

__all__ = ["docqa", "smollm"]

# Arrays by name; any value, so that a type checker lets them be keywords beside others.
Arrays = dict[str, Any]


def _read(name: str) -> Arrays:
    with np.load(io.BytesIO(enclosed_file(name)), allow_pickle=False) as archive:
        return {key: archive[key] for key in archive.files}


def docqa() -> Arrays:
    """Sentence embeddings of questions and answers: M = 256 prompts, K = 16 responses, d = 384.

    Arrays: ``phi`` (M, K, d) float32, ``theta0`` (d,), ``prompt_weights`` (M,), ``answer`` (M,),
    the correct response of each prompt. Where it comes from stands in data/README.md of the
    sources.

    >>> sorted(docqa())
    ['answer', 'phi', 'prompt_weights', 'theta0']
    """
    return _read("docqa_minilm.npz")


def smollm() -> Arrays:
    """Answers of a language model: M = 160 questions, 3 to K = 12 answers each, d = 256.

    Arrays: ``phi`` (M, K, d) float32, ``theta0`` (d,), zeros, ``offset`` (M, K), the model's own
    log-probabilities, ``correct`` (M, K), ``num_responses`` (M,), ``level`` (M,), the kind of the
    question. Where it comes from stands in data/README.md of the sources.

    >>> smollm()["offset"].shape
    (160, 12)
    """
    return _read("smollm_answers.npz")
