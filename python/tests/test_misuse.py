"""What goes wrong: nothing hangs, and what would be left out in silence is refused or said."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from support import child, printed, same_bits, same_run, small, toml

import selfreward as sr

KEYS: dict[str, Any] = {"samples": 64, "rounds": 1, "replicates": 1, "beta": 1.0}
DRAWN: dict[str, Any] = {
    "kind": "gaussian",
    "prompts": 6,
    "responses": 3,
    "dim": 2,
    "samples": 64,
    "rounds": 1,
    "replicates": 1,
    "beta": 1.0,
}


def stay(step: sr.Step) -> NDArray[np.float64]:
    return step.theta


def simulated(*given: Any, **keys: Any) -> sr.Run:
    """A small run on arrays; any argument may be wrong."""
    return sr.simulate(*given, **(small() | KEYS | keys))


def drawn(**keys: Any) -> sr.Run:
    return sr.simulate(**(DRAWN | keys))


# Nothing hangs: a run in a process of its own, which ends in time.

LATE = """
    import json, sys, tempfile, threading, time, warnings
    import selfreward as sr

    what, jobs = sys.argv[1], int(sys.argv[2])
    # An open file that goes is remarked on, by Python code that runs in the thread.
    warnings.simplefilter("always" if what == "file" else "error", ResourceWarning)
    together = threading.Barrier(jobs)
    gone = []

    class Slow:
        def __del__(self):
            # Other threads run while it goes.
            time.sleep(0.05)
            gone.append(threading.get_ident())

    def file():
        opened = open(tempfile.mktemp(dir=sys.argv[3]), "w")
        opened.write("a" * 1000)
        return opened

    def fail(state):
        keep = Slow() if what == "slow" else file()
        # All of them raise at the same time: all but one are late.
        together.wait(20)
        raise ValueError("mine")

    keys = dict(kind="gaussian", prompts=5, responses=3, dim=2, rounds=2, samples=64, beta=1.0)
    calls = {"fit": fail} if sys.argv[4] == "fit" else {"metrics": {"own": fail}}
    said = []
    for _ in range(5):
        try:
            sr.simulate(keys, replicates=jobs, jobs=jobs, progress=False, **calls)
        except ValueError as error:
            said.append(str(error))
            error.__traceback__ = None
    print(json.dumps([said, len(gone)]))
