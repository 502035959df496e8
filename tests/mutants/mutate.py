"""Plants errors in a copy of the tree, one build for all of them, and sees which tests notice.

    python3 -m venv target/venv && target/venv/bin/pip install tree-sitter tree-sitter-rust
    target/venv/bin/python tests/mutants/mutate.py prepare    # draws, writes, builds, times the tests
    target/venv/bin/python tests/mutants/mutate.py run        # every mutant; goes on where it stopped
    target/venv/bin/python tests/mutants/mutate.py table      # the table of docs/mutants.md

`prepare` draws sites by the hash of their line and a pinned seed, so that the draw hardly changes with the source. It also runs
each test by itself, notes how long it takes and which mutants it reaches; `run` gives a mutant to the tests that reach it, the
quickest first, until one fails. `retest` builds the tests of the tree anew and forgets the survivors, so that `run` tries these
again. Everything is in target/mutants, the outcome in results.csv there.
"""

import argparse
import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import sites

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "target" / "mutants"
TREE = WORK / "tree"
PLAN, TESTS, RESULTS = WORK / "mutants.json", WORK / "tests.json", WORK / "results.csv"

DRAWN_FROM = tuple(
    f"src/{name}"
    for name in ("metrics/", "papers/fu2026/theory/", "stats/", "claims/weigh/", "process/", "policy.rs", "instance/", "linalg/")
)
CONSTANTS_OF = DRAWN_FROM + tuple(
    f"src/{name}" for name in ("claims/", "papers/", "decoding.rs", "logits.rs")
)
COLUMNS = ["name", "file", "line", "kind", "original", "mutated", "outcome", "test", "tests reached"]

# A test that takes ten times as long as it did, and a few seconds more, has been stopped by the mutant.
SLOWER, GRACE = 10, 20

CHOOSER = '''//! Which mutant runs: the one that the environment names, or none; `trace` notes which ones are reached.

use std::fs::File;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

static CHOSEN: OnceLock<u32> = OnceLock::new();
static REACHED: [AtomicBool; 4096] = [const { AtomicBool::new(false) }; 4096];

/// Whether mutant `number` is to run.
pub fn is(number: u32) -> bool {
    let chosen = *CHOSEN.get_or_init(|| match std::env::var("MUTANT").as_deref() {
        Ok("trace") => u32::MAX,
        Ok(number) => number.parse().unwrap(),
        Err(_) => 0,
    });
    if chosen == u32::MAX && !REACHED[number as usize].swap(true, Ordering::Relaxed) {
        let folder = std::env::var("MUTANT_TRACE").unwrap();
        File::create(Path::new(&folder).join(number.to_string())).unwrap();
    }
    chosen == number
}
'''


