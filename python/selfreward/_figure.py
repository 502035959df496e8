"""A figure that the command has drawn."""

from __future__ import annotations

import os
from pathlib import Path

from ._records import nearest

__all__ = ["Figure"]


class Figure:
    """A figure with the table beside it; a notebook shows it.

    Attributes:
        name: its name.
        svg: the picture as a text.
        csv: the table that it was drawn from, as a text.
    """

    def __init__(self, name: str, files: dict[str, bytes]) -> None:
        self.name = name
        self._files = files

    @classmethod
    def of(cls, folder: Path, name: str) -> Figure:
        """The files of a folder whose name is this one, whatever their ending."""
        files = {file.suffix[1:]: file.read_bytes() for file in sorted(folder.glob(f"{name}.*"))}
        return cls(name, files)

    @property
    def svg(self) -> str:
        """The picture as SVG."""
        return self._files["svg"].decode()

    @property
    def csv(self) -> str:
        """The table that the figure was drawn from."""
        return self._files["csv"].decode()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Writes it; the ending says in which form: svg, png, pdf, or csv for its table.

        Raises:
            ValueError: there is no such form.
            OSError: the file cannot be written.
        """
        path = Path(path)
        form = path.suffix[1:].lower()
        if form not in self._files:
            raise ValueError(f"{path}: {nearest(form, self._files)} as its ending")
        path.write_bytes(self._files[form])
        return path

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f'Figure {self.name} ({", ".join(self._files)}); .save("{self.name}.pdf") writes it'
