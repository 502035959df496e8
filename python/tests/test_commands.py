"""The commands as functions, against the command itself."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import slow_definition

from selfreward import _child, _commands, _store
from selfreward._child import Finished, arguments, expect, run_command

PLAN: dict[str, Any] = {
    "kappa0": 3,
    "target_failure": 0.1,
    "gamma": 1.0,
    "mu": 0.3,
    "dim": 4,
    "radius": 5,
}

CONFIG: dict[str, Any] = {
    "instance": {"kind": "gaussian", "prompts": 8, "responses": 4, "dim": 3},
    "process.rounds": 2,
    "run": {"replicates": 3},
}
CONFIG_TEXT = """
[instance]
kind = "gaussian"
prompts = 8
responses = 4
dim = 3
[process]
rounds = 2
[run]
replicates = 3
"""

SLOWLY: dict[str, Any] = {"profile": "slow"}

#: Two cells whose rows a claim is weighed on.
OWN = """
name = "own"
claims = { C9 = "holds" }
[[part]]
name = "p"
[part.base.instance]
kind = "tabular"
prompts = 6
responses = 3
[part.base.process]
rounds = 2
[part.base.measure]
chain = true
[part.grid]
"process.samples" = [16, 64]
[part.full]
replicates = 3
"""


def command(*line: str | os.PathLike[str], code: int = 0) -> str:
    """What the command itself prints."""
    done = subprocess.run(
        [*_child.COMMAND, *map(str, line)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == code, done.stderr
    return done.stdout.rstrip()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Commands write into a folder of the test."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of a definition of one's own."""
    place = tmp_path_factory.mktemp("own")
    (place / "own.toml").write_text(OWN)
    command("run", place / "own.toml", "--out", place, "-q")
    return place / "own-full.sqlite"


def test_a_plan_is_the_commands() -> None:
    found = _commands.plan(**PLAN)
    line = ["plan", *arguments(PLAN)]
    assert found.json == json.loads(command(*line, "--json"))
    assert repr(found) == command(*line)
    assert dict(found) == found.json and found["best"]["rounds"] == 1
    frame = found.to_pandas()
    assert list(frame["samples"]) == [one["samples"] for one in found["plans"]] and len(frame) == 20
    with pytest.raises(KeyError, match="the nearest is plans"):
        print(found["plan"])


def test_a_plan_takes_a_configuration_from_a_dict_or_a_file(folder: Path) -> None:
    (folder / "c.toml").write_text(CONFIG_TEXT)
    of_file = _commands.plan(from_="c.toml", radius=50, target_failure=0.1, quiet=True)
    of_dict = _commands.plan(from_=CONFIG, radius=50, target_failure=0.1, quiet=True)
    assert of_file["plans"] == of_dict["plans"]
    assert (
        of_file["from"]["values"] == of_dict["from"]["values"]
        and of_file["from"]["values"]["dim"] == 3
    )
    assert of_file.json == json.loads(
        command("plan", "--from=c.toml", "--radius=50", "--target-failure=0.1", "--json")
    )


def test_a_description_is_the_commands(folder: Path) -> None:
    (folder / "c.toml").write_text(CONFIG_TEXT)
    found = _commands.describe("c.toml", set={"process.samples": 512}, quiet=True)
    line = ["describe", "c.toml", "--set=process.samples=512", "-q"]
    assert found.json == json.loads(command(*line, "--json"))
    assert repr(found) == command(*line)
    of_dict = _commands.describe(CONFIG, set={"process.samples": 512}, quiet=True)
    assert of_dict["quantities"] == found["quantities"]
    values = {row.name: row["value"] for row in found.rows}
    assert values["dim"] == 3 and len(values) == len(found["quantities"])


def test_a_comparison_is_the_commands(folder: Path) -> None:
    (folder / "c.toml").write_text(CONFIG_TEXT)
    found = _commands.compare(
        "c.toml", set_b={"process.beta": 2.0}, y=["kappa", "drift"], t=[1, 2], quiet=True
    )
    line = [
        "compare",
        "c.toml",
        "--set-b",
        "process.beta=2.0",
        "--y",
        "kappa,drift",
        "--t",
        "1,2",
        "-q",
    ]
    assert found.json == json.loads(command(*line, "--json"))
    assert repr(found) == command(*line)
    assert [(row.quantity, row.t) for row in found.rows] == [
        ("kappa", 1),
        ("kappa", 2),
        ("drift", 1),
        ("drift", 2),
    ]


