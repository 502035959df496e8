"""What a run is in Python: a mapping, tables, a figure, what it says of itself."""

from __future__ import annotations

import builtins
import concurrent.futures
import io
import pydoc
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import DIM, child, command, same_bits, same_run, small

import selfreward as sr
from selfreward import _core

KEYS: dict[str, Any] = {"samples": 64, "rounds": 2, "replicates": 3, "beta": 1.0}


@pytest.fixture(scope="module")
def run() -> sr.Run:
    return sr.simulate(
        {"measure": {"levels": [0, 2], "delta": [0.5, 0.1], "also": ["correct_probability"]}},
        **small(),
        **KEYS,
        first_replicate=5,
        keep_theta=True,
        metrics={"twice": lambda state: 2.0 * state.t},
    )


# A mapping.


def test_a_run_is_a_mapping(run: sr.Run) -> None:
    assert isinstance(run, Mapping)
    names = list(run)
    assert len(run) == len(names) == len(set(names)) > 20
    assert names == list(run.keys()) == list(run.definitions)
    assert "kappa" in run and "failure_0.1" in run and "twice" in run and "kapa" not in run
    assert all(value.shape == (3, 3) for value in run.values())
    for name, value in run.items():
        same_bits(value, run[name])
    assert run.get("kapa") is None
    assert all(run.definitions[name] for name in run)


def test_a_quantity_of_one_column_has_its_name() -> None:
    one = sr.simulate(**small(), **KEYS, delta=[0.25])
    same_bits(one["failure"], one["failure_0.25"])
    assert "failure_0.25" in list(one) and "failure" not in list(one)


def test_keys_that_are_not_there(run: sr.Run) -> None:
    with pytest.raises(
        KeyError, match="kapa: expected one of run.definitions; the nearest is kappa"
    ):
        run["kapa"]
    with pytest.raises(KeyError, match=r"failure: expected one of failure_0\.5, failure_0\.1"):
        run["failure"]
    with pytest.raises(
        KeyError, match="accuracy_level: expected one of accuracy_level_0, accuracy_level_2"
    ):
        run["accuracy_level"]


def test_steps_have_no_value_at_the_start(run: sr.Run) -> None:
    assert np.isnan(run["diversity"][:, 0]).all() and np.isfinite(run["diversity"][:, 1:]).all()
    assert np.isfinite(run["kappa"]).all()


def test_what_a_run_says_of_itself(run: sr.Run) -> None:
    assert run.seed == 1 and list(run.replicate) == [5, 6, 7] and list(run.t) == [0, 1, 2]
    assert run.complete and list(run.measured) == [3, 3, 3]
    assert run.config["process"]["samples"] == 64 and run.config["instance"]["kind"] == "npz"
    assert run.derived["beta"] == 1.0
    assert "[process]" in run.toml and "samples = 64" in run.toml
    assert run.csv.splitlines()[0].startswith("t,kappa_mean,kappa_lo,kappa_hi")
    assert len(run.csv.splitlines()) == 4
    assert run.document["schema"] == 1 and len(run.document["rounds"]) == 3
    shown = repr(run)
    assert "kappa" in shown and "(3 replicates" in shown
    assert max(map(len, shown.splitlines())) <= 100 and not shown.endswith("\n")


def test_a_run_repeats_itself(run: sr.Run) -> None:
    again = sr.simulate(
        run.config, **small(), keep_theta=True, metrics={"twice": lambda state: 2.0 * state.t}
    )
    same_run(again, run)
    word = sr.simulate(kind="tabular", prompts=3, responses=2, rounds=1, seed="0x" + "1f" * 32)
    assert word.seed == "0x" + "1f" * 32
    same_run(sr.simulate(word.config), word)


def test_beta_follows_the_samples() -> None:
    assert sr.simulate(**small(), samples=64, rounds=1).derived["beta"] == 0.125


# Tables.


def test_pandas(run: sr.Run) -> None:
    pandas = pytest.importorskip("pandas")
    frame = run.to_pandas()
    assert isinstance(frame, pandas.DataFrame) and frame.shape == (9, 2 + len(run))
    assert list(frame.columns) == ["replicate", "t", *run]
    assert list(frame["replicate"]) == [5] * 3 + [6] * 3 + [7] * 3
    assert list(frame["t"]) == [0, 1, 2] * 3
    for name in run:
        same_bits(frame[name].to_numpy().reshape(3, 3), run[name])


def test_polars(run: sr.Run) -> None:
    polars = pytest.importorskip("polars")
    frame = run.to_polars()
    assert isinstance(frame, polars.DataFrame) and frame.shape == (9, 2 + len(run))
    assert frame.columns == ["replicate", "t", *run]
    assert frame["replicate"].to_list() == [5] * 3 + [6] * 3 + [7] * 3
    for name in run:
        same_bits(frame[name].to_numpy().reshape(3, 3), run[name])


