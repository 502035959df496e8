"""For all tests: nothing reaches for a network, and numbers come from NumPy alone in one thread.

Warnings are errors (pyproject.toml): a test that expects a remark says so.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refuses every connection of this process."""

    def refused(*_: Any) -> None:
        raise AssertionError("a test reaches for a network")

    monkeypatch.setattr(socket.socket, "connect", refused)
    yield
