"""Ctrl-C: ends within a second, and gives back what is done."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import child, same_bits, small

import selfreward as sr

# A run that is interrupted by SIGINT after some time, in a process of its own; what it says of it.
PROGRAM = """
    import json, os, signal, sys, threading, time, warnings
    import numpy as np, selfreward as sr

    signal.signal(signal.SIGINT, signal.default_int_handler)
    given = json.loads(sys.argv[1])
    after, keys, slow = given["after"], given["keys"], given.get("slow", 0.0)
    sent = []

    def interrupt():
        time.sleep(after)
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    def metric(state):
        # In small pieces, as Python code that works: a signal is seen by the main thread.
        until = time.monotonic() + slow
        while time.monotonic() < until:
            time.sleep(0.001)
        return float(state.t)

    calls = {"metrics": {"own": metric}} if slow else {}
    said = {"raised": None, "warned": [], "measured": None}
    threading.Thread(target=interrupt, daemon=True).start()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            run = sr.simulate(keys, keep_theta=True, **calls)
        except KeyboardInterrupt as error:
            said["raised"] = str(error)
    said["took"] = time.monotonic() - sent[0] if sent else None
    said["warned"] = [(w.category.__name__, str(w.message)) for w in caught]
    if said["raised"] is None:
        said |= {
            "measured": run.measured.tolist(),
            "complete": run.complete,
            "repr": repr(run),
        }
        np.savez(given["file"], theta=run.theta, **{f"of {name}": run[name] for name in run})
        try:
            run.csv
        except ValueError as error:
            said["csv"] = str(error)
    print(json.dumps(said), flush=True)
    # Threads that still work are left to themselves.
    os._exit(0)
"""

TABULAR: dict[str, Any] = {
    "kind": "tabular",
    "prompts": 50,
    "responses": 8,
    "samples": 2048,
    "beta": 3.0,
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a run's arrays are left."""
    return tmp_path / "run.npz"


def interrupted(file: Path, after: float, slow: float = 0.0, **keys: Any) -> dict[str, Any]:
    given = {"file": str(file), "after": after, "keys": keys, "slow": slow}
    said: dict[str, Any] = child(PROGRAM, json.dumps(given))
    return said


def whole(file: Path, said: dict[str, Any], keys: dict[str, Any]) -> int:
    """What is done is what an uninterrupted run has, what is missing is NaN; how many are done."""
    measured = np.array(said["measured"])
    with np.load(file) as archive:
        found = {name: archive[name] for name in archive.files}
    short = keys | {"rounds": int(max(measured.max() - 1, 1)), "replicates": len(measured)}
    expected = sr.simulate(short, keep_theta=True)
    done = np.arange(keys["rounds"] + 1) < measured[:, None]
    until = expected["kappa"].shape[1]
    assert not done[:, until:].any()
    for name in expected:
        values = found[f"of {name}"]
        assert np.isnan(values[~done]).all()
        same_bits(values[:, :until][done[:, :until]], expected[name][done[:, :until]])
    theta = found["theta"]
    assert np.isnan(theta[~done]).all() and expected.theta is not None
    same_bits(theta[:, :until][done[:, :until]], expected.theta[done[:, :until]])
    assert np.isfinite(theta[done]).all()
    return int(measured.sum())


def test_what_is_done_is_given_back(file: Path) -> None:
    keys = TABULAR | {"rounds": 400, "replicates": 4}
    # The metric paces the rounds, however fast the engine is: no replicate ends within a second.
    said = interrupted(file, 1.0, slow=0.004, **keys)
    assert said["raised"] is None and said["complete"] is False
    assert said["took"] < 1
    done = whole(file, said, keys)
    assert 0 < done < 4 * 401
    (category, text) = said["warned"][-1]
    assert category == "RuntimeWarning"
    assert text == f"interrupted: {done} of {4 * 401} policies were measured; the others are NaN"
    assert "no replicate ran to its end" in said["csv"] and "no replicate" in said["repr"]