def tracked():
    """The files of the tree, those not yet committed too."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def place(name, content=None):
    """Writes a file of the copy if it is not there like this already: what has not changed is not compiled again."""
    content = (ROOT / name).read_bytes() if content is None else content.encode()
    target = TREE / name
    if not target.exists() or target.read_bytes() != content:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        target.chmod((ROOT / name).stat().st_mode if (ROOT / name).exists() else 0o644)


def cargo(*arguments):
    """Cargo in the copy; its messages as JSON."""
    environment = dict(os.environ, CARGO_TARGET_DIR=str(WORK / "target"), CARGO_TERM_COLOR="never")
    environment.setdefault("CARGO_BUILD_JOBS", "2")
    # A commit must not make everything be built anew.
    environment["GIT_CEILING_DIRECTORIES"] = str(WORK)
    command = ["cargo", *arguments, "--release", "--message-format=json"]
    done = subprocess.run(command, cwd=TREE, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    messages = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return done, messages


def write(sources, chosen):
    """The copy with the chosen sites as choices; mutant k is the k-th, from 1."""
    numbered = list(enumerate(chosen, 1))
    for name in tracked():
        if name in sources:
            content = sites.rewrite(name, sources[name], numbered)
            place(name, content + "\npub mod mutant;\n" if name == "src/lib.rs" else content)
        else:
            place(name)
    place("src/mutant.rs", CHOOSER)


def refused(messages, chosen):
    """The sites that do not compile: those nearest to the lines that the compiler complains of."""
    bad = set()
    for message in messages:
        told = message.get("message", {})
        if message.get("reason") != "compiler-message" or told.get("level") != "error" or not told.get("spans"):
            continue
        for span in told["spans"]:
            lines = (TREE / span["file_name"]).read_text().splitlines()
            for margin in (0, 3, 10, 40):
                near = lines[max(0, span["line_start"] - 1 - margin):span["line_end"] + margin]
                numbers = re.findall(r"mutant::is\((\d+)\)", "\n".join(near))
                if numbers:
                    bad |= {chosen[int(number) - 1].name for number in numbers}
                    break
    return bad


def prepare(options):
    """Draws the mutants, writes and builds the copy, times the tests."""
    sources = {name: (ROOT / name).read_text() for name in tracked() if re.fullmatch(r"src/.*\.rs", name)}
    drawn_from = [
        site
        for file, source in sources.items() if file.startswith(DRAWN_FROM)
        for site in sites.expressions(file, source)
    ]
    order = sorted(drawn_from, key=lambda site: sites.key(options.seed, site.name))
    constants = sites.constant_uses(sources, CONSTANTS_OF)
    print(f"{len(order)} sites of expressions, {len(constants)} of constants")
    dropped = set()
    while True:
        # One mutant a place: the first drawn.
        taken, places = [], set()
        for site in order:
            at = (site.file, site.places[0][0], site.places[0][1])
            if site.name not in dropped and at not in places and len(taken) < options.mutants:
                taken.append(site)
                places.add(at)
        chosen = taken + [site for site in constants if site.name not in dropped]
        write(sources, chosen)
        done, messages = cargo("check", "--lib")
        if done.returncode == 0:
            break
        bad = refused(messages, chosen)
        print(f"{len(bad)} do not compile: {sorted(bad)}", flush=True)
        if not bad:
            sys.exit(done.stderr[-3000:])
        dropped |= bad
    plan = [
        {"name": s.name, "file": s.file, "line": s.line, "kind": s.kind, "original": s.original, "mutated": s.mutated}
        for s in chosen
    ]
    PLAN.write_text(json.dumps(plan, indent=1))
    print(f"{len(plan)} mutants", flush=True)
    build()


def build():
    """Builds the tests of the copy and runs each by itself, without a mutant: its time, and which mutants it reaches."""
    done, messages = cargo("test", "--tests", "--no-run")
    if done.returncode != 0:
        sys.exit(done.stderr[-3000:])
    before = {(t["program"], t["test"]): t for t in json.loads(TESTS.read_text())} if TESTS.exists() else {}
    tests = []
    for message in messages:
        if message.get("reason") != "compiler-artifact" or not message.get("executable"):
            continue
        if not message["profile"]["test"]:
            continue
        program, executable = message["target"]["name"], message["executable"]
        sources = digest(program)
        listed = subprocess.run([executable, "--list", "--format", "terse"], capture_output=True, text=True, check=True)
        for test in re.findall(r"^(.*): test$", listed.stdout, re.M):
            known = before.get((program, test))
            if known and known["sources"] == sources:
                tests.append(dict(known, executable=executable))
                continue
            trace = WORK / "trace"
            shutil.rmtree(trace, ignore_errors=True)
            trace.mkdir(parents=True)
            outcome, seconds = run_test(executable, test, "trace", 600)
            if outcome != "passed":
                print(f"left out: {program} {test} {outcome} without a mutant", flush=True)
                continue
            reached = sorted(int(entry.name) for entry in trace.iterdir())
            tests.append(
                {"program": program, "test": test, "executable": executable, "sources": sources, "seconds": seconds,
                 "reached": reached}
            )
    TESTS.write_text(json.dumps(tests))
    print(f"{len(tests)} tests, {sum(t['seconds'] for t in tests):.0f} s one by one", flush=True)


def digest(program):
    """What the reach of a program's tests depends on: the mutants, and its own sources."""
    files = [PLAN, *sorted((TREE / "tests" / program).rglob("*"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files if file.is_file())).hexdigest()


def run_test(executable, test, mutant, limit):
    """Runs one test: passed, failed, or timed out, and its time in seconds."""
    environment = dict(
        os.environ, MUTANT=str(mutant), MUTANT_TRACE=str(WORK / "trace"), CARGO_MANIFEST_DIR=str(TREE),
        RAYON_NUM_THREADS="1", RUST_BACKTRACE="0",
    )
    start = time.monotonic()
    process = subprocess.Popen(
        [executable, "--exact", test, "--test-threads=1"], cwd=TREE, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )
    try:
        outcome = "passed" if process.wait(limit) == 0 else "failed"
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.wait()
        outcome = "timed out"
    return outcome, time.monotonic() - start


def results():
    """The rows written so far, by name."""
    if not RESULTS.exists():
        return {}
    with RESULTS.open() as file:
        return {row["name"]: row for row in csv.DictReader(file)}


def save(rows):
    """Replaces the table of results."""
    part = RESULTS.with_suffix(".part")
    with part.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows.values())
    part.replace(RESULTS)


