"""Exports the answers of a made-up tiny language model with examples/export_language_model.py and simulates from what it wrote.

    python3 check_language_model.py path/to/export_language_model.py path/to/selfreward FOLDER

Oracle: log π of whole answers by plain loops over tokens, with an explicit linear map W after the last norm, and its derivative in every
entry of W by finite differences. Nothing of it goes through a kernel, a direction or a softmax of the script.
"""

import importlib.util
import json
import math
import pathlib
import subprocess
import sys

import numpy as np

script, selfreward, folder = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
sys.path.insert(0, str(script.parent))
spec = importlib.util.spec_from_file_location("export_language_model", script)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
rng = np.random.default_rng(2)

# The model: a state that mixes embeddings, a norm, the map W, tied unembedding. END ends an answer.
V, H, END = 9, 4, 0
embedding = rng.standard_normal((V, H))
mixing = rng.standard_normal((H, H)) / 2


def state(tokens):
    """The last norm's output after these tokens."""
    s = [0.0] * H
    for token in tokens:
        s = [math.tanh(sum(mixing[i, j] * s[j] for j in range(H)) + embedding[token, i]) for i in range(H)]
    size = math.sqrt(sum(x * x for x in s) / H)
    return [x / size for x in s]


def next_logits(tokens, w):
    """The logits of the next token: unembedding, W, last norm."""
    h = state(tokens)
    mapped = [sum(w[i, j] * h[j] for j in range(H)) for i in range(H)]
    return [sum(embedding[v, i] * mapped[i] for i in range(H)) for v in range(V)]


def log_prob(prompt, answer, w):
    """log π of a whole answer: token by token, each after all that stand before it."""
    total, before = 0.0, list(prompt)
    for token in answer:
        z = next_logits(before, w)
        most = max(z)
        total += z[token] - most - math.log(sum(math.exp(x - most) for x in z))
        before.append(token)
    return total


def gradient(prompt, answer):
    """d log π / dW, by central differences of the fourth order, flat."""
    found, e = np.empty((H, H)), 1e-3
    for i in range(H):
        for j in range(H):
            at = []
            for step in (-2, -1, 1, 2):
                w = np.eye(H)
                w[i, j] += step * e
                at.append(log_prob(prompt, answer, w))
            found[i, j] = (at[0] - 8 * at[1] + 8 * at[2] - at[3]) / (12 * e)
    return found.ravel()


# Five prompts with 1 to 5 distinct answers of 1 to 4 tokens; what a framework would dump of them.
prompts = [[int(v) for v in rng.integers(1, V, size=3)] for _ in range(5)]
num_responses = np.array([4, 2, 5, 1, 3])
answers = []
for count in num_responses:
    own = set()
    while len(own) < count:
        own.add((*(int(v) for v in rng.integers(1, V, size=rng.integers(0, 4))), END))
    answers.append(sorted(own))
flat = [(x, answer) for x, own in enumerate(answers) for answer in own]
num_tokens = np.array([len(answer) for _, answer in flat])
tokens = np.array([token for _, answer in flat for token in answer])
hidden = np.array([state([*prompts[x], *answer[:t]]) for x, answer in flat for t in range(len(answer))])
logits = np.array([next_logits([*prompts[x], *answer[:t]], np.eye(H)) for x, answer in flat for t in range(len(answer))])
whole = np.array([log_prob(prompts[x], answer, np.eye(H)) for x, answer in flat])
laws = np.exp(logits - logits.max(axis=1, keepdims=True))
laws /= laws.sum(axis=1, keepdims=True)
directions = embedding[tokens] - laws @ embedding
correct = np.array([True, False, False, True, False, False, False, False, True, False, False, True, False, False, True])
level = np.array([0, 0, 1, 1, 2])
dumped = dict(hidden=hidden, num_tokens=num_tokens, num_responses=num_responses, correct=correct, level=level)
computed = dict(dumped, tokens=tokens, logits=logits, unembedding=embedding)
given = dict(dumped, directions=directions, log_prob=whole)


def command(name, *flags, code=0, **arrays):
    """Saves the arrays, exports them by the command; gives the output's path and what was printed."""
    source, target = folder / f"lm-{name}-in.npz", folder / f"lm-{name}.npz"
    np.savez(source, **arrays)
    done = subprocess.run([sys.executable, script, source, "--out", target, *flags], capture_output=True, text=True)
    assert done.returncode == code, (name, done.returncode, done.stdout, done.stderr)
    return target, done.stdout + done.stderr


def rows(path):
    """φ of the answers that count, prompt after prompt."""
    with np.load(path) as written:
        inside = np.arange(written["phi"].shape[1]) < written["num_responses"][:, None]
        return written["phi"][inside], written["offset"][inside]