"""


@pytest.mark.parametrize("call", ["fit", "metric"])
@pytest.mark.parametrize("what", ["file", "slow"])
@pytest.mark.parametrize("jobs", [3, 8])
def test_late_errors_of_several_threads_do_not_hang(
    what: str, jobs: int, call: str, tmp_path: Path
) -> None:
    said, gone = child(LATE, what, str(jobs), str(tmp_path), call, timeout=40)
    assert said == ["mine"] * 5
    # Each call's object has gone, those of late errors as well.
    assert gone == (5 * jobs if what == "slow" else 0)


def test_what_is_called_when_features_go_does_not_hang() -> None:
    said = child(
        """
        import json, time, weakref
        import selfreward as sr

        held, gone = [], []

        def going(reference):
            # Other threads run while they go, and ask for features of their own.
            time.sleep(0.002)
            gone.append(reference)

        def metric(state):
            held.append(weakref.ref(state.features, going))
            return 0.0

        keys = dict(kind="gaussian", prompts=5, responses=3, dim=2, rounds=2, samples=64)
        run = sr.simulate(
            keys, replicates=60, jobs=4, progress=False, metrics={"own": metric}
        )
        complete = run.complete
        del run
        print(json.dumps([complete, len(held), len(gone)]))
        """,
        timeout=40,
    )
    complete, held, gone = said
    # Instances are drawn anew for each replicate, and only those at work are kept.
    assert complete and held == 60 * 3 and gone > held // 2


@pytest.mark.parametrize("call", ["metrics", "fit"])
def test_a_run_of_a_daemon_thread_ends_with_the_interpreter(call: str) -> None:
    # ``child`` asks for exit code 0.
    said = child(
        """
        import json, sys, threading, time
        import selfreward as sr

        inside = threading.Event()

        def work(state):
            inside.set()
            until = time.monotonic() + 0.05
            while time.monotonic() < until:
                pass
            return state.theta if sys.argv[1] == "fit" else 0.0

        def go():
            keys = dict(kind="tabular", prompts=5, responses=3, rounds=1000, replicates=4)
            calls = {"fit": work} if sys.argv[1] == "fit" else {"metrics": {"own": work}}
            sr.simulate(keys, samples=64, beta=3.0, jobs=2, progress=False, **calls)

        threading.Thread(target=go, daemon=True).start()
        print(json.dumps(inside.wait(30)))
        """,
        call,
        timeout=40,
    )
    assert said is True


def test_a_warning_that_is_an_error_after_an_interrupt_has_the_run() -> None:
    said, measured, complete, kappa, expected = child(
        """
        import json, os, signal, time, warnings
        import selfreward as sr

        signal.signal(signal.SIGINT, signal.default_int_handler)
        warnings.simplefilter("error")
        calls = 0

        def metric(state):
            global calls
            calls += 1
            time.sleep(0.02)
            if calls == 6:
                os.kill(os.getpid(), signal.SIGINT)
            return 0.0

        keys = dict(kind="tabular", prompts=5, responses=3, samples=64, beta=3.0)
        own = dict(jobs=1, metrics={"own": metric}, progress=False)
        try:
            sr.simulate(keys, rounds=400, replicates=2, **own)
            raise SystemExit("no warning")
        except RuntimeWarning as error:
            said, run = str(error), error.run
        done = int(run.measured[0])
        again = sr.simulate(keys, rounds=done - 1, replicates=1, progress=False)
        kappas = run["kappa"][0, :done].tolist(), again["kappa"][0].tolist()
        print(json.dumps([said, run.measured.tolist(), run.complete, *kappas]))
        """,
        timeout=40,
    )
    total = sum(measured)
    assert said == f"interrupted: {total} of 802 policies were measured; the others are NaN"
    assert complete is False
    assert 6 <= measured[0] < 401 and measured[1] == 0
    same_bits(kappa, expected)


def test_a_remark_that_is_an_error_has_the_run() -> None:
    phi = np.asfortranarray(small()["phi"])
    with pytest.raises(UserWarning, match="phi is not in C order") as raised:
        simulated(phi=phi)
    run = getattr(raised.value, "run")
    assert isinstance(run, sr.Run) and run.complete
    same_run(run, simulated())


# Metrics.

OTHERS = ("t", "replicate", "theta", "delta", "level", "coordinate")


@pytest.mark.parametrize("name", OTHERS)
def test_a_metric_is_not_called_as_an_axis(name: str) -> None:
    said = rf'^metrics\["{name}"\]: expected a name other than .*\b{name}\b'
    with pytest.raises(ValueError, match=said):
        simulated(metrics={name: lambda _: 1.0})
    # A name that has it within is one's own.
    same_bits(simulated(metrics={f"{name}_own": lambda _: 1.0})[f"{name}_own"], [[1.0, 1.0]])


@pytest.mark.parametrize("given", [[len], (len,), {len}, len, "own", 3])
def test_metrics_are_a_dictionary(given: Any) -> None:
    with pytest.raises(TypeError, match="^metrics is no dictionary: expected callables by name"):
        simulated(metrics=given)


@pytest.mark.parametrize("given", [3, "mean", None, np.ones(2)])
def test_a_metric_is_a_callable(given: Any) -> None:
    said = rf'^metrics\["own"\] is of type {type(given).__name__}: expected a callable$'
    with pytest.raises(ValueError, match=said):
        simulated(metrics={"own": given})


@pytest.mark.parametrize("shape", [(1,), (1, 1), (3,), (0,)])
def test_a_metric_gives_no_array(shape: tuple[int, ...]) -> None:
    said = re.escape(f'metrics["own"] gave an array of shape {shape}: expected a number')
    # Before NumPy warns of one entry that stands for a number.
    with pytest.raises(ValueError, match=f"^{said}$"):
        simulated(metrics={"own": lambda _: np.ones(shape)})


# A fit of one's own does the work: what it cannot do is refused.


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"ridge": 0.5}, "process.ridge = 0.5: expected 0 beside fit"),
        ({"judge_noise": 1.0}, "process.judge_noise = 1.0: expected 0 beside fit"),
        ({"population": True}, "process.population = true: expected an update that draws"),
        ({"update": "population"}, 'process.update = "population": expected an update that draws'),
        ({"update": "gradient"}, 'process.update = "gradient": expected erm, win-rate'),
        ({"update": "finite-class"}, 'process.update = "finite-class": expected erm, win-rate'),
        ({"choice": "min-norm"}, 'process.choice = "min-norm": expected nearest beside fit'),
        ({"reward": {"vote_of": 3}}, "process.reward = { vote_of = 3 }: expected no votes beside"),
        (
            {"preset": "majority-reward"},
            "process.reward = { vote_of = 5 }: expected no votes beside fit",
        ),
    ],
)
def test_what_an_own_fit_would_leave_out_is_refused(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}"):
        drawn(**keys, fit=stay)
    # It is the fit that does not go with it.
    assert drawn(**keys).complete


@pytest.mark.parametrize(
    "keys",
    [
        {"ridge": 0.0, "judge_noise": 0.0, "choice": "nearest", "population": False},
        {"radius": 9.0},
        {"update": "win-rate", "reward": {"vote_of": 3}},
        {"update": "logistic", "reward": {"vote_of": 3}},
        {"update": "likelihood", "beta": None},
    ],
)
def test_what_goes_with_an_own_fit(keys: dict[str, Any]) -> None:
    run = drawn(**keys, fit=stay)
    assert run.complete and run.fit == "stay"
    same_bits(run["kappa"][:, 1], run["kappa"][:, 0])


def test_ranks_are_lost_by_the_loops_own_fit_alone(tmp_path: Path) -> None:
    arrays = small()
    np.savez(tmp_path / "small.npz", **arrays)
    sections: dict[str, Any] = {
        "instance": {"kind": "npz", "path": str(tmp_path / "small.npz")},
        "process": {"samples": 4, "rounds": 3, "beta": 1.0},
        "measure": {"also": ["rank_losses"]},
        "run": {"replicates": 4},
    }
    rounds = printed("simulate", "--config", toml(tmp_path / "run.toml", sections))["rounds"]
    keys: dict[str, Any] = {"samples": 4, "rounds": 3, "beta": 1.0, "replicates": 4}
    keys["also"] = ["rank_losses"]
    engine = sr.simulate(**arrays, **keys)["rank_losses"]
    for t, row in enumerate(rounds[1:], start=1):
        same_bits(engine[:, t], row["rank_losses"]["values"])
    assert np.isnan(engine[:, 0]).all() and (engine[:, 1:] > 0).any()
    own = sr.simulate(**arrays, **keys, fit=stay)
    assert np.isnan(own["rank_losses"]).all() and np.isfinite(own["kappa"]).all()


# Keys.


@pytest.mark.parametrize(
    "call",
    [
        lambda: simulated(smaples=None),
        lambda: simulated({"smaples": None}),
        lambda: simulated({"process.smaples": None}),
        lambda: simulated({"process": {"smaples": None}}),
        lambda: simulated(None, {"smaples": None}),
        lambda: simulated(None, {"process.smaples": None}),
    ],
)
def test_a_key_that_there_is_not_is_refused_with_nothing_too(call: Callable[[], sr.Run]) -> None:
    said = r"smaples.*expected a.*key.*nearest is (process\.)?samples"
    with pytest.raises(ValueError, match=said):
        call()


@pytest.mark.parametrize(
    "given",
    [
        ({"ridge": None},),
        ({"process.ridge": None, "process": {"radius": None}},),
        (None, {"ridge": None, "process.radius": None}),
    ],
)
def test_a_key_with_nothing_is_as_if_it_were_not_there(given: tuple[Any, ...]) -> None:
    run = simulated(*given, judge_noise=None)
    assert run.config == simulated().config
    same_run(run, simulated())


def test_a_key_under_two_names_is_refused() -> None:
    arrays = small()
    both: dict[str, Any] = {"samples": 32, "process.samples": 128}
    said = r"samples and (process\.)?samples are one key: expected one of both"
    with pytest.raises(ValueError, match=said):
        sr.simulate(None, both, **arrays, rounds=1)
    with pytest.raises(ValueError, match=said):
        sr.simulate(**arrays, rounds=1, **both)
    for one in ({"samples": 32}, {"process.samples": 32}):
        assert sr.simulate(None, one, **arrays, rounds=1).config["process"]["samples"] == 32


@pytest.mark.parametrize("at", ["keywords", "settings", "a dictionary", "dotted", "a section"])
def test_beta_has_one_of_two_forms(at: str) -> None:
    both: dict[str, Any] = {"beta": 1.0, "beta_over_sqrt_n": 2.0}
    dotted = {f"process.{key}": value for key, value in both.items()}
    given: dict[str, tuple[Any, ...]] = {
        "keywords": (),
        "settings": (None, both),
        "a dictionary": (both,),
        "dotted": (dotted,),
        "a section": ({"process": both},),
    }
    said = r"^(process\.)?beta and (process\.)?beta_over_sqrt_n: expected only one of them$"
    with pytest.raises(ValueError, match=said):
        sr.simulate(*given[at], **small(), **(both if at == "keywords" else {}))


def test_one_form_of_beta_is_laid_over_the_other() -> None:
    keys: dict[str, Any] = {"samples": 64, "rounds": 1}
    run = sr.simulate({"process": keys | {"beta": 1.0}}, **small(), beta_over_sqrt_n=16.0)
    assert "beta" not in run.config["process"] and run.derived["beta"] == 16 / 8


# Presets.


def preset_of(preset: str) -> sr.Run:
    keys = {key: value for key, value in KEYS.items() if key != "beta"}
    return sr.simulate(**small(), **keys, preset=preset)


@pytest.mark.parametrize(
    ("first", "second", "keys"),
    [
        ("spin", "self-rewarding", ["reward"]),
        ("majority-sft", "self-rewarding", ["update", "accept"]),
        ("majority-sft", "unfiltered", ["accept"]),
        ("curation", "self-rewarding", ["reward", "update", "best_of", "choose"]),
        ("curation", "unfiltered", ["reward", "best_of", "choose"]),
        ("preference-dpo", "self-rewarding", ["update"]),
    ],
)
def test_a_preset_over_the_keys_of_another_is_said(
    first: str, second: str, keys: list[str]
) -> None:
    before = preset_of(first)
    said = f'^preset = "{second}" is not all of this loop: keys beside it win, process'
    with pytest.warns(UserWarning, match=said) as warned:
        run = sr.simulate(before.config, **small(), preset=second)
    (text,) = [str(warning.message) for warning in warned]
    assert re.findall(r"process\.(\w+) = ", text) == keys
    # It is so: they win.
    for key in keys:
        assert run.config["process"][key] == before.config["process"][key]


@pytest.mark.parametrize("preset", ["spin", "curation", "unfiltered"])
def test_a_preset_over_its_own_keys_is_nothing_to_say(preset: str) -> None:
    run = preset_of(preset)
    # A warning would be an error.
    same_run(sr.simulate(run.config, **small(), preset=preset), run)


@pytest.mark.parametrize(
    ("preset", "key", "value"),
    [
        ("unfiltered", "best_of", 4),
        ("self-rewarding", "memory", "all"),
        ("self-rewarding", "reference", "base"),
    ],
)
def test_a_key_that_makes_a_preset_another_loop_is_said(
    preset: str, key: str, value: Any
) -> None:
    keys: dict[str, Any] = KEYS | {"beta": None, "rounds": 3, "preset": preset}
    said = f'^preset = "{preset}" is not all of this loop: keys beside it win, process.{key} = '
    with pytest.warns(UserWarning, match=said):
        other = sr.simulate(**small(), **keys, **{key: value})
    assert (other["kappa"] != sr.simulate(**small(), **keys)["kappa"]).any()


# Arrays that are something else.


@pytest.mark.parametrize("ragged", [False, True])
def test_probabilities_as_logits_are_said(ragged: bool) -> None:
    offset = np.array([[0.5, 0.25, 0.25], [0.1, 0.6, 0.3]])
    arrays: dict[str, Any] = {"offset": offset}
    if ragged:
        offset[1] = 0.1, 0.9, np.nan
        arrays["num_responses"] = np.array([3, 2])
    keys: dict[str, Any] = {"samples": 64, "rounds": 1, "replicates": 1}
    with pytest.warns(UserWarning, match="^offset has rows of probabilities that sum to 1"):
        sr.simulate(**arrays, **keys)
    with pytest.warns(UserWarning, match="^offset has rows of probabilities that sum to 1"):
        sr.simulate(arrays, **keys)
    # Their logarithms, and numbers that do not sum to one, are nothing to remark on.
    sr.simulate(**arrays | {"offset": np.log(offset)}, **keys)
    sr.simulate(**arrays | {"offset": offset * 2}, **keys)


def test_a_configuration_is_neither_run_nor_array() -> None:
    run = simulated()
    with pytest.raises(TypeError, match=r"^config is a Run: expected its run\.config"):
        sr.simulate(run)
    same_run(sr.simulate(run.config, **small()), run)
    given: Any
    for given, kind in ((small()["phi"], "ndarray"), ([1], "list"), (3, "int")):
        said = f"^config is of type {kind}: expected a path or a dict"
        with pytest.raises(TypeError, match=said):
            sr.simulate(given)


# A run as a mapping.


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (0, r"^0: expected the name of a quantity \(run\.definitions\)$"),
        (("kappa", 0), r"^\('kappa', 0\): expected the name of a quantity"),
        ("failure_0.9", r"^failure_0\.9: is measured on request, simulate\(…, delta=\[0\.9\]"),
        ("rank_losses", r"^rank_losses: is measured on request, simulate\(…, also="),
        ("kapa", r"^kapa: expected one of run\.definitions; the nearest is kappa$"),
        ("failure", r"^failure: expected one of failure_0\.5, failure_0\.1$"),
    ],
)
def test_what_a_run_does_not_have(name: Any, said: str) -> None:
    run = simulated()
    with pytest.raises(KeyError) as raised:
        run[name]
    assert re.search(said, raised.value.args[0])
    assert name not in run and run.get(name) is None


def test_what_is_asked_for_is_there() -> None:
    run = simulated(delta=[0.9], also=["rank_losses"])
    assert run["failure_0.9"].shape == run["rank_losses"].shape == (1, 2)
    # The only one stands for itself.
    same_bits(run["failure"], run["failure_0.9"])


def test_a_run_is_equal_to_itself_alone() -> None:
    run, again = simulated(), simulated()
    same_run(run, again)
    assert (run == run) is True and (run != run) is False
    assert (run == again) is False and (run == dict(run)) is False
    assert hash(run) == hash(run) and {run: 1, again: 2}[run] == 1 and len({run, again, run}) == 2


# Commands.


def test_claims_are_names_of_their_own() -> None:
    given: Any
    for given in (["M4"], ("M4",), 4, None):
        said = rf"^claim = {re.escape(repr(given))}: expected names, each an argument"
        with pytest.raises(TypeError, match=said):
            sr.verify(given)


def test_a_run_in_memory_is_no_source() -> None:
    run: Any = drawn()
    said = r"^this is a Run in memory: expected a file, its run\.config, or a store$"
    for call in (
        lambda: sr.describe(run),
        lambda: sr.compare(run, run),
        lambda: sr.compare(run.config, run),
        lambda: sr.plan(from_=run),
        lambda: sr.bound("epsilon", from_=run, n=100, radius=6.0),
    ):
        with pytest.raises(TypeError, match=said):
            call()
    assert sr.describe(run.config)["quantities"]["kappa0"]["value"] == run["kappa"][0, 0]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("level", 3),
        ("correct", True),
        ("theta0", "zeros"),
        ("reward", {"self": 1}),
        ("samples", 64),
        ("process.samples", 64),
        ("instance", {"kind": "npz"}),
    ],
)
def test_arrays_are_described_without_keys(key: str, value: Any) -> None:
    arrays = {"offset": np.log([[0.5, 0.25, 0.25]])}
    with pytest.raises(ValueError, match=rf"^{re.escape(f'{key} = {value!r}')} beside arrays"):
        sr.describe(arrays | {key: value})


# Bounds.

EPSILON: dict[str, Any] = {"dim": 16, "beta": 1e-4, "radius": 6.0}


@pytest.mark.parametrize("empty", [[], np.array([]), np.zeros((0, 3)), np.zeros((2, 0))])
def test_a_bound_at_no_point_is_refused(empty: Any) -> None:
    said = re.escape(f"n has shape {np.shape(empty)}: expected at least one point")
    with pytest.raises(ValueError, match=f"^{said}$"):
        sr.bound("epsilon", n=empty, **EPSILON)


@pytest.mark.parametrize("empty", [[], np.array([])])
def test_a_list_without_numbers_is_refused(empty: Any) -> None:
    with pytest.raises(ValueError, match=r"^probabilities has shape \(0,\): expected a list"):
        sr.bound("best-of-n", probabilities=empty, best_of=2)


@pytest.mark.parametrize("n", [1e6, [1e6, 1e8]])
def test_a_bound_from_arrays_is_that_from_their_file(n: Any, tmp_path: Path) -> None:
    arrays = {name: array for name, array in small().items() if name != "offset"}
    np.savez(tmp_path / "arrays.npz", **arrays)
    keys: dict[str, Any] = {"n": n, "beta": 1e-4, "radius": 6.0}
    of_file = sr.bound("epsilon", from_=tmp_path / "arrays.npz", **keys)
    of_arrays = sr.bound("epsilon", from_=arrays, **keys)
    same_bits(of_arrays, of_file)
    assert list(of_arrays.intermediates) == list(of_file.intermediates)
    for name, value in of_file.intermediates.items():
        same_bits(of_arrays.intermediates[name], value)
    assert of_arrays.assumptions.keys() == of_file.assumptions.keys()
    assert repr(of_arrays) == repr(of_file)
    # The features' dimension comes from there, which it needs.
    assert (np.asarray(of_arrays.intermediates["dim"]) == arrays["phi"].shape[2]).all()
    with pytest.raises(ValueError, match="dim"):
        sr.bound("epsilon", **keys)


def test_an_error_of_a_bound_names_arrays_and_no_file_of_the_package() -> None:
    with pytest.raises(ValueError, match="^arrays: it has fixed logits"):
        sr.bound("epsilon", from_=small(), n=1e6, beta=1e-4, radius=6.0)


# Stores.


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> sr.Store:
    """Two cells with two replicates each."""
    folder = tmp_path_factory.mktemp("two cells")
    definition = """
        name = "mine"
        [[part]]
        name = "p"
        [part.base.instance]
        kind = "tabular"
        prompts = 6
        responses = 3
        [part.base.process]
        rounds = 2
        [part.grid]
        "process.samples" = [16, 64]
        [part.full]
        replicates = 2
    """
    (folder / "mine.toml").write_text(inspect.cleandoc(definition), encoding="utf-8")
    made = sr.run(folder / "mine.toml", out=folder, quiet=True)
    assert isinstance(made, sr.Store)
    return made


@pytest.mark.parametrize("at", [0, 1])
def test_a_record_of_a_cell_stands_for_its_id(store: sr.Store, at: int) -> None:
    record, other = store.cells[at], store.cells[1 - at]
    ours, named = store.rows(cell=record), store.rows(cell=record["cell"])
    assert list(ours) == list(named) and (ours["cell"] == record["cell"]).all()
    for name in store.quantities:
        same_bits(ours[name], named[name])
    assert len(ours["kappa"]) == 6 and (ours["kappa"] != store.rows(cell=other)["kappa"]).any()
    assert store.config(record) == store.config(record["cell"]) != store.config(other)
    assert store.config(record, replicate=1) == store.config(record["cell"], replicate=1)
    assert store.config(record)["process"]["samples"] == record["process.samples"]


@pytest.mark.parametrize(
    "config",
    [
        {"samples": 64, "process.samples": 128},
        {"process": {"samples": 64}, "samples": 128},
    ],
)
def test_a_dictionary_names_a_key_once(config: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="are one key: expected one of both"):
        sr.simulate(config, kind="tabular", prompts=5, responses=3, rounds=1)


def test_a_section_that_there_is_not_is_refused_with_the_nearest_key() -> None:
    with pytest.raises(ValueError, match=r"proces = .*: expected a key of the configuration"):
        sr.simulate({"proces": {"samples": None}}, kind="tabular", prompts=5, responses=3)
