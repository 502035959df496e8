"""What is compared: the rows of the table, each with the program's configuration, the scripts for
the same work, and what that work takes at least."""

from dataclasses import dataclass, field
from typing import Callable

import data
import hard
import likelihood
import logistic
from floor import Least
from peers import fit_peers, hard_peers, square_peers, tabular_peers


@dataclass(frozen=True)
class Case:
    """A row of the table."""

    key: str
    work: str
    # TOML without process.rounds and [run]; {folder} is where data.write put the data.
    config: str
    rounds: int
    # Replicates of the program's timed runs.
    replicates: int
    # Makes the peers: name -> a function that does one replicate (or `share` of them at once).
    peers: Callable[[], dict[str, Callable[[], object]]]
    least: Least
    share: dict[str, int] = field(default_factory=dict)
    # Whether the program's peak memory is told.
    memory: bool = False


# Replicates in one call of a peer.
MOVING = {"plain": 2, "expert": 40}
DENSE = 'instance = { kind = "npz", path = "{folder}/dense.npz" }\n'
OFFSET = 'instance = { kind = "npz", path = "{folder}/offset.npz" }\n'
REAL = 'instance = { kind = "npz", path = "data/docqa_minilm.npz" }\n'
MODEL = 'instance = { kind = "npz", path = "data/smollm_answers.npz" }\n'
HARD = 'instance = { kind = "hard", prompts = 64, kappa0 = 16.0 }\n'
TABULAR = 'instance = { kind = "tabular", prompts = 1000000, responses = 10 }\n'
SHAPE = "1000 prompts × 32 responses × d = 256"


def of_dense(flops, words, passes=2, numbers=1000 * 496):
    """On the dense instance, whose features are read once for each policy and each Hessian."""
    return Least(words, flops, passes * 1000 * 32 * 256 * 8.0, numbers)


def of_real(flops, words, passes, numbers):
    """The same on the sentence embeddings, in single precision."""
    return Least(words, flops, passes * 256 * 16 * 384 * 4.0, numbers)


# A QR factor of m rows takes 2 m d² operations; a Gram matrix, which keeps half the digits, m d².
FACTOR, FACTOR_REAL, PAIRS = 2 * 31000 * 256**2.0, 2 * 3840 * 384**2.0, 2 * 900 * 384**2.0

CASES = [
    Case(
        "dense",
        f"a round of least squares, {SHAPE}, n = 10^6",
        DENSE + "process = { samples = 1000000, beta = 1e-3 }",
        1, 1, square_peers(data.dense, 1e-3, 10**6, 1),
        of_dense(2 * 256**3, "a count for each pair, and the rank of d differences"),
    ),
    Case(
        "dense_many",
        "the same, n = 10^12",
        DENSE + "process = { samples = 1000000000000, beta = 1e-3 }",
        1, 1, square_peers(data.dense, 1e-3, 10**12, 1, ["expert"]),
        of_dense(2 * 256**3, "the same"),
    ),
    Case(
        "real",
        "eight rounds on sentence embeddings, 256 × 16 × 384, n = 2048",
        REAL + "process = { samples = 2048, beta = 1.0 }",
        8, 5, square_peers(data.real, 1.0, 2048, 8),
        of_real(8 * 2 * 384**3, "the rank of d differences in each round", 9, 8 * 3 * 2048),
    ),
    Case(
        "misspecified",
        f"a misspecified round, {SHAPE}, n = 10^6",
        OFFSET + "process = { samples = 1000000, beta = 1.0 }",
        1, 1, square_peers(data.offset, 1.0, 10**6, 1),
        of_dense(FACTOR, "a QR factor of K − 1 rows for each prompt", 3),
    ),
    Case(
        "model",
        "five misspecified rounds of the language model, 160 × 12 × 256, n = 2048",
        MODEL + "process = { samples = 2048, beta = 4.0 }",
        5, 5, square_peers(data.model, 4.0, 2048, 5),
        Least(
            "a QR factor of 900 pairs in each round",
            5 * 2 * 900 * 256**2.0, 11 * 160 * 12 * 256 * 4.0, 5 * 3 * 2048,
        ),
    ),
    Case(
        "likelihood",
        f"a likelihood fit with a ridge, {SHAPE}, n = 10^6",
        DENSE + 'process = { update = "likelihood", ridge = 1e-6, samples = 1000000 }',
        1, 1, fit_peers(data.dense, likelihood, 1e-6, 10**6),
        of_dense(3 * FACTOR, "three QR factors of K − 1 rows for each prompt", 5, 32000),
    ),
    Case(
        "logistic",
        f"a logistic fit with a ridge, {SHAPE}, n = 10^5",
        DENSE + 'process = { update = "logistic", ridge = 1e-6, samples = 100000, beta = 1.0 }',
        1, 1, fit_peers(data.dense, logistic, 1.0, 1e-6, 10**5),
        of_dense(5 * FACTOR, "five QR factors of K − 1 rows for each prompt", 7, 4e5),
    ),
    Case(
        "likelihood_real",
        "a likelihood fit on sentence embeddings, n = 2048",
        REAL + 'process = { update = "likelihood", ridge = 1e-6, samples = 2048, beta = 1.0 }',
        1, 3, fit_peers(data.real, likelihood, 1e-6, 2048),
        of_real(5 * FACTOR_REAL, "five QR factors of K − 1 rows for each prompt", 7, 2 * 2048),
    ),
    Case(
        "logistic_real",
        "a logistic fit on sentence embeddings, n = 2048",
        REAL + 'process = { update = "logistic", ridge = 1e-6, samples = 2048, beta = 1.0 }',
        1, 3, fit_peers(data.real, logistic, 1.0, 1e-6, 2048),
        of_real(6 * PAIRS, "six QR factors of 900 pairs", 8, 4 * 2048),
    ),
    Case(
        "hard",
        "the hard instance, M = 64, n = 2^26, κ₀ = 16, T = 4",
        HARD + "process = { samples = 67108864 }",
        4, 400, hard_peers(hard.plain, hard.expert, MOVING),
        Least("two counts for each prompt and round", numbers=4 * 2 * 65),
        share=MOVING,
    ),
    Case(
        "tabular",
        "a table, d = 10^7, n = 10^7, T = 4",
        TABULAR + "process = { samples = 10000000 }",
        4, 1, tabular_peers,
        Least(
            "two numbers for each triple; logits read and written",
            bytes=4 * 160e6, numbers=4 * 2e7,
        ),
        memory=True,
    ),
]
