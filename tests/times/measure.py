#!/usr/bin/env python3
"""Measures every time that README.md and `selfreward list` tell, writes docs/times.json, and splices README.md's table of them.

    python3 tests/times/measure.py            on a machine that does nothing else (ten minutes on two cores)
    python3 tests/times/measure.py --full     the full profile, too (twenty minutes)
    python3 tests/times/measure.py --splice   the table alone, from docs/times.json

The first build and the first test run start from an empty folder. Of an experiment the time on all cores is told.
"""

import contextlib
import datetime
import json
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs/times.json"
README = ROOT / "README.md"


def spent(command, **environment):
    """Wall and CPU seconds of a command that must succeed (exit code 4: a verdict that the quick profile leaves open)."""
    started = time.monotonic()
    child = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 4):
        raise SystemExit(f"error: {' '.join(map(str, command))} ended with {child.returncode}")
    return {"wall": round(time.monotonic() - started, 1), "cpu": round(used.ru_utime + used.ru_stime, 1)}


def size(folder):
    """Bytes below a folder, each file once."""
    files = {stat.st_ino: stat.st_size for stat in (path.lstat() for path in folder.rglob("*") if path.is_file())}
    return sum(files.values())


def measure(work, profiles):
    """Wall and CPU time of the commands that the README tells, the first build and tests from an empty folder, the size of that
    folder, and the time of each experiment."""
    target = work / "target"
    fresh = {"CARGO_TARGET_DIR": str(target)}
    told = {"cargo build --release": spent(["cargo", "build", "--release", "--quiet"], **fresh)}
    # The tests that compare documents with what is measured here are left out.
    told["cargo test --release"] = spent(["cargo", "test", "--release", "--quiet", "--", "--skip", "times::"], **fresh)
    program = str(target / "release/selfreward")
    for words in ("verify --quick", "verify --controls --quick", *profiles.values()):
        told[f"selfreward {words}"] = spent([program, *words.split(), "-q", "--out", str(work / words)])
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text()).group(1)
    return {
        "machine": f"{os.cpu_count()} cores, {cpu}",
        "target_bytes": size(target),
        "commands": told,
        "experiments": {profile: experiments(work / words / "runs") for profile, words in profiles.items()},
    }


def experiments(stores):
    """Seconds that each experiment took on all cores, as its store says."""
    took = {}
    for store in sorted(stores.glob("*.sqlite")):
        name = store.stem.rsplit("-", 1)[0]
        with contextlib.closing(sqlite3.connect(store)) as connection:
            (started, ended), = connection.execute("SELECT started, ended FROM sessions").fetchall()
        took[name] = (datetime.datetime.fromisoformat(ended) - datetime.datetime.fromisoformat(started)).total_seconds()
    return took


def duration(seconds):
    seconds = round(seconds)
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds // 60:.0f} min {seconds % 60:02.0f} s"


def splice(times):
    lines = [f"Measured by `python3 tests/times/measure.py` on {times['machine']}:", "",
             "| command | wall time | CPU time |", "| --- | --- | --- |"]
    for command, spent_ in times["commands"].items():
        after = {"cargo build --release": ", from nothing", "cargo test --release": ", after that"}.get(command, "")
        lines.append(f"| `{command}`{after} | {duration(spent_['wall'])} | {duration(spent_['cpu'])} |")
    lines += ["", f"After both, `target/` holds {times['target_bytes'] / 1e9:.1f} GB."]
    text = README.read_text()
    spliced, count = re.subn(r"(<!-- times -->\n).*?(\n<!-- /times -->)",
                             lambda m: m.group(1) + "\n" + "\n".join(lines) + "\n" + m.group(2), text, flags=re.S)
    if count != 1:
        sys.exit("error: README.md has no place <!-- times --> … <!-- /times -->")
    README.write_text(spliced)


if __name__ == "__main__":
    if "--splice" not in sys.argv:
        with tempfile.TemporaryDirectory() as folder:
            profiles = {"quick": "reproduce --quick"} | ({"full": "reproduce"} if "--full" in sys.argv else {})
            TABLE.write_text(json.dumps(measure(pathlib.Path(folder), profiles), indent=1) + "\n")
    splice(json.loads(TABLE.read_text()))
