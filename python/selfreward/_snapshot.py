"""A store's file for reading: itself, or a copy of a moment of rest if a process writes to it."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

__all__ = ["connected", "readable"]

#: For how long a moment of rest is sought, in seconds. A process that writes commits a few times a
#: second at most.
PATIENCE = 20.0

#: How old the last change of a file has to be, in seconds: clocks of file systems are coarser than
#: a write takes, so that a second one would not be seen in the time of the first.
REST = 0.02


@contextmanager
def readable(path: Path) -> Iterator[Path]:
    """The path of a store that no process writes to: this one, or a copy that is then removed.

    A process that computes holds an exclusive lock on its store as long as it runs. Its store and
    journal are copied while neither changes: the copy is the store as it was at this moment, with
    every replicate that was committed.

    Raises:
        OSError: the file cannot be read, or found no rest.
        ValueError: it is no database, or damaged.
    """
    connection = _free(path)
    if connection is not None:
        connection.close()
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="selfreward-") as folder:
        yield _copy(path, Path(folder))


@contextmanager
def connected(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a store, or to its copy as of :func:`readable`: it reads of one moment.

    Nothing is left of it in the end, a lock neither.

    Raises:
        OSError: as :func:`readable`.
        ValueError: the file is no database, or damaged.
    """
    connection = _free(path)
    if connection is not None:
        with closing(connection), _said_of(path):
            yield connection
        return
    with tempfile.TemporaryDirectory(prefix="selfreward-") as folder:
        # A copy with a journal is put in order when it is opened, which writes to it.
        with closing(_open(_copy(path, Path(folder)), "rw")) as connection, _said_of(path):
            connection.execute("BEGIN")
            yield connection


def _free(path: Path) -> sqlite3.Connection | None:
    """A connection to a store as it is; none where a process writes, or was killed writing."""
    with _said_of(path):
        connection = _open(path, "ro")
    try:
        connection.execute("BEGIN")
        # Reading its tables asks for the lock, and for what a killed process has left undone.
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if not _beside(path, ".lock").exists():
            return connection
    except sqlite3.OperationalError as error:
        if "locked" not in str(error) and not _beside(path, "-journal").exists():
            connection.close()
            raise OSError(f"{path}: cannot be read: {error}") from error
    except sqlite3.DatabaseError as error:
        connection.close()
        raise no_store(path, error) from error
    connection.close()
    return None


@contextmanager
def _said_of(path: Path) -> Iterator[None]:
    """Errors of the database as errors that name the file."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise OSError(f"{path}: cannot be read: {error}") from error
    except sqlite3.DatabaseError as error:
        raise no_store(path, error) from error


def no_store(path: Path, reason: object = None) -> ValueError:
    """An error that says that a file is no store."""
    why = f" ({reason})" if reason else ""
    return ValueError(
        f"{path}: is no store of selfreward, or is damaged{why}; "
        "expected a file made by `selfreward run`"
    )


def _open(path: Path, mode: str) -> sqlite3.Connection:
    address = f"file://{quote(str(path.absolute()))}?mode={mode}"
    connection = sqlite3.connect(address, uri=True, timeout=0.1, check_same_thread=False)
    connection.isolation_level = None
    return connection


def _copy(path: Path, folder: Path) -> Path:
    """Copies a store with its journal, between two changes of theirs."""
    sources = [path, _beside(path, "-journal")]
    end = time.monotonic() + PATIENCE
    while True:
        before = _state(sources)
        if before is not None:
            for source in sources:
                target = folder / source.name
                target.unlink(missing_ok=True)
                if source.exists():
                    try:
                        shutil.copyfile(source, target)
                    except FileNotFoundError:
                        break
            if before == _state(sources):
                return folder / path.name
        if time.monotonic() > end:
            text = "a process writes to it without a moment of rest; wait for it to end"
            raise OSError(f"{path}: cannot be read: {text}")
        time.sleep(REST / 2)


def _state(sources: list[Path]) -> list[tuple[int, int, int] | None] | None:
    """Inode, size and time of the last change of each file; nothing as long as one changes."""
    state: list[tuple[int, int, int] | None] = []
    for source in sources:
        try:
            about = source.stat()
        except FileNotFoundError:
            state.append(None)
            continue
        if abs(time.time_ns() - about.st_mtime_ns) < REST * 1e9:
            return None
        state.append((about.st_ino, about.st_size, about.st_mtime_ns))
    return state


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
