"""Packages that are needed by one method alone."""

from __future__ import annotations

import importlib
from typing import Any


def optional(name: str) -> Any:
    """The package of this name; ``ImportError`` that says how to install it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        what = f"{name} is not installed: pip install 'selfreward[{name}]', or {name} itself"
        raise ImportError(what) from error
