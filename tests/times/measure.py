#!/usr/bin/env python3
"""Measures every time that README.md and `selfreward list` tell, writes docs/times.json, and splices README.md's table of them.

    python3 tests/times/measure.py            all, on a machine that does nothing else (about half an hour on two cores)
    python3 tests/times/measure.py --splice   the table alone, from docs/times.json

The first build and the first test run start from an empty folder. Of an experiment the CPU time is told, of a command the wall time.
"""

import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs/times.json"
README = ROOT / "README.md"


def spent(command, **environment):
    """Wall and CPU seconds of a command that must succeed (exit code 4: a verdict that the quick profile leaves open)."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 4):
        sys.exit(f"error: {' '.join(map(str, command))} ended with {done.returncode}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": round(wall, 1), "cpu": round(cpu, 1)}


def size(folder):
    """Bytes below a folder, each file once."""
    files = {stat.st_ino: stat.st_size for stat in (path.lstat() for path in folder.rglob("*") if path.is_file())}
    return sum(files.values())


def measure():
    work = pathlib.Path(tempfile.mkdtemp())
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text()).group(1)
    commands = {}
    fresh = {"CARGO_TARGET_DIR": str(work / "target")}
    commands["cargo build --release"] = spent(["cargo", "build", "--release", "--quiet"], **fresh)
    commands["cargo test --release"] = spent(["cargo", "test", "--release", "--quiet"], **fresh)
    target = size(work / "target")
    program = str(work / "target/release/selfreward")
    for words in (["verify", "--quick"], ["verify", "--controls", "--quick"]):
        commands[f"selfreward {' '.join(words)}"] = spent([program, *words, "-q", "--out", str(work / "verify")])
    for words in (["reproduce", "--quick"], ["reproduce"]):
        commands[f"selfreward {' '.join(words)}"] = spent([program, *words, "-q", "--out", str(work / "reproduce")])
    names = [line for line in subprocess.run([program, "list"], capture_output=True, text=True).stdout.split("\n")
             if line and not line.startswith(" ")]
    experiments = {}
    for name in names:
        each = {profile: spent([program, "run", name, f"--{profile}", "-q", "--jobs", "1", "--force", "--out", str(work / "one")])["cpu"]
                for profile in ("quick", "full")}
        experiments[name] = each
    shutil.rmtree(work)
    return {"machine": f"{os.cpu_count()} cores, {cpu}", "target_bytes": target, "commands": commands, "experiments": experiments}


def duration(seconds):
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds // 60:.0f} min {seconds % 60:02.0f} s"


def splice(times):
    lines = [f"Measured by `python3 tests/times/measure.py` on {times['machine']}:", "",
             "| command | wall time | CPU time |", "| --- | --- | --- |"]
    for command, spent_ in times["commands"].items():
        first = ", from nothing" if command == "cargo build --release" else ", after the build" if command.startswith("cargo test") else ""
        lines.append(f"| `{command}`{first} | {duration(spent_['wall'])} | {duration(spent_['cpu'])} |")
    lines += ["", f"After both, `target/` holds {times['target_bytes'] / 1e9:.1f} GB."]
    text = README.read_text()
    spliced, count = re.subn(r"(<!-- times -->\n).*?(\n<!-- /times -->)",
                             lambda m: m.group(1) + "\n" + "\n".join(lines) + "\n" + m.group(2), text, flags=re.S)
    if count != 1:
        sys.exit("error: README.md has no place <!-- times --> … <!-- /times -->")
    README.write_text(spliced)


if __name__ == "__main__":
    if "--splice" not in sys.argv:
        TABLE.write_text(json.dumps(measure(), indent=1) + "\n")
    splice(json.loads(TABLE.read_text()))