def run(options):
    """Runs every mutant that has no row yet."""
    plan, tests, rows = json.loads(PLAN.read_text()), json.loads(TESTS.read_text()), results()
    for number, mutant in enumerate(plan, 1):
        if mutant["name"] in rows or (options.only and mutant["name"] not in options.only):
            continue
        reaching = sorted((t for t in tests if number in t["reached"]), key=lambda t: t["seconds"])
        row = dict(mutant, outcome="survived", test="", **{"tests reached": len(reaching)})
        spent = 0.0
        for tried, test in enumerate(reaching):
            spent += test["seconds"]
            if tried and spent > options.budget:
                row["test"] = f"the quickest {tried} of {len(reaching)} tests"
                break
            outcome, _ = run_test(test["executable"], test["test"], number, SLOWER * test["seconds"] + GRACE)
            if outcome != "passed":
                row |= {"outcome": outcome, "test": f"{test['program']} {test['test']}"}
                break
        rows[mutant["name"]] = row
        save(rows)
        print(*(row[column] for column in COLUMNS), sep=" | ", flush=True)


def retest(options):
    """Takes over the tests of the tree, builds them, and forgets who survived the old ones (of those named, if any)."""
    for name in tracked():
        if name.startswith("tests/"):
            place(name)
    build()
    again = lambda row: row["outcome"] == "survived" and row["name"] in (options.only or [row["name"]])
    save({name: row for name, row in results().items() if not again(row)})


def table(_):
    """Prints the results as a table in Markdown, in the order of the plan."""
    rows = results()
    print("| where | kind | original | mutated | outcome | by |\n| --- | --- | --- | --- | --- | --- |")
    for mutant in json.loads(PLAN.read_text()):
        row = rows.get(mutant["name"])
        if row and row["outcome"] != "not run":
            code = lambda source: "`" + re.sub(r"\s+", " ", source).replace("|", "\\|") + "`"
            where = f"{row['file'].removeprefix('src/')}:{row['line']}"
            shown = (where, row["kind"], code(row["original"]), code(row["mutated"]), row["outcome"], row["test"])
            print("| " + " | ".join(shown) + " |")


def main():
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["prepare", "run", "retest", "table"])
    parser.add_argument("--mutants", type=int, default=80, help="how many expressions are drawn")
    parser.add_argument("--seed", default="1", help="of the draw")
    parser.add_argument("--budget", type=float, default=float("inf"), help="seconds of tests for a mutant, as timed")
    parser.add_argument("--only", nargs="*", help="names of mutants to run or to try again")
    options = parser.parse_args()
    {"prepare": prepare, "run": run, "retest": retest, "table": table}[options.command](options)


if __name__ == "__main__":
    main()