def test_stores_are_compared_by_path_or_opened(own: Path) -> None:
    line: list[str | Path] = ["compare", own, "--by", "process.samples=16,64", "-q"]
    expected = json.loads(command(*line, "--json"))
    for store in (own, _store.open_store(own)):
        found = _commands.compare(store, by="process.samples=16,64", quiet=True)
        assert found.json == expected and len(found.rows) > 0


def test_loops_and_experiments_are_the_commands() -> None:
    expected = json.loads(command("loops", "--json"))["loops"]
    found = _commands.loops()
    assert list(found) == expected and len(found) == len(expected) > 10
    assert (
        "diverges for every β" in repr(found) and "<td>self-rewarding</td>" in found._repr_html_()
    )
    assert _commands.loops("spin") == next(one for one in expected if one["name"] == "spin")
    with pytest.raises(ValueError, match="loop = 'spn': expected one of .*; the nearest is spin"):
        _commands.loops("spn")
    listed = _commands.experiments()
    assert list(listed) == json.loads(command("list", "--json"))["experiments"]
    assert {"hard_instance", "league"} <= {one.name for one in listed}
    assert list(listed.to_pandas()["full.cells"]) == [one.full["cells"] for one in listed]


def test_citations_are_the_commands() -> None:
    assert _commands.cite() == command("cite")
    assert _commands.cite("C18", "spin") == command("cite", "C18", "spin")
    with pytest.raises(ValueError, match="the nearest is"):
        _commands.cite("C18.prinetd")


def test_a_ledger_is_the_commands(folder: Path) -> None:
    ledger = _commands.verify("C16", "C1", profile="quick", quiet=True)
    assert ledger.json == json.loads(command("verify", "C16", "C1", "--quick", "-q", "--json"))
    assert repr(ledger) == command("verify", "C16", "C1", "--quick", "-q")
    assert ledger._repr_html_().startswith("<pre>") and "κ ≤ 1 + K/μ" in ledger._repr_html_()
    assert ledger.exit_code == 0 and ledger.ok and ledger.settled
    assert ledger.verdicts == {row.id: row["verdict"] for row in ledger} and len(ledger) == 5
    assert ledger.verdicts["C16.linear"] == "holds"
    assert ledger.verdicts["C16.from-integral"] == "violated"
    first = ledger[0]
    assert (first.id, first.measured["value"]) == (first["id"], first["measured"]["value"])
    assert isinstance(first.measured["value"], float)
    with pytest.raises(AttributeError, match="the nearest is verdict"):
        first.verdikt
    frame = ledger.to_pandas()
    assert list(frame["verdict"]) == list(ledger.verdicts.values())
    assert list(frame["evidence.cells"]) == [row.evidence["cells"] for row in ledger]
    assert ledger.to_polars()["id"].to_list() == list(ledger.verdicts)


def test_false_variants_are_rows_of_a_ledger() -> None:
    ledger = _commands.verify("C16", profile="quick", controls=True, quiet=True)
    assert ledger.ok and ledger.settled and all(row.caught for row in ledger)
    assert repr(ledger) == command("verify", "C16", "--quick", "--controls", "-q")
    assert ledger.json == json.loads(
        command("verify", "C16", "--quick", "--controls", "-q", "--json")
    )


def test_claims_are_weighed_on_stores(own: Path) -> None:
    expected = json.loads(command("verify", "C9", "--from", own, "-q", "--json"))
    for store in (own, str(own), [own], _store.open_store(own), [_store.open_store(own)]):
        ledger = _commands.verify("C9", from_=store, quiet=True)
        assert ledger.json == expected and ledger.ok
    assert list(ledger.verdicts.values()) == ["holds"] and "on own (full" in next(
        iter(ledger.verdicts)
    )
    with pytest.raises(ValueError, match="from_ is empty"):
        _commands.verify("C9", from_=[])


def test_verdicts_that_are_not_settled_are_no_exception_and_not_ok(own: Path) -> None:
    # What this claim asks for was not measured.
    command("verify", "C10", "--from", own, "-q", code=4)
    ledger = _commands.verify("C10", from_=own, quiet=True)
    assert (ledger.exit_code, ledger.ok, ledger.settled) == (4, False, False)
    assert len(ledger) > 0


