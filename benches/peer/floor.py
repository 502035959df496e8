"""What the work takes at least where fits are QR factors of rows: operations, bytes and random
numbers, at the rates that NumPy reaches on this core."""

import time
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Least:
    """What such a way cannot do without: reading, drawing, and factors of rows."""

    # How it is counted.
    words: str
    flops: float = 0.0
    bytes: float = 0.0
    numbers: float = 0.0

    def seconds(self, rates):
        """At these rates."""
        return (
            self.flops / rates["flops"] + self.bytes / rates["bytes"]
            + self.numbers / rates["numbers"]
        )


def rates():
    """Operations (of a product of matrices), bytes (features times theta) and numbers a second."""
    rng = np.random.default_rng(0)
    rows, dim, drawn = 32000, 256, 10**7
    features = rng.standard_normal((rows, dim))
    other, theta = features.copy(), features[0].copy()
    return {
        "flops": 2.0 * rows * dim**2 / least(lambda: features.T @ other),
        "bytes": features.nbytes / least(lambda: features @ theta),
        "numbers": drawn / least(lambda: rng.random(drawn)),
    }


def least(work, runs=5):
    """The fewest processor seconds of some runs."""
    took = []
    for _ in range(runs):
        start = time.process_time()
        work()
        took.append(time.process_time() - start)
    return min(took)