def test_xarray(run: sr.Run) -> None:
    xarray = pytest.importorskip("xarray")
    dataset = run.to_xarray()
    assert isinstance(dataset, xarray.Dataset)
    assert dict(dataset.sizes) == {
        "replicate": 3,
        "t": 3,
        "delta": 2,
        "level": 2,
        "coordinate": DIM,
    }
    assert list(dataset["delta"].values) == [0.5, 0.1]
    assert list(dataset["level"].values) == [0, 2]
    assert list(dataset["replicate"].values) == [5, 6, 7]
    same_bits(dataset["kappa"].values, run["kappa"])
    same_bits(dataset["twice"].values, run["twice"])
    assert dataset["failure"].dims == ("replicate", "t", "delta")
    for delta in (0.5, 0.1):
        same_bits(dataset["failure"].sel(delta=delta).values, run[f"failure_{delta}"])
    for level in (0, 2):
        same_bits(dataset["accuracy_level"].sel(level=level).values, run[f"accuracy_level_{level}"])
    same_bits(dataset["theta"].values, run.theta)
    assert dataset["kappa"].attrs["definition"] == run.definitions["kappa"]
    assert dataset.attrs["config"] == run.toml and dataset.attrs["version"] == sr.__version__
    # Every quantity is there, under its name without δ or level.
    bases = {str(name) for name in dataset.data_vars}
    assert all(any(name == base or name.startswith(f"{base}_") for base in bases) for name in run)


CONVERSIONS: dict[str, Callable[[sr.Run], Any]] = {
    "pandas": sr.Run.to_pandas,
    "polars": sr.Run.to_polars,
    "xarray": sr.Run.to_xarray,
}