def test_a_contradiction_is_no_exception_and_not_ok(own: Path, folder: Path) -> None:
    (folder / "other.toml").write_text(OWN.replace('C9 = "holds"', 'C9 = "violated"'))
    store = _commands.run("other.toml", quiet=True)
    assert isinstance(store, _store.Store)
    command("verify", "C9", "--from", store.path, "-q", code=3)
    ledger = _commands.verify("C9", from_=store, quiet=True)
    assert (ledger.exit_code, ledger.ok, ledger.settled) == (3, False, True)


@pytest.mark.parametrize(
    "code, row, ok, settled",
    [
        (0, {"verdict": "holds", "expected": "holds"}, True, True),
        (3, {"verdict": "violated", "expected": "holds"}, False, True),
        (3, {"verdict": "holds", "expected": "violated"}, False, True),
        (3, {"verdict": "inconclusive", "expected": "holds"}, False, False),
        (3, {"verdict": "not-applicable", "expected": "violated"}, False, False),
        (4, {"verdict": "holds", "expected": "holds"}, False, False),
        (0, {"verdict": "inconclusive", "expected": None, "as_expected": True}, True, True),
        (3, {"verdict": "not-applicable", "expected": None, "as_expected": False}, False, False),
    ],
)
def test_what_is_ok_and_what_is_settled(
    code: int, row: dict[str, Any], ok: bool, settled: bool
) -> None:
    ledger = _commands.Ledger({"claims": [{"id": "X1", **row}]}, "", code)
    assert (ledger.ok, ledger.settled) == (ok, settled)


def test_a_ledger_without_rows_is_never_ok() -> None:
    empty = _commands.Ledger({"claims": []}, "", 0)
    assert not empty.ok and not empty.settled and empty.verdicts == {}
    with pytest.raises(KeyError):
        _commands.Ledger({"schema": 1}, "", 0)


def test_a_search_is_the_commands(folder: Path) -> None:
    found = _commands.falsify("C8.simplification", evaluations=300, out="here", quiet=True)
    line = ["falsify", "C8.simplification", "--evaluations", "300", "--out", "here", "-q"]
    assert repr(found) == command(*line)
    assert found.json == json.loads(command(*line, "--json"))
    assert found["outcome"] == "violated" and found["measured"] > found["bound"]
    assert (folder / found["saved"]).is_file()
    # A claim that applied to nothing has no numbers, and its exit code is no exception.
    none = _commands.falsify("C8.simplification", budget=1e-9, out="here", quiet=True)
    assert (none["outcome"], none["ratio"], none["growth"]) == ("never applied", None, None)


def test_infinities_are_numbers() -> None:
    assert _commands._number("inf") == np.inf and _commands._number(["-inf", 1.5]) == [-np.inf, 1.5]
    assert _commands._number("violated") == "violated" and _commands._number(None) is None


def test_a_run_gives_its_store_and_several_a_list(
    own: Path, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "own.toml").write_text(OWN)
    store = _commands.run("own.toml", out="stores")
    assert isinstance(store, _store.Store) and store.path == Path("stores/own-full.sqlite")
    assert (
        store.complete
        and store.rows()["kappa"].tobytes() == _store.open_store(own).rows()["kappa"].tobytes()
    )
    said = capfd.readouterr().err
    assert "6 of 6 replicates done" in said and "C9" in said
    # A store that is there is kept, gone on with, or replaced.
    with pytest.raises(FileExistsError, match="exists already"):
        _commands.run("own.toml", out="stores", quiet=True)
    more = _commands.run("own.toml", out="stores", resume=True, replicates=5, quiet=True)
    assert isinstance(more, _store.Store) and len(more.rows()) == 2 * 5 * 3
    several = _commands.run("own.toml", "hard_instance", profile="quick", seed=7, quiet=True)
    assert isinstance(several, list)
    assert [one.path.name for one in several] == ["own-quick.sqlite", "hard_instance-quick.sqlite"]
    assert [one.provenance["identity"]["seed"] for one in several] == ["7", "7"]
    assert capfd.readouterr().err == ""