# --- The kernel is that of brute-force gradients; all coordinates give it back. 1e-9: differences of the fourth order, step 1e-3.
gradients = np.array([gradient(prompts[x], answer) for x, answer in flat])
ends = np.cumsum(num_responses)[:-1]
brute = gradients @ gradients.T
found = module.kernel(hidden, directions, num_tokens)
assert np.abs(found - brute).max() < 1e-9 * np.abs(brute).max(), np.abs(found - brute).max()
less = np.concatenate([part - part.mean(axis=0) for part in np.split(gradients, ends)])
for block in (1, 3, 7, 10**6):
    module.BLOCK = block
    again = module.kernel(hidden, directions, num_tokens)
    assert np.abs(again - found).max() < 1e-13 * np.abs(found).max(), block
    # However small the blocks, every token and every answer is in one.
    assert sum(t.stop - t.start for _, t in module.blocks(num_tokens)) == len(tokens)
largest = math.sqrt(max(row @ row for row in less))
for name, arrays in (("given", given), ("computed", computed), ("no-logits", {k: v for k, v in computed.items() if k != "logits"})):
    path, said = command(name, "--dim", "256", **arrays)
    phi, offset = rows(path)
    assert np.abs(phi @ phi.T * largest**2 - less @ less.T).max() < 1e-9 * largest**2, name
    assert np.abs(offset - whole).max() < 1e-12, name
    assert "keep 100.00%" in said and f"the gradients have {phi.shape[1]} directions" in said, said
    assert phi.shape[1] == np.linalg.matrix_rank(less, tol=1e-7) and abs(np.linalg.norm(phi, axis=1).max() - 1) < 1e-12
    with np.load(path) as written:
        assert not written["theta0"].any() and list(written["level"]) == list(level)

# Single precision keeps single precision.
path, _ = command("single", **{k: v.astype(np.float32) if v.dtype == np.float64 else v for k, v in computed.items()})
phi, _ = rows(path)
assert np.abs(phi @ phi.T * largest**2 - less @ less.T).max() < 1e-5 * largest**2

# --- Fewer coordinates: the best approximation of the kernel, whose error is that of the other eigenvalues (numpy.linalg.svd of gradients).
singular = np.linalg.svd(less, compute_uv=False) ** 2
for dim in (1, 3, 6):
    path, said = command(f"dim-{dim}", "--dim", str(dim), **given)
    phi, _ = rows(path)
    with np.load(path) as written:
        assert written["phi"].shape == (5, 5, dim)
    coordinates = module.leading(found, num_responses, dim)
    wrong = np.linalg.norm(coordinates.rows @ coordinates.rows.T - less @ less.T)
    assert abs(wrong - math.sqrt(np.sum(singular[dim:] ** 2))) < 1e-8 * singular[0], dim
    assert f"keep {singular[:dim].sum() / singular.sum():.2%}" in said, said

# --- φ is the gradient: a move of W along one changes log-odds by ⟨θ, φ⟩, up to second order (a quarter for half the step).
path, said = command("gradient", **given)
phi, _ = rows(path)
errors = []
for step in (1e-3, 5e-4):
    move = step * rng.standard_normal(16) if not errors else move / 2
    moved = np.array([log_prob(prompts[x], answer, np.eye(H) + move.reshape(H, H)) for x, answer in flat])
    # θ that stands for the move: φ = less @ Q / largest for an orthonormal Q, so θ = largest Qᵀ move.
    theta = np.linalg.lstsq(phi, less @ move, rcond=1e-10)[0]
    change = [part - part.mean() for part in np.split(moved - whole - phi @ theta, ends)]
    errors.append(max(np.abs(part).max() for part in change))
assert errors[0] < 1e-4 and 3.5 < errors[0] / errors[1] < 4.5, errors

# --- What is printed of the start, with too few coordinates to follow log π: R², J_0 and the share of right modes by plain sums.
path, said = command("start", "--dim", "2", **given)
phi, _ = rows(path)


def plain(phi, logits, ends):
    """The least loss, all of it, and π: sums over all pairs of answers of each prompt, prompts alike."""
    pairs, target, weight, laws = [], [], [], []
    for part in np.split(np.arange(len(logits)), ends):
        pi = np.exp(logits[part]) / np.exp(logits[part]).sum()
        laws.append(pi)
        for a, p in zip(part, pi):
            for b, q in zip(part, pi):
                pairs.append(phi[a] - phi[b])
                target.append(logits[a] - logits[b])
                weight.append(p * q / (len(ends) + 1))
    pairs, target, weight = np.array(pairs), np.array(target), np.array(weight)
    psi = np.linalg.lstsq(pairs * np.sqrt(weight)[:, None], target * np.sqrt(weight), rcond=1e-10)[0]
    return weight @ (target - pairs @ psi) ** 2, weight @ target**2, np.concatenate(laws)


left, all_of_it, pi = plain(phi, whole, ends)
right = mass = 0.0
for part in np.split(np.arange(len(flat)), ends):
    right += float(correct[part[np.argmax(whole[part])]]) / len(num_responses)
    mass += float(pi[part] @ correct[part]) / len(num_responses)
assert f"R² of log-probabilities on features {1 - left / all_of_it:.3f}, what is left {math.sqrt(left):.3f} nats" in said, (said, left, all_of_it)
assert 0.2 < left / all_of_it < 0.9, left / all_of_it
assert f"right at {right:.2%} of the prompts; probability of right answers {mass:.4f}" in said, (said, right, mass)

