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

# What a fit is worth is said: a poor one with a way out that works, and one that interpolates.
noise = 30.0 * rng.standard_normal(total)
_, said = command("poor", features=features, logits=noise, num_responses=counts, answer=answer)
assert "warning: the likeliest response" in said and "np.concatenate([features, logits[..., None]], axis=-1)" in said, said
path, said = command("mended", features=np.concatenate([features, noise[..., None]], axis=-1), logits=noise, num_responses=counts, answer=answer)
agrees(path, noise, np.ones(len(counts)))
assert "warning" not in said and "100.00% of the prompts" in said, said
wide = rng.standard_normal((total, total - len(counts)))
_, said = command("wide", features=wide, logits=noise, num_responses=counts)
assert "the fit interpolates" in said, said
_, said = command("narrow", features=wide[:, 1:], logits=noise, num_responses=counts)
assert "the fit interpolates" not in said, said

# Rows of zeros at the end are asked about; with num_responses they are what it says. An answer may be unknown.
block = rng.standard_normal((3, 4, dim))
block[1, 2:] = 0.0
flat_logits = block @ theta
_, said = command("zeros", code=1, features=block, logits=flat_logits)
assert "features[1, 2] to features[1, 3] = 0" in said and "num_responses[1] = 2 if they are padding, 4" in said, said
for rows in (2, 4):
    path, _ = command(f"zeros-{rows}", features=block, logits=flat_logits, num_responses=np.array([4, rows, 4]), answer=np.array([0, -1, 1]))
    with np.load(path) as written:
        assert list(written["num_responses"]) == [4, rows, 4] and written["answer"][1] == -1
    simulated(path)
_, said = command("zeros-embedded", "--scale", "2", code=1, prompts=block[:, 0], responses=block)
assert "responses[1, 2] to responses[1, 3] = 0" in said, said

# Numbers that doubles do not hold together are refused, in whatever precision they come; smaller ones are kept.
huge = features.copy()
huge[7, 1] = 1e200
apart = features.copy()
apart[7, 1], apart[8, 1] = 1e90, 1e-250
small = 1e-150 * features
path, _ = command("small", features=small, logits=logits, **rest)
agrees(path, logits, weights)

# Refusals: one line that says what is wrong and what was expected.
softmax = [np.exp(part - part.max()) / np.exp(part - part.max()).sum() for part in np.split(logits, ends)]
for name, word, flags, arrays in [
    ("probabilities", "take np.log", (), dict(features=features, logits=np.concatenate(softmax), num_responses=counts)),
    ("huge", "features[7, 1] = 1e+200", (), dict(features=huge, logits=logits, num_responses=counts)),
    ("apart", "features[8, 1] = 1e-250 becomes 0", (), dict(features=apart, theta0=theta, num_responses=counts)),
    ("scale", "--scale = 1e+200", ("--scale", "1e200"), dict(features=features, num_responses=counts)),
    ("scale-nan", "--scale = nan", ("--scale", "nan"), dict(features=features, num_responses=counts)),
    ("product", "becomes 0", ("--scale", "1"), dict(prompts=1e-200 * prompts, responses=1e-200 * responses, num_responses=counts)),
    ("longdouble", "features[0, 0]", (), dict(features=np.full((total, dim), np.longdouble("1e1000")), logits=logits, num_responses=counts)),
    ("complex", "complex128", (), dict(features=features * 1j, logits=logits, num_responses=counts)),
    ("object", "cannot be read", (), dict(features=np.array([1, "a", None], dtype=object), logits=logits)),
    ("text", "has type <U1", (), dict(features=np.full((total, dim), "a"), logits=logits, num_responses=counts)),
    ("scalar", "num_responses is absent", (), dict(features=np.float64(1), logits=logits)),
    ("counts", "num_responses[0] = 18446744073709551615", (), dict(features=features, logits=logits, num_responses=np.full(6, 2**64 - 1, np.uint64))),
    ("empty", "num_responses is empty", (), dict(features=np.zeros((0, dim)), logits=np.zeros(0), num_responses=np.zeros(0, int))),
    ("no-dimension", "d = 0", (), dict(features=np.zeros((total, 0)), logits=logits, num_responses=counts)),
    ("unknown-answer", "answer[0] = -2", (), dict(features=features, logits=logits, num_responses=counts, answer=np.array([-2, 0, 0, 0, 0, 0]))),
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


def refused(word, *arguments):
    """A call that must end with one line and leave the files of the folder as they are."""
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    done = subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True)
    assert done.returncode == 1 and done.stdout == "", (word, done.returncode, done.stdout, done.stderr)
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1 and word in done.stderr, (word, done.stderr)
    assert before == {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}, word


# The input is never replaced, and what is no archive is refused.
source = folder / "linear-in.npz"
link, hard = folder / "link.npz", folder / "hard.npz"
link.symlink_to(source)
hard.hardlink_to(source)
for target in (source, link, hard, folder / "." / "linear-in.npz"):
    refused("is the input", source, target, "--force")
np.save(folder / "features.npy", features)
refused("is a single array (.npy)", folder / "features.npy", folder / "out.npz")
refused("cannot be read", folder, folder / "out.npz")
refused("cannot be read", folder / "missing.npz", folder / "out.npz")
(folder / "text.npz").write_text("no archive")
(folder / "cut.npz").write_bytes(source.read_bytes()[:-40])
for wrong in ("text.npz", "cut.npz"):
    refused("cannot be read", folder / wrong, folder / "out.npz")
refused("ends with .npz", source, folder / "out.txt")
refused("No such file", source, folder / "nowhere" / "out.npz")
refused("--help says more", source)
refused("--help says more", source, folder / "out.npz", "--scale", "much")

# Whatever is damaged, by whatever byte: one line, and no file.
whole = source.read_bytes()
for _ in range(150):
    damaged = bytearray(whole)
    for place in rng.integers(0, len(whole), 3):
        damaged[place] = rng.integers(0, 256)
    (folder / "damaged.npz").write_bytes(damaged)
    try:
        arrays = module.read(folder / "damaged.npz")
        module.Features.given(arrays["features"], arrays.get("num_responses"))
    except (module.Refused, KeyError):
        pass
assert not list(folder.glob(".*.part"))
print("passed export: κ_0 and accuracy of ragged, padded and embedded instances agree with NumPy")