def test_a_run_with_settings_takes_lists_of_toml(folder: Path) -> None:
    (folder / "own.toml").write_text(OWN)
    store = _commands.run(
        "own.toml", set={"process.samples": [8, 9], "process.beta": 0.1}, quiet=True
    )
    assert isinstance(store, _store.Store)
    assert [cell["process.samples"] for cell in store.cells] == [8, 9]
    assert store.config(store.cells[0].cell)["process"]["beta"] == 0.1
    with pytest.raises(ValueError, match="dry_run gives no store"):
        _commands.run("own.toml", dry_run=True)


def test_a_run_in_which_replicates_fail_says_so_and_keeps_the_others(folder: Path) -> None:
    text = OWN.replace("[part.base.process]", '[part.base.process]\nupdate = "population"')
    text = text.replace('"process.samples" = [16, 64]', '"process.beta" = [1e-200, 1.0]').replace(
        "C9", "C1"
    )
    (folder / "own.toml").write_text(
        text.replace("rounds = 2", "rounds = 4").replace("chain = true", "")
    )
    with pytest.raises(RuntimeError, match=r"3 of 6 replicates failed.*\n.*runs/own-full\.sqlite"):
        _commands.run("own.toml", quiet=True)
    store = _store.open_store("runs/own-full.sqlite")
    assert len(store.failures) == 3 and len(store.rows()) == 3 * 5


@pytest.mark.parametrize(
    "call, kind, words",
    [
        (
            lambda: _commands.plan(bogus=1),
            ValueError,
            "--bogus: expected an argument that --help names",
        ),
        (lambda: _commands.plan(**PLAN | {"mu": "x"}), ValueError, "--mu = x: expected a number"),
        (lambda: _commands.plan(kappa0=3), ValueError, "--gamma, --mu, --target-failure missing"),
        (
            lambda: _commands.plan(from_="no.npz", target_failure=0.1),
            FileNotFoundError,
            "no.npz: does not exist",
        ),
        (lambda: _commands.plan(help=True), ValueError, "gave no result"),
        (lambda: _commands.describe("no.toml"), FileNotFoundError, "no.toml: does not exist"),
        (lambda: _commands.describe({"instance": {"knd": "x"}}), ValueError, "knd"),
        (
            lambda: _commands.compare("a.toml", "b.toml"),
            FileNotFoundError,
            "a.toml: does not exist",
        ),
        (lambda: _commands.verify("C999"), ValueError, "CLAIM = C999"),
        (
            lambda: _commands.verify("C1", from_="no.sqlite"),
            FileNotFoundError,
            "no.sqlite: does not exist",
        ),
        (lambda: _commands.verify("C1", **SLOWLY), ValueError, "expected 'quick' or 'full'"),
        (
            lambda: _commands.verify("M4", controls=True, profile="quick", seeds=0),
            ValueError,
            "--seeds = 0",
        ),
        (lambda: _commands.falsify("C16"), ValueError, "one of its parts: C16.linear"),
        (lambda: _commands.falsify("C7", out=__file__), OSError, "cannot be made a folder"),
        (lambda: _commands.run("no_such"), ValueError, "experiment = no_such"),
        (lambda: _commands.run(), ValueError, "nothing selected: name one or more of"),
        (lambda: _commands.run("no.toml"), FileNotFoundError, "no.toml: does not exist"),
        (lambda: _commands.plan(mu=object()), TypeError, "--mu = <object"),
    ],
)
def test_errors_are_the_commands_sentences(
    call: Callable[[], object], kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind) as error:
        call()
    assert words in str(error.value) and not str(error.value).startswith("error:")
    assert type(error.value) is kind


@pytest.mark.parametrize(
    "done, kind, words",
    [
        (Finished(1, "", "50%\nerror: disk\n"), RuntimeError, "^disk$"),
        (
            Finished(5, "", "nothing selected: these claims\n"),
            ValueError,
            "^nothing selected: these claims$",
        ),
        (Finished(130, "", "interrupted\n"), KeyboardInterrupt, "^$"),
        (Finished(-9, "", ""), RuntimeError, "signal 9"),
        (Finished(1, "", ""), RuntimeError, "exit code 1"),
        (Finished(3, "", "unexpected: C1\n"), RuntimeError, "unexpected: C1"),
    ],
)
def test_exit_codes_are_exceptions(done: Finished, kind: type[BaseException], words: str) -> None:
    with pytest.raises(kind, match=words):
        expect(done)


