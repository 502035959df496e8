"""Figures, drawn by the engine as vectors; they show themselves in a notebook."""

from __future__ import annotations

import os
from pathlib import Path


class Figure:
    """A figure as SVG, PNG and PDF. A notebook shows it; ``save`` writes it."""

    def __init__(self, svg: bytes, png: bytes, pdf: bytes) -> None:
        """Of the bytes of the three files."""
        self._bytes = {".svg": svg, ".png": png, ".pdf": pdf}

    @property
    def svg(self) -> str:
        """The figure as SVG."""
        return self._bytes[".svg"].decode()

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<Figure, {len(self._bytes['.svg'])} bytes of SVG; save('NAME.pdf') writes it>"

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Writes ``NAME.svg``, ``NAME.png`` or ``NAME.pdf``, by the ending; gives the path.

        A file that exists is replaced. ``ValueError`` for another ending, ``OSError`` where the
        file cannot be written.
        """
        path = Path(path)
        if path.suffix.lower() not in self._bytes:
            known = ", ".join(self._bytes)
            raise ValueError(f"path = {str(path)!r}: expected an ending of {known}")
        path.write_bytes(self._bytes[path.suffix.lower()])
        return path
