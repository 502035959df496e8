"""Checks the theory of self-rewarding language models by experiment, in the linear softmax class.

>>> import selfreward as sr
>>> run = sr.simulate(kind="gaussian", prompts=50, responses=4, dim=8, samples=4096, rounds=3)
>>> run["kappa"].shape
(10, 4)

Runs: ``simulate``, ``describe``, ``compare``, and ``data`` for features and answers that come
along. Theory: ``bound``, ``bounds``, ``plan``, ``loops``, ``cite``. Verdicts: ``verify``,
``falsify``. Experiments: ``experiments``, ``run``, ``open_store``. The numbers are those of the
command ``selfreward``, which comes along.
"""

import atexit

from . import _core, data
from ._bound import Bound, bound, bounds
from ._commands import (
    Ledger,
    Result,
    cite,
    compare,
    describe,
    experiments,
    falsify,
    loops,
    plan,
    run,
    verify,
)
from ._core import State, Step, __version__
from ._figure import Figure
from ._rows import Rows
from ._run import Run, simulate
from ._store import Store, open_store

atexit.register(_core.settle)

__all__ = [
    "Bound",
    "Figure",
    "Ledger",
    "Result",
    "Rows",
    "Run",
    "State",
    "Step",
    "Store",
    "__version__",
    "bound",
    "bounds",
    "cite",
    "compare",
    "data",
    "describe",
    "experiments",
    "falsify",
    "loops",
    "open_store",
    "plan",
    "run",
    "simulate",
    "verify",
]
