"""The engine: configurations and arrays go in, arrays come out."""

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import Any, final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from typing_extensions import disjoint_base

__all__ = [
    "Run",
    "State",
    "Step",
    "__version__",
    "bound",
    "bound_lists",
    "bounds",
    "command",
    "enclosed_file",
    "further",
    "keys",
    "settle",
    "simulate",
]

__version__: str

@disjoint_base
class State:
    """A policy π_t, as a metric sees it: M prompts, K responses at most, d features."""

    @property
    def t(self) -> int:
        """The round: 0 for the base policy."""
    @property
    def theta(self) -> NDArray[np.float64]:
        """θ_t, (d,)."""
    @property
    def log_probs(self) -> NDArray[np.float64]:
        """log π_t(y|x), (M, K), nats; −inf beyond a prompt's responses."""
    @property
    def probs(self) -> NDArray[np.float64]:
        """π_t(y|x), (M, K); 0 beyond a prompt's responses."""
    @property
    def base_log_probs(self) -> NDArray[np.float64]:
        """log π_0(y|x), (M, K), nats; −inf beyond a prompt's responses."""
    @property
    def features(self) -> NDArray[np.float64] | NDArray[np.float32] | None:
        """φ(x,y), (M, K, d): the array that was given, where it was; None for a tabular policy."""
    @property
    def weights(self) -> NDArray[np.float64]:
        """p(x), (M,)."""
    @property
    def num_responses(self) -> NDArray[np.int64]:
        """K(x), (M,)."""
    @property
    def known(self) -> NDArray[np.bool_] | None:
        """Whether it is known which responses are correct, (M,)."""
    @property
    def correct(self) -> NDArray[np.bool_] | None:
        """Which responses are correct, (M, K); None where the instance has none."""

@final
class Step(State):
    """A round from t to t + 1, as a fit of one's own sees it."""

    @property
    def counts(self) -> NDArray[np.int64]:
        """What was drawn: rows (x, y, y', N) with y < y', or (x, y, N)."""
    @property
    def wins(self) -> NDArray[np.float64] | None:
        """How often y won over y', for each row of ``counts``; None in loops without labels."""
    @property
    def samples(self) -> int:
        """n, that of remembered rounds included."""
    @property
    def rewards(self) -> NDArray[np.float64]:
        """The round's reward, (M, K), up to a constant for each prompt; NaN beyond responses."""
    @property
    def base_theta(self) -> NDArray[np.float64]:
        """θ_0, (d,)."""
    @property
    def reference(self) -> NDArray[np.float64]:
        """θ_ref, (d,)."""
    @property
    def beta(self) -> float:
        """β > 0."""
    @property
    def radius(self) -> float | None:
        """B, the radius of the ball that θ is to stay in, or None."""
    @property
    def seed(self) -> int:
        """The replicate's seed, below 2^256: ``numpy.random.default_rng([step.seed, step.t])``."""

@final
class Run:
    """A run that ended: R replicates, T rounds."""

    def columns(self) -> list[tuple[str, str, float | None, int | None, str]]:
        """Column, quantity, δ, level, definition."""
    def own(self) -> list[str]:
        """The names of metrics of one's own."""
    def values(self, name: str) -> NDArray[np.float64]:
        """The values of a column, (R, T + 1); NaN where there is none."""
    def theta(self) -> NDArray[np.float64] | None:
        """θ_t, (R, T + 1, d); None where it was not kept."""
    def measured(self) -> NDArray[np.int64]:
        """How many policies of each replicate were measured, (R,)."""
    def policies(self) -> int:
        """T + 1."""
    def config(self) -> str:
        """The configuration with every default, as JSON."""
    def toml(self) -> str:
        """The same as TOML."""
    def derived(self) -> list[tuple[str, float]]:
        """Numbers that follow from the configuration."""
    def remarks(self) -> list[str]:
        """What a person should know of the run."""
    def table(self, width: int) -> str:
        """The command's table, folded where it is wider than ``width``."""
    def csv(self) -> str:
        """The command's CSV."""
    def document(self) -> str:
        """The command's JSON document."""
    def figure(self) -> list[bytes]:
        """The run's figure: SVG, PNG and PDF."""

def simulate(
    config: str | PathLike[str] | dict[str, Any] | None,
    settings: Sequence[dict[str, Any]],
    arrays: dict[str, NDArray[Any]],
    *,
    keep_theta: bool = False,
    jobs: int | None = None,
    fit: Callable[[Step], ArrayLike] | None = None,
    metrics: dict[str, Callable[[State], float]] | None = None,
    tick: Callable[[int, int], object] | None = None,
) -> Run:
    """Runs a configuration; what Ctrl-C leaves is given back."""

def bound(
    name: str,
    points: Sequence[Sequence[tuple[str, str]]],
    from_file: str | PathLike[str] | None = None,
) -> list[
    tuple[
        float,
        list[tuple[str, float]],
        list[tuple[str, list[float]]],
        list[tuple[str, bool | None]],
        bool,
        str,
    ]
]:
    """Value, intermediates, lists, assumptions, vacuous, text: of a bound at each point."""

def bounds() -> list[tuple[str, str, str]]:
    """Every bound: its name, what it is, what it needs."""

def bound_lists() -> list[str]:
    """The flags that hold a list of numbers."""

def keys() -> list[tuple[str, str, str, list[str], str, str]]:
    """Every key: section, name, what it holds, kinds or updates that have it, meaning, default."""

def enclosed_file(name: str) -> bytes:
    """A data file that comes along, as the bytes of a NumPy archive."""

def command(arguments: Sequence[str]) -> int:
    """Runs the command; gives the exit code. It takes charge of the process's signals."""

def settle() -> None:
    """Waits for threads that Ctrl-C left inside of a callable."""

def further() -> list[str]:
    """Quantities that are measured where ``measure.also`` asks for them."""