def test_flags_are_written_as_the_command_reads_them() -> None:
    assert arguments(
        {"a": np.float64(0.1), "b": np.int64(3), "c": np.bool_(True), "d": Path("x")}
    ) == ["--a=0.1", "--b=3", "--c", "--d=x"]
    assert arguments({"t": np.array([1, 2]), "lambda_": -1e-300, "e": False, "f": ()}) == [
        "--t=1",
        "--t=2",
        "--lambda=-1e-300",
    ]
    exact = 0.1 + 0.2
    assert float(arguments({"x": exact})[0].split("=")[1]) == exact
    assert arguments({"x": float("inf")}) == ["--x=inf"]


def test_what_the_command_says_is_passed_on_while_it_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = (
        "import sys, time; print('first', file=sys.stderr, flush=True); time.sleep(0.5);"
        "print('error: last', file=sys.stderr); print('out' * 100000); sys.exit(2)"
    )
    monkeypatch.setattr(_child, "COMMAND", [sys.executable, "-c", script])
    heard: list[tuple[str, float]] = []
    done = run_command([], lambda text: heard.append((text, time.monotonic())))
    assert [text for text, _ in heard] == ["first\n"] and time.monotonic() - heard[0][1] > 0.4
    assert (done.code, done.stderr, len(done.stdout)) == (2, "first\nerror: last\n", 300_001)
    run_command([])
    assert capsys.readouterr().err == "first\n"
    run_command([], quiet=True)
    assert capsys.readouterr().err == ""


def test_progress_reaches_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    _commands.verify("C16.linear", profile="quick")
    assert "replicates done" in capsys.readouterr().err


@pytest.fixture
def heeding() -> Iterator[None]:
    """Interrupts are heard, even if whoever started the tests ignores them (in the background)."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt_when(ready: Callable[[], bool]) -> threading.Thread:
    """Sends this process the signal of Ctrl-C once something is the case."""

    def wait() -> None:
        end = time.monotonic() + 20
        try:
            while not ready() and time.monotonic() < end:
                time.sleep(0.02)
        finally:
            os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.usefixtures("heeding")
def test_an_interrupt_ends_the_command_and_leaves_a_sound_store(folder: Path) -> None:
    with contextlib.suppress(ImportError):
        # It has the system go on with calls that a signal breaks off.
        import polars  # noqa: F401
    (folder / "slow.toml").write_text(slow_definition(replicates=3000))
    place = folder / "runs/slow-full.sqlite"
    heard: list[float] = []

    def working() -> bool:
        if place.exists() and _store.open_store(place).provenance["counts"]["done"] > 3:
            heard.append(time.monotonic())
        return bool(heard)

    thread = interrupt_when(working)
    with pytest.raises(KeyboardInterrupt):
        _commands.run("slow.toml", quiet=True, jobs=1)
    assert heard and time.monotonic() - heard[0] < 1.5
    thread.join()
    # The command is gone (its lock, too), and its store is whole and can be gone on with.
    assert command("show", place, "--check").startswith("sound: ")
    store = _store.open_store(place)
    done = store.provenance["counts"]["done"]
    assert 3 < done < 6000 and not store.complete and len(store.rows()) == 9 * done
    assert store.provenance["sessions"][0]["outcome"] == "interrupted"
    said = command("run", "slow.toml", "--resume", "--dry-run")
    assert "slow (full)" in said


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.usefixtures("heeding")
def test_a_command_that_does_not_end_is_killed(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    script = (
        "import os, pathlib, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "pathlib.Path('pid').write_text(str(os.getpid())); pathlib.Path('ready').touch();"
        "time.sleep(60)"
    )
    monkeypatch.setattr(_child, "COMMAND", [sys.executable, "-c", script])
    thread = interrupt_when((folder / "ready").exists)
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_command([])
    thread.join()
    assert 2.0 <= time.monotonic() - start < 8
    with pytest.raises(ProcessLookupError):
        os.kill(int((folder / "pid").read_text()), 0)


@pytest.mark.parametrize("package", ["pandas", "polars"])
def test_packages_that_are_not_there_are_named(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = _commands.plan(**PLAN)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=rf"pip install selfreward\[{package}\]"):
        getattr(found, f"to_{package}")()