# Margins that a first round turns, counted one by one, on log-probabilities that the features hardly follow.
many = np.full(60, 3)
loose, few = rng.standard_normal(180), rng.standard_normal((180, 2))
begin = module.start(few, loose, many, np.full(60, 1 / 60), None)
little, _, _ = plain(few, loose, np.cumsum(many)[:-1])
for beta, share in zip((1, 2, 4), begin.turned):
    count = 0
    for triple in loose.reshape(60, 3):
        _, second, first = sorted(triple)
        count += first - second < math.sqrt(little) / (4 * (1 + beta))
    assert count > 0 and abs(share - count / 60) < 1e-12, (beta, share, count)

# --- `selfreward simulate` starts at the model: κ_0, J_0 and accuracy by plain sums; a step has the R² that was printed.
config = folder / "lm.toml"
config.write_text(
    f"[instance]\nkind = 'npz'\npath = '{path}'\n[process]\nupdate = 'population'\nbeta = 2.0\nrounds = 2\n"
    "[measure]\nalso = ['correct_probability', 'sharpened_share', 'approximation_error']\nlevels = [0, 1, 2]\n[run]\nreplicates = 1\n"
)
done = subprocess.run([selfreward, "simulate", "--config", config, "--json", "-q"], capture_output=True, text=True)
assert done.returncode == 0, done.stderr
rounds = json.loads(done.stdout)["rounds"]
kappa = np.mean([np.exp(part).sum() / np.exp(part).max() for part in np.split(whole, ends)])
for name, t, expected in (
    ("kappa", 0, kappa),
    ("accuracy", 0, right),
    ("correct_probability", 0, mass),
    ("sharpened_share", 1, 1 - left / all_of_it),
    ("approximation_error", 1, math.sqrt(left)),
):
    assert abs(rounds[t][name]["mean"] - expected) < 1e-9 * max(1.0, expected), (name, rounds[t][name], expected)

# --- Refusals: one line that names the array, and no file.
shifted = np.roll(hidden, 1, axis=0)
doubled = whole.copy()
doubled[:2] = -0.1
spoiled = directions.copy()
spoiled[7, 2] = np.nan
for name, word, flags, arrays in [
    ("shifted", "expected the last norm's output at the position that predicts the token", (), dict(computed, hidden=3 * shifted)),
    ("doubled", "the answers of prompt 0 have probability 1.81 together", (), dict(given, log_prob=doubled)),
    ("positive", "log_prob[3] = 0.7: expected a log-probability", (), dict(given, log_prob=np.where(np.arange(15) == 3, 0.7, whole))),
    ("nan", "directions[7, 2] = nan", (), dict(given, directions=spoiled)),
    ("shape", f"directions has type float64 and shape ({len(tokens)}, 3)", (), dict(given, directions=directions[:, :3])),
    ("tokens", "num_tokens has the sum", (), dict(given, num_tokens=num_tokens[:-1])),
    ("answers", "num_responses has the sum 14: expected 15", (), dict(given, num_responses=np.array([4, 2, 5, 1, 2]))),
    ("zero", "num_responses[3] = 0", (), dict(given, num_responses=np.array([5, 2, 5, 0, 3]))),
    ("vocabulary", "tokens[2] = 9: expected 0 to 8", (), dict(computed, tokens=np.where(np.arange(len(tokens)) == 2, 9, tokens))),
    ("logits", "logits has type float64 and shape", (), dict(computed, logits=logits[1:])),
    ("both", "beside hidden there is directions, log_prob, tokens, unembedding, logits", (), dict(computed, directions=directions, log_prob=whole)),
    ("none", "beside hidden there is nothing", (), dumped),
    ("hidden", "hidden is absent", (), {k: v for k, v in given.items() if k != "hidden"}),
    ("marks", "correct[0] = 2", (), dict(given, correct=np.where(np.arange(15) == 0, 2, 0))),
    ("mixed", "correct is -1 for some answers of prompt 2", (), dict(given, correct=np.where(np.arange(15) == 7, -1, 0))),
    ("unknown", "array 'phi'", (), dict(given, phi=directions)),
    ("alike", "the gradients do not differ", (), dict(given, directions=np.zeros_like(directions))),
    ("dim", "--dim 0: expected at least 1", ("--dim", "0"), given),
    ("flag", "--help says more", ("--dim", "many"), given),
    ("weights", "prompt_weights has shape (4,)", (), dict(given, prompt_weights=np.ones(4))),
    ("negative", "prompt_weights[2] = -1.0: expected a number", (), dict(given, prompt_weights=np.array([1.0, 1.0, -1.0, 1.0, 1.0]))),
]:
    path, said = command(f"refused-{name}", *flags, code=1, **arrays)
    assert word in said and said.startswith("error:") and said.count("\n") == 1, (name, said)
    assert not path.exists(), name
_, said = command("given", code=1, **given)
assert "--force" in said, said
command("given", "--force", prompt_weights=np.array([1.0, 2.0, 3.0, 4.0, 5.0]), **given)
print("passed export of a language model: kernel and features are those of finite differences, and a simulation starts at the model")
