"""README.md's table of docs/peers.json."""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs/peers.json"
README = ROOT / "README.md"
HEAD = ["work", "selfreward", "straightforward script", "expert's script", "at least, by QR"]


def digits(value):
    """Two digits at least, without an exponent."""
    rounded = float(f"{value:.1e}")
    return f"{rounded:.0f}" if rounded >= 10 else f"{rounded:#.2g}"


def seconds(value):
    """Seconds, milliseconds or microseconds."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if value >= 0.1 * size:
            return f"{digits(value / size)} {unit}"
    return f"{digits(value / 1e-6)} µs"


def beside(row, name):
    """A peer's time, and how many times ours it is; a dash where it has none."""
    if name not in row:
        return "–"
    return f"{seconds(row[name])}: {digits(row[name] / row['ours'])} times"


def lines(peers):
    """The words before the table, and the table."""
    command = "`python3 benches/peer/run.py`"
    where = f"one core of {peers['machine']}, with {peers['versions']}"
    told = [f"Measured by {command} on {where}:", ""]
    told += [f"| {' | '.join(HEAD)} |", f"|{' --- |' * len(HEAD)}"]
    for row in peers["rows"].values():
        peak = f", peak {row['peak'] / 1e9:.2f} GB" if "peak" in row else ""
        least = f"{seconds(row['floor'])}: {row['least']}"
        own = seconds(row["ours"]) + peak
        cells = [row["work"], own, beside(row, "plain"), beside(row, "expert"), least]
        told.append(f"| {' | '.join(cells)} |")
    return [*told, "", verdict(peers["rows"].values())]


def verdict(rows):
    """Where the program is ahead of an expert's script, and where by far."""
    ratios = [row["expert"] / row["ours"] for row in rows if "expert" in row]
    ahead, far = sum(ratio > 1.0 for ratio in ratios), sum(ratio >= 5.0 for ratio in ratios)
    script = "the expert's script"
    return f"It is ahead of {script} in {ahead} of {len(ratios)} rows, five times or more in {far}."


def splice():
    """Writes the table into README.md."""
    peers = json.loads(TABLE.read_text(encoding="utf-8"))
    inner = "\n".join(lines(peers))
    spliced, count = re.subn(
        r"(<!-- peers -->\n).*?(\n<!-- /peers -->)",
        lambda m: f"{m.group(1)}\n{inner}\n{m.group(2)}",
        README.read_text(encoding="utf-8"),
        flags=re.S,
    )
    if count != 1:
        sys.exit("error: README.md has no place <!-- peers --> … <!-- /peers -->")
    README.write_text(spliced, encoding="utf-8")
