"""Exports made-up arrays with examples/export_features.py and simulates from what it wrote.

    python3 check.py path/to/export_features.py path/to/selfreward FOLDER

Oracle: κ_0 and accuracy from the made-up logits by a textbook softmax, never from the exported file.
"""

import importlib.util
import json
import pathlib
import subprocess
import sys

import numpy as np

script, selfreward, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
spec = importlib.util.spec_from_file_location("export_features", script)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
rng = np.random.default_rng(1)

counts = np.array([5, 1, 3, 8, 2, 6])
ends = np.cumsum(counts)[:-1]
total, dim = counts.sum(), 4
weights = np.array([1.0, 2.0, 0.5, 3.0, 1.0, 2.5])
answer = np.array([4, 0, 1, 7, 1, 2])


def command(name, *flags, code=0, **arrays):
    """Saves the arrays, exports them by the command; gives the output's path and what was printed."""
    source, target = folder / f"{name}-in.npz", folder / f"{name}.npz"
    np.savez(source, **arrays)
    done = subprocess.run([sys.executable, script, source, target, *flags], capture_output=True, text=True)
    assert done.returncode == code, (name, done.returncode, done.stdout, done.stderr)
    return target, done.stdout + done.stderr


def simulated(path):
    """Round 0 of a simulation from the file."""
    config = folder / "config.toml"
    config.write_text(f"[instance]\nkind = 'npz'\npath = '{path}'\n[process]\nsamples = 64\nbeta = 1.0\nrounds = 2\n")
    run = [selfreward, "simulate", "--config", config, "--json", "-q", "--replicates", "2"]
    done = subprocess.run(run, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    rounds = json.loads(done.stdout)["rounds"]
    assert len(rounds) == 3
    return rounds[0]


def expected(logits, weights):
    """κ_0 and accuracy of the logits of ragged prompts."""
    p, kappa, right = weights / weights.sum(), 0.0, 0.0
    for x, z in enumerate(np.split(logits, ends)):
        kappa += p[x] * np.exp(z - z.max()).sum()
        right += p[x] * (z.argmax() == answer[x])
    return kappa, right


def agrees(path, logits, weights):
    found, (kappa, right) = simulated(path), expected(logits, weights)
    # 1e-9: least squares on 25 well-conditioned rows, logits of order ten.
    assert abs(found["kappa"]["mean"] - kappa) < 1e-9 * kappa, (path, found["kappa"]["mean"], kappa)
    assert abs(found["accuracy"]["mean"] - right) < 1e-12, (path, found["accuracy"]["mean"], right)


# Logits that are linear in the features but for a constant a prompt; features of norm far above 1; flat and ragged.
features = 3.0 * rng.standard_normal((total, dim))
theta = rng.standard_normal(dim)
logits = features @ theta + np.repeat(rng.standard_normal(len(counts)), counts)
rest = dict(num_responses=counts, prompt_weights=weights, answer=answer)
path, said = command("linear", features=features, logits=logits, **rest)
agrees(path, logits, weights)
assert "100.00% of the prompts" in said and "theta0 multiplied" in said, said
with np.load(path) as written:
    assert np.linalg.norm(written["phi"], axis=2).max() <= 1.0 + 1e-12
    assert abs(written["prompt_weights"].sum() - 1.0) < 1e-12

# The same, padded with numbers that must not count; in single precision it would not agree to 1e-9.
padded = np.full((len(counts), counts.max() + 1, dim), 1e6)
padded_logits = np.full(padded.shape[:2], 1e6)
inside = np.arange(padded.shape[1]) < counts[:, None]
padded[inside], padded_logits[inside] = features, logits
again, _ = command("padded", features=padded, logits=padded_logits, **rest)
with np.load(path) as one, np.load(again) as other:
    assert sorted(one.files) == sorted(other.files)
    for name in one.files:
        np.testing.assert_array_equal(one[name], other[name], err_msg=name)

# Embeddings: logits are C times the inner products; small norms stay as they are; uniform weights.
prompts, responses = rng.standard_normal((len(counts), dim)), rng.standard_normal((total, dim))
prompts /= 4 * np.linalg.norm(prompts, axis=1, keepdims=True)
responses /= np.linalg.norm(responses, axis=1, keepdims=True)
path, said = command("embeddings", "--scale", "25", prompts=prompts, responses=responses, num_responses=counts, answer=answer)
agrees(path, 25.0 * np.einsum("ne,ne->n", np.repeat(prompts, counts, axis=0), responses), np.ones(len(counts)))
assert "features as they are" in said, said

# Logits that are not linear: the residual is that of the normal equations with one more column, 1 on its responses, a prompt.
crooked = logits + rng.standard_normal(total)
columns = np.repeat(np.eye(len(counts)), counts, axis=0)
design = np.hstack([features, columns])
solution = np.linalg.solve(design.T @ design, design.T @ crooked)
residual = np.sqrt(np.mean((design @ solution - crooked) ** 2))
given = module.Features.given(np.split(features, ends))
_, largest, found = module.export(folder / "module.npz", given, logits=crooked)
assert 0.1 < residual < 1.0 and abs(found.residual - residual) < 1e-10, (found.residual, residual)
assert abs(largest - np.linalg.norm(features, axis=1).max()) < 1e-12
_, said = command("crooked", features=features, logits=crooked, num_responses=counts)
assert f"residual {residual:.6g}" in said, (said, residual)

# Refusals: one line that says what is wrong and what was expected.
for name, word, flags, arrays in [
    ("flat", "num_responses is absent", (), dict(features=features, logits=logits)),
    ("rows", "25 rows, one for each response", (), dict(features=features[1:], logits=logits, num_responses=counts)),
    ("nan", "logits[3] = nan", (), dict(features=features, logits=np.where(np.arange(total) == 3, np.nan, logits), num_responses=counts)),
    ("none", "exactly one of logits, theta0, --scale", (), dict(features=features, num_responses=counts)),
    ("two", "logits and --scale: expected exactly one", ("--scale", "1"), dict(features=features, logits=logits, num_responses=counts)),
    ("answer", "answer[2] = 3: expected 0 to 2", (), dict(features=features, logits=logits, num_responses=counts, answer=np.array([0, 0, 3, 0, 0, 0]))),
    ("unknown", "array 'phi'", (), dict(phi=features)),
    ("half", "expected features, or prompts and responses", (), dict(prompts=prompts)),
    ("theta", "theta0 has shape (3,): expected (4,)", (), dict(features=features, num_responses=counts, theta0=theta[1:])),
]:
    path, said = command(f"refused-{name}", *flags, code=1, **arrays)
    assert word in said and said.startswith("error:") and said.count("\n") == 1, (name, said)
    assert not path.exists(), name
_, said = command("linear", code=1, features=features, logits=logits, **rest)
assert "--force" in said, said
command("linear", "--force", features=features, logits=logits, **rest)
print("passed export: κ_0 and accuracy of ragged, padded and embedded instances agree with NumPy")