@pytest.mark.parametrize("package", CONVERSIONS)
def test_a_package_that_is_not_there(
    package: str, run: sr.Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    said = (
        rf"{package} is not installed: pip install selfreward\[{package}\]"
    )
    with pytest.raises(ImportError, match=said):
        CONVERSIONS[package](run)


def test_the_package_needs_numpy_alone() -> None:
    found = child(
        """
        import json, sys
        for name in ("pandas", "polars", "xarray", "matplotlib", "scipy", "IPython"):
            sys.modules[name] = None
        import selfreward as sr
        run = sr.simulate(kind="tabular", prompts=3, responses=2, rounds=1)
        print(json.dumps({"svg": run.plot().svg[:4], "rows": len(run.csv.splitlines())}))
        """
    )
    assert found == {"svg": "<svg", "rows": 3}


# Figures.


def test_a_figure_shows_and_saves_itself(run: sr.Run, tmp_path: Path) -> None:
    figure = run.plot()
    assert figure._repr_svg_() == figure.svg and figure.svg.startswith("<svg")
    heads = {"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF"}
    for ending, head in heads.items():
        path = figure.save(str(tmp_path / f"run.{ending.upper()}"))
        assert path == tmp_path / f"run.{ending.upper()}" and path.read_bytes().startswith(head)
    figure.save(tmp_path / "run.SVG")
    with pytest.raises(
        ValueError, match=r"run\.gif: expected one of svg, png, pdf, csv as its ending"
    ):
        figure.save(tmp_path / "run.gif")
    with pytest.raises(OSError, match="nowhere"):
        figure.save(tmp_path / "nowhere" / "run.svg")
    assert repr(figure).startswith("Figure trajectory (svg, png, pdf, csv)")


# Warnings, help, progress.


def test_remarks_become_warnings() -> None:
    with pytest.warns(UserWarning) as caught:
        run = sr.simulate(**small(), **KEYS, preset="sharpening-sft", ridge=0.1)
    assert [str(warning.message) for warning in caught] == run.remarks
    assert "enters no fit" in run.remarks[0]
    # They point at the line that called.
    assert {warning.filename for warning in caught} == {__file__}
    assert sr.simulate(**small(), **KEYS).remarks == []


def test_help_lists_every_key() -> None:
    text = sr.simulate.__doc__
    assert text is not None
    keys = _core.keys()
    assert len(keys) > 50
    for section, name, _, owners, meaning, default in keys:
        head, _, rest = text.partition(f"    [{section}]\n")
        assert head and rest
        of_section = rest.split("\n\n")[0]
        owned = f"{', '.join(owners)}: " if owners else ""
        assert f"      {name}: {owned}{meaning} [{default}]\n" in of_section + "\n", name
    shown = io.StringIO()
    pydoc.Helper(output=shown)(sr.simulate)
    assert "best_of" in shown.getvalue() and "same_instance" in shown.getvalue()


def test_everything_public_is_documented() -> None:
    for name in sr.__all__:
        if name != "__version__":
            assert getattr(sr, name).__doc__, name
    for of in (sr.Run, sr.Figure, sr.State, sr.Step):
        for name in vars(of):
            if not name.startswith("_"):
                assert getattr(of, name).__doc__, f"{of.__name__}.{name}"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def slow(state: sr.State) -> float:
    time.sleep(0.08)
    return 0.0


def test_progress_is_shown_where_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    given = small() | KEYS | {"metrics": {"slow": slow}, "rounds": 4, "replicates": 2, "jobs": 1}
    for stream, wanted, shown in [
        (Terminal(), None, True),
        (io.StringIO(), None, False),
        (io.StringIO(), True, True),
        (Terminal(), False, False),
    ]:
        monkeypatch.setattr(sys, "stderr", stream)
        sr.simulate(**given, progress=wanted)
        assert ("/10 policies" in stream.getvalue()) == shown
        # The line is cleared at the end.
        assert not shown or stream.getvalue().endswith("\r")
        assert not shown or not stream.getvalue().split("\r")[-2].strip()
    # A short run shows nothing.
    monkeypatch.setattr(sys, "stderr", stream := Terminal())
    sr.simulate(**small(), **KEYS)
    assert stream.getvalue() == ""


# Configurations.


@pytest.mark.parametrize(
    ("config", "keys", "error", "said"),
    [
        (None, {"kind": "tabular", "prompts": 3}, ValueError, r"instance\.responses = absent"),
        (None, {"smaples": 3}, ValueError, "smaples = 3: expected a key.*nearest is samples"),
        (None, {"samples": "x"}, ValueError, r'process\.samples = "x": expected a whole number'),
        (None, {"samples": 2**70}, ValueError, "samples = 1180591620717411303424: expected"),
        (None, {"samples": object()}, TypeError, "samples is of type object: expected"),
        (None, {"jobs": 0}, ValueError, "jobs = 0: expected a whole number, at least 1"),
        ({"process": {"smaples": 3}}, {}, ValueError, "smaples"),
        ({"proces": {"samples": 3}}, {}, (ValueError, TypeError), "proces"),
        ("/nowhere.toml", {}, FileNotFoundError, "/nowhere.toml: does not exist"),
        (7, {}, TypeError, "config is of type int: expected a path or a dictionary"),
    ],
)
def test_what_is_wrong_is_named(config: Any, keys: Any, error: Any, said: str) -> None:
    arrays = {} if "kind" in keys else small()
    with pytest.raises(error, match=said):
        sr.simulate(config, **arrays, **keys)


def test_a_file_that_is_no_configuration(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("[process\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"bad\.toml"):
        sr.simulate(tmp_path / "bad.toml")
    instance = {"kind": "npz", "path": str(tmp_path / "bad.toml")}
    with pytest.raises(ValueError, match=r"bad\.toml"):
        sr.simulate({"instance": instance}, samples=8)


def test_what_needs_too_much_memory_is_refused() -> None:
    with pytest.raises(MemoryError, match="2147483648 replicates"):
        sr.simulate(kind="tabular", prompts=3, responses=2, rounds=10**6, replicates=2**31)


def test_later_keys_win() -> None:
    base = {"process": {"samples": 8, "rounds": 1}, "run.replicates": 2}
    run = sr.simulate(base, {"process.samples": 16, "rounds": 3}, **small(), samples=32)
    config = run.config
    assert (config["process"]["samples"], config["process"]["rounds"]) == (32, 3)
    assert config["run"]["replicates"] == 2
    same = sr.simulate(base, **small(), samples=np.int64(32), rounds=None)
    assert same.config["process"]["rounds"] == 1 and same.config["process"]["samples"] == 32


def test_a_word_or_a_table_is_a_key_not_an_array() -> None:
    arrays = small()
    table = {"self": 0.5, "external": 0.5}
    run = sr.simulate(**arrays | {"reward": table}, **KEYS)
    assert run.config["process"]["reward"] == table | {"base": 0.0}
    word = sr.simulate(
        kind="tabular", prompts=5, responses=3, answer="uniform", reward="base", **KEYS
    )
    assert word.config["instance"]["answer"] == "uniform"
    assert word.config["process"]["reward"] == "base"


def test_the_command_ends_as_it_does_elsewhere() -> None:
    assert command("--version").stdout == f"selfreward {sr.__version__}\n"
    refused = command("simulate", "--config", "/nowhere.toml")
    assert refused.returncode == 2 and "/nowhere.toml" in refused.stderr and not refused.stdout


@pytest.mark.parametrize("name", ["docqa", "smollm"])
def test_data_comes_along(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise AssertionError("a file is opened")

    monkeypatch.setattr(builtins, "open", refused)
    arrays = getattr(sr.data, name)()
    prompts = arrays["phi"].shape[0]
    assert arrays["phi"].dtype == np.float32 and arrays["phi"].flags.c_contiguous
    assert all(len(array) == prompts for key, array in arrays.items() if key != "theta0")


def test_importing_leaves_the_process_as_it_is() -> None:
    found = child(
        """
        import json, signal, threading
        before = signal.getsignal(signal.SIGINT), threading.active_count()
        import selfreward as sr
        sr.simulate(kind="tabular", prompts=3, responses=2, rounds=1)
        after = signal.getsignal(signal.SIGINT), threading.active_count()
        print(json.dumps({"same": before == after}))
        """
    )
    assert found == {"same": True}


def test_two_runs_at_once() -> None:
    keys = [KEYS | {"seed": seed, "rounds": 4} for seed in range(6)]
    expected = [sr.simulate(**small(), **each) for each in keys]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda each: sr.simulate(**small(), **each), keys))
    for one, other in zip(found, expected, strict=True):
        same_run(one, other)