def test_replicates_that_ended_are_summarised(file: Path) -> None:
    keys = TABULAR | {"rounds": 2, "replicates": 400}
    said = interrupted(file, 0.5, slow=0.004, **keys)
    assert said["raised"] is None and said["complete"] is False and said["took"] < 1
    measured = np.array(said["measured"])
    assert (measured == 3).any() and (measured == 0).any() and "csv" not in said
    assert "kappa" in said["repr"]
    whole(file, said, keys)


def test_a_slow_callable_is_left_to_itself(file: Path) -> None:
    # Each metric takes longer than a second may.
    said = interrupted(file, 1.0, slow=30.0, **TABULAR | {"rounds": 3, "replicates": 2})
    assert said["raised"] == "before any round was measured" and said["took"] < 1


def test_one_long_round_is_left_to_itself(file: Path) -> None:
    # Responses by the million: a single round takes many seconds.
    keys: dict[str, Any] = {
        "kind": "gaussian",
        "prompts": 3000,
        "responses": 40,
        "dim": 300,
        "rounds": 3,
        "samples": 10**7,
        "replicates": 1,
    }
    said = interrupted(file, 1.0, **keys)
    assert said["took"] < 1
    assert said["raised"] == "before any round was measured" or sum(said["measured"]) == 1


def test_nothing_measured_is_an_interrupt(file: Path) -> None:
    said = interrupted(file, 0.3, slow=0.6, **TABULAR | {"rounds": 3, "replicates": 2})
    # The metric that is at work ends within what a thread may take, and stops there.
    assert said["took"] < 1
    assert said["raised"] == "before any round was measured" or sum(said["measured"]) <= 2


@pytest.mark.parametrize("work", ["time.sleep(0.001)", "pass"])
def test_a_process_that_was_interrupted_ends_well(work: str) -> None:
    # ``child`` asks for exit code 0: the callable is at work still when the interpreter ends.
    said = child(
        f"""
        import json, os, signal, threading, time
        import selfreward as sr

        signal.signal(signal.SIGINT, signal.default_int_handler)

        def slow(state):
            until = time.monotonic() + 3
            while time.monotonic() < until:
                {work}
            return 1.0

        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        try:
            sr.simulate(kind="tabular", prompts=5, responses=3, metrics={{"slow": slow}})
            print(json.dumps("a run"))
        except KeyboardInterrupt:
            print(json.dumps("interrupted"))
        """
    )
    assert said == "interrupted"


def test_a_second_run_goes_as_the_first() -> None:
    program = """
        import json, os, signal, sys, threading, warnings
        import selfreward as sr

        signal.signal(signal.SIGINT, signal.default_int_handler)
        warnings.simplefilter("ignore")
        keys = dict(kind="tabular", prompts=20, responses=4, samples=64, beta=3.0)
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        first = sr.simulate(**keys, rounds=500_000, replicates=2)
        again = sr.simulate(**keys, rounds=3, replicates=2)
        kappas = [again["kappa"].tolist(), first["kappa"][:, :4].tolist()]
        print(json.dumps([first.complete, again.complete, *kappas]))
        sys.stdout.flush()
        os._exit(0)
    """
    first, again, kappa, before = child(program)
    assert not first and again
    same_bits(kappa, before)


def test_an_interrupt_of_ones_own_comes_through() -> None:
    error = KeyboardInterrupt("mine")

    def metric(state: sr.State) -> float:
        raise error

    with pytest.raises(KeyboardInterrupt) as raised:
        sr.simulate(**small(), samples=64, rounds=1, metrics={"own": metric})
    assert raised.value is error


def test_other_threads_go_on() -> None:
    ended = threading.Event()
    turns = 0

    def work() -> None:
        nonlocal turns
        while not ended.is_set():
            turns += 1
            time.sleep(0.001)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        took, turned, rounds = 0.0, 0, 100
        # However fast the engine is: long enough to tell.
        while took < 0.5:
            before, start, rounds = turns, time.monotonic(), 2 * rounds
            sr.simulate(TABULAR | {"rounds": rounds, "replicates": 4})
            took, turned = time.monotonic() - start, turns - before
    finally:
        ended.set()
        thread.join()
    # Were the lock held, there would be none. A busy machine wakes a thread every 20 ms at least.
    assert turned > took / 0.02
