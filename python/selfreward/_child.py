"""Runs the command in a child process: its arguments, its exit codes, what it says meanwhile."""

from __future__ import annotations

import json
import math
import numbers
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NoReturn

__all__ = ["Finished", "arguments", "expect", "run_command", "run_json", "toml"]

#: The first words of the command.
COMMAND: list[str] = [sys.executable, "-m", "selfreward"]

#: How long the command may take to end after an interrupt, in seconds; then it is killed.
PATIENCE = 2.0

#: How long is waited at once before signals are looked at, in seconds.
_MOMENT = 0.05

#: How lines begin that say why the command ended; an exception says the same.
_REASONS = ("error: ", "nothing selected: ")

#: Sentences about files that are no matter of a value, each with its exception.
_FILES: list[tuple[str, type[OSError]]] = [
    (": does not exist", FileNotFoundError),
    (": exists already", FileExistsError),
    (": is locked by", OSError),
    (": is in use", OSError),
    (": cannot be ", OSError),
]


@dataclass(frozen=True)
class Finished:
    """What a command left: its exit code (negative: ended by this signal), stdout and stderr."""

    code: int
    stdout: str
    stderr: str


def run_command(
    args: Sequence[str | os.PathLike[str]],
    progress: Callable[[str], object] | None = None,
    *,
    quiet: bool = False,
) -> Finished:
    """Runs the command with these arguments and waits for its end.

    What it says on stderr (progress, remarks) is passed on line by line while it runs: to
    ``progress``, or to ``sys.stderr`` without it, so that a notebook shows it. With ``quiet``
    nothing is passed on. The line that says why the command failed is not passed on either:
    :func:`expect` makes an exception of it.

    Ctrl-C (``KeyboardInterrupt``) asks the command to end, waits for its end for at most
    two seconds, kills it if it still runs, and is raised again. Stores stay whole: each holds the
    replicates that were done, and ``selfreward.run(..., resume=True)`` goes on with it.

    >>> run_command(["--version"]).stdout.startswith("selfreward ")
    True
    """
    say = _nowhere if quiet else progress or _to_stderr
    printed: list[bytes] = []
    said: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    readers: list[threading.Thread] = []
    process: subprocess.Popen[bytes] | None = None
    mask = _interrupts_held()
    try:
        # The command begins with interrupts of the keyboard held back, and is asked to end by us: a
        # second signal would end it at once, without what it has just done.
        process = subprocess.Popen(
            [*COMMAND, *(os.fspath(arg) for arg in args)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        _release(mask)
        assert process.stdout is not None and process.stderr is not None
        for stream, take in ((process.stdout, printed.append), (process.stderr, said.put)):
            readers.append(threading.Thread(target=_drain, args=(stream, take), daemon=True))
            readers[-1].start()
        text = _pass_on(said, say)
        while (code := process.poll()) is None:
            time.sleep(_MOMENT)
        readers[0].join()
    except BaseException:
        _release(mask)
        if process is not None:
            _end(process)
        raise
    finally:
        if process is not None:
            _close(process, readers)
    return Finished(code, b"".join(printed).decode(errors="replace"), text)


def run_json(
    command: str,
    names: Iterable[str | os.PathLike[str]],
    flags: Mapping[str, Any],
    accept: Iterable[int] = (0,),
) -> tuple[Finished, dict[str, Any]]:
    """Runs a command that has ``--json=FILE``: stdout is its table, the file its document.

    ``names`` are the arguments without a flag. Exit codes other than those of ``accept`` are
    exceptions, as :func:`expect` says.
    """
    with tempfile.TemporaryDirectory(prefix="selfreward-") as folder:
        file = Path(folder, "document.json")
        line = [command, f"--json={file}", *arguments(flags), "--", *names]
        done = expect(run_command(line, quiet=bool(flags.get("quiet"))), accept)
        if not file.exists():
            raise ValueError(f"selfreward {command} gave no result: {done.stdout.strip()}")
        document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return done, document


def expect(done: Finished, accept: Iterable[int] = (0,)) -> Finished:
    """The same, or an exception with the command's own sentence.

    Raises:
        ValueError: it was refused (exit code 2), or nothing was selected (5).
        OSError: it was refused for a file that is not there, or cannot be read or written.
        RuntimeError: it failed while running (1), or was ended by a signal.
        KeyboardInterrupt: it was interrupted (130).

    >>> expect(Finished(2, "", "error: --mu = x: expected a number"))
    Traceback (most recent call last):
        ...
    ValueError: --mu = x: expected a number
    """
    if done.code in accept:
        return done
    _refuse(done)


def _refuse(done: Finished) -> NoReturn:
    lines = done.stderr.splitlines()
    found = [line.split(": ", 1)[1] for line in lines if line.startswith(_REASONS)]
    # What is no sentence of the command's own (a crash of the interpreter) is shown whole.
    reason = "\n".join(found) or done.stderr.strip() or done.stdout.strip()
    if done.code in (130, -signal.SIGINT):
        raise KeyboardInterrupt
    if done.code < 0:
        raise RuntimeError(f"the command was ended by signal {-done.code}: {reason}")
    if done.code == 2:
        for words, kind in _FILES:
            if words in reason:
                raise kind(reason)
        raise ValueError(reason)
    if done.code == 5:
        raise ValueError(f"nothing selected: {reason}")
    raise RuntimeError(reason or f"the command ended with exit code {done.code}")


def arguments(flags: Mapping[str, Any]) -> list[str]:
    """Keywords as flags of the command.

    An underscore is a hyphen, and one at the end is left out (``from_``). ``True`` is a switch;
    ``None`` and ``False`` are nothing. A list repeats the flag; a mapping repeats it with
    ``KEY=VALUE``, the value as TOML. A float is written so that it is read as the same double.

    >>> arguments({"max_rounds": 3, "rho": 0.1, "quick": True, "out": None, "from_": ["a", "b"]})
    ['--max-rounds=3', '--rho=0.1', '--quick', '--from=a', '--from=b']
    >>> arguments({"set": {"process.samples": [64, 1024], "process.preset": "spin"}})
    ['--set=process.samples=[64, 1024]', '--set=process.preset="spin"']
    """
    line: list[str] = []
    for keyword, value in flags.items():
        flag = "--" + keyword.rstrip("_").replace("_", "-")
        value = _plain(value)
        if isinstance(value, Mapping):
            value = [f"{key}={toml(one)}" for key, one in value.items()]
        for one in value if isinstance(value, (list, tuple)) else [value]:
            one = _plain(one)
            if one is True:
                line.append(flag)
            elif one is not None and one is not False:
                line.append(f"{flag}={_word(flag, one)}")
    return line


def toml(value: Any) -> str:
    """A value as TOML: text, number, truth value, or lists and mappings of these.

    >>> toml({"levels": [1, 2.5], "same": True, "name": 'a "b"'})
    '{ levels = [1, 2.5], same = true, name = "a \\\\"b\\\\"" }'
    """
    value = _plain(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return "nan" if math.isnan(value) else repr(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (str, os.PathLike)):
        # The escapes of JSON are escapes of TOML, which also asks for one of DEL.
        return json.dumps(os.fspath(value), ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{toml_key(key)} = {toml(one)}" for key, one in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(toml, value)) + "]"
    raise TypeError(
        f"{value!r} is {type(value).__name__}; expected a text, a number, a truth value, a list or "
        "a mapping"
    )


def toml_key(key: str) -> str:
    """A key as TOML; one with dots leads into sections, as in ``process.samples``."""
    bare = key.replace(".", "").replace("_", "").replace("-", "")
    return key if bare.isascii() and bare.isalnum() else json.dumps(key, ensure_ascii=False)


def _word(flag: str, value: Any) -> str:
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, (str, os.PathLike)):
        return os.fsdecode(value)
    if isinstance(value, int):
        return str(value)
    path = getattr(value, "path", None)
    if isinstance(path, os.PathLike):
        return os.fsdecode(path)
    raise TypeError(
        f"{flag} = {value!r}: expected a text, a number, a path, a truth value or a list"
    )


def _plain(value: Any) -> Any:
    """Scalars and arrays of NumPy as the values of Python that they equal."""
    if isinstance(value, (bool, str, bytes)) or value is None:
        return value
    if type(value).__module__ == "numpy" and hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real) and not isinstance(value, float):
        return float(value)
    return value


def _to_stderr(text: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(text)
        sys.stderr.flush()


def _nowhere(_: str) -> None:
    pass


def _pass_on(said: queue.SimpleQueue[bytes], say: Callable[[str], object]) -> str:
    """Takes lines to the last one; gives all, and passes on each but those of an exception."""
    text: list[str] = []
    while True:
        try:
            # Other libraries (polars) have the system go on with a call that a signal has broken
            # off: one that waits for ever would hear of no interrupt.
            line = said.get(timeout=_MOMENT)
        except queue.Empty:
            continue
        if not line:
            return "".join(text)
        words = line.decode(errors="replace")
        text.append(words)
        if not words.startswith(_REASONS):
            say(words)


def _drain(stream: IO[bytes], take: Callable[[bytes], object]) -> None:
    """Takes every line of a stream, and an empty one for its end."""
    with stream:
        for line in stream:
            take(line)
    take(b"")


def _interrupts_held() -> set[Any] | None:
    """Holds interrupts of the keyboard back, for this thread and what it starts."""
    if os.name != "posix":
        return None
    return signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def _release(mask: set[Any] | None) -> None:
    if mask is not None:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends a command that still runs: it is asked to, and killed if it does not."""
    try:
        # To the command this is an interrupt like that of the keyboard: exit code 130.
        process.terminate()
        process.wait(PATIENCE)
    except BaseException:
        # It took too long, or the user asked a second time.
        process.kill()
        process.wait()


def _close(process: subprocess.Popen[bytes], readers: list[threading.Thread]) -> None:
    for reader in readers:
        # It closes its stream at the end of it.
        reader.join(PATIENCE)
    for stream in (process.stdout, process.stderr)[len(readers) :]:
        if stream is not None:
            stream.close()
