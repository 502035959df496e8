"""Progress of a run on stderr: one line that is rewritten, in a terminal and in a notebook."""

from __future__ import annotations

import sys
import time
from types import TracebackType

_AFTER = 0.5
_EVERY = 0.1


def _shown() -> bool:
    """Whether somebody looks: stderr is a terminal, or that of a notebook."""
    stream = sys.stderr
    if stream is None:
        return False
    return stream.isatty() or type(stream).__module__.startswith("ipykernel")


class Progress:
    """Shows how much is done, from half a second on; clears its line at the end."""

    def __init__(self, wanted: bool | None) -> None:
        """``None``: where somebody looks."""
        self._on = _shown() if wanted is None else wanted
        self._start = time.monotonic()
        self._last = -1.0
        self._width = 0

    def tick(self, done: int, total: int) -> None:
        """So many policies of so many are measured."""
        now = time.monotonic()
        if not self._on or not total or now - self._start < _AFTER or now - self._last < _EVERY:
            return
        self._last = now
        share = done / total
        left = (now - self._start) * (1 - share) / share if share > 0 else float("nan")
        bar = "█" * round(24 * share) + "░" * (24 - round(24 * share))
        rest = f", {left:.0f} s left" if share > 0 else ""
        self._write(f"{bar} {done}/{total} policies{rest}")

    def _write(self, line: str) -> None:
        sys.stderr.write("\r" + line.ljust(self._width))
        sys.stderr.flush()
        self._width = len(line)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._width:
            self._write("")
            sys.stderr.write("\r")
            sys.stderr.flush()
