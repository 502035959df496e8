"""Checks the theory of self-rewarding language models by experiment, in the linear softmax class.

>>> import selfreward as sr
>>> run = sr.simulate(kind="gaussian", prompts=50, responses=4, dim=8, samples=4096, rounds=3)
>>> run["kappa"].shape
(10, 4)

Runs: ``simulate``, and ``data`` for features and answers that come along. Theory: ``bound``,
``bounds``, ``plan``, ``loops``. Verdicts: ``verify``, ``falsify``. Experiments: ``run``,
``open_store``. The same numbers as the command ``selfreward``, which comes along.
"""

from . import data
from ._bound import Bound, bound, bounds
from ._core import State, Step, __version__
from ._figure import Figure
from ._run import Run, simulate

__all__ = [
    "Bound",
    "Figure",
    "Run",
    "State",
    "Step",
    "__version__",
    "bound",
    "bounds",
    "data",
    "simulate",
]
