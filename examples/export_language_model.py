#!/usr/bin/env python3
"""Turns what a causal language model says of its own sampled answers into the NPZ file that `selfreward simulate` reads.

    python3 export_language_model.py dump.npz --out mine.npz --dim 256

The file is the model, linearised: π_θ ∝ exp(b + ⟨θ, φ⟩) with b the model's log-probability of the whole answer and φ what a
linear map W after the last norm can do to it in first order (W = 1 and θ = 0 are the model). docs/language-model.md says how to collect
the arrays, and what to make of the file.

The input is a NumPy archive. M prompts have N answers in all, prompt after prompt, and these have T tokens in all, answer after answer,
the token that ends an answer among them. V is the size of the vocabulary, h that of the hidden states.

    hidden          (T, h)   for each token of an answer the output of the last norm at the position that predicts it, which
                             is the position of the token before
    num_tokens      (N)      how many tokens each answer has
    num_responses   (M)      how many answers each prompt has

and either

    directions      (T, h)   the unembedding row of the token less the mean of all rows under the model's next-token law
    log_prob        (N)      log-probability of each whole answer, nats

or, for both to be computed,

    tokens          (T)      the answers' tokens
    unembedding     (V, h)   the matrix that makes logits of the last norm's output
    logits          (T, V)   the logits that predict each token; if absent, hidden @ unembedding.T

and, if known,

    correct         (N)      1 (True) where an answer is right, 0 where it is wrong, -1 for all answers of a prompt where it is not known
    level           (M)      whole numbers that tell kinds of prompts apart
    prompt_weights  (M)      p(x), divided by their sum; uniform if absent

The gradient of log π(y|x) in W is Σ_t u_t h_tᵀ, u_t a direction, h_t a hidden state. It is never written down: of two answers only the
kernel Σ_{t,t'} (u_t·u_t')(h_t·h_t') is needed, block by block. Less their mean over the answers of a prompt, each counting once, the
gradients are features: a softmax over these answers sees their differences alone, so whatever is subtracted at a prompt changes
no policy. It changes what counts as a leading direction. The mean in which all answers count alike is the one that makes the features'
squares least; a mean under π would hardly count the unlikely answers, to which the policy may move. φ is the d leading coordinates, by
eigenvectors of the kernel, over the largest norm.

Arrays in single or half precision are multiplied in single precision, with sums over blocks in doubles. Needs NumPy alone, and export_features.py beside
it. As a module: `kernel(hidden, directions, num_tokens)`, `leading(kernel, num_responses, dim)`, `export(path, dim, arrays)`.
"""

import argparse
import dataclasses
import pathlib
import sys
import typing

try:
    import numpy as np
except ImportError:
    if __name__ != "__main__":
        raise
    sys.exit("error: NumPy is not installed: expected `python3 -m pip install numpy` before")

try:
    from export_features import Refused, finite, kept, load, whole, write
except ImportError:
    if __name__ != "__main__":
        raise
    sys.exit("error: export_features.py is missing: expected it in the folder of this script")

OF_TOKENS = ("hidden", "directions", "tokens", "logits", "unembedding")
OF_ANSWERS = ("num_tokens", "log_prob", "correct")
OF_PROMPTS = ("num_responses", "level", "prompt_weights")
ARRAYS = OF_TOKENS + OF_ANSWERS + OF_PROMPTS

# Tokens of a block: two products of BLOCK × BLOCK numbers are held at a time.
BLOCK = 2048

# Log-probabilities of distinct answers that are computed in half precision can add up to a little more than 1.
MOST_MASS = 1.05

# Logits in half precision are off by a few hundredths; a state of another position gives others by nats.
SAME_LOGITS = 0.5

# The β for which it is said how many answers a first round turns.
BETAS = (1, 2, 4)

# Eigenvalues below this share of the largest are rounding: no direction.
ROUNDING = {np.float32: 1e-6, np.float64: 1e-13}


def counts(name, array, total=None, of=None):
    """Whole numbers of at least 1, with a given sum."""
    numbers = whole(name, array, np.size(array))
    if len(numbers) == 0 or numbers.min() < 1:
        found = f"{name}[{int(np.argmin(numbers))}] = {numbers.min()}" if len(numbers) else f"{name} is empty"
        raise Refused(f"{found}: expected numbers of at least 1")
    if total is not None and numbers.sum() != total:
        raise Refused(f"{name} has the sum {numbers.sum()}: expected {total}, {of}")
    return numbers


def matrix(name, array, rows=None, columns=None):
    """A matrix of finite numbers, in single precision or doubles as it came."""
    array = np.asarray(array)
    shape = tuple("any" if n is None else n for n in (rows, columns))
    wrong_shape = array.ndim != 2 or any(n is not None and n != m for n, m in zip((rows, columns), array.shape))
    if wrong_shape or array.dtype.kind != "f" or 0 in array.shape:
        expected = "floating-point numbers, ({}, {}), at least one of them".format(*shape)
        raise Refused(f"{name} has type {array.dtype} and shape {array.shape}: expected {expected}")
    array = array.astype(np.float64 if array.dtype.itemsize >= 8 else np.float32, copy=False)
    for start in range(0, len(array), BLOCK):
        wrong = ~np.isfinite(array[start : start + BLOCK])
        if wrong.any():
            i, j = (int(n) for n in np.argwhere(wrong)[0])
            raise Refused(f"{name}[{start + i}, {j}] = {array[start + i, j]}: expected a finite number")
    return array


def sums(values, numbers, axis=0):
    """Sums of consecutive groups."""
    return np.add.reduceat(values, np.cumsum(numbers) - numbers, axis=axis)


def blocks(num_tokens):
    """Runs of whole answers with about BLOCK tokens each: ranges of answers and of tokens."""
    ends, found, first = np.cumsum(num_tokens), [], 0
    while first < len(num_tokens):
        start = ends[first] - num_tokens[first]
        last = max(first + 1, int(np.searchsorted(ends, start + BLOCK, side="right")))
        found.append((slice(first, last), slice(int(start), int(ends[last - 1]))))
        first = last
    return found


def kernel(hidden, directions, num_tokens):
    """⟨G_a, G_b⟩ of the gradients G_a = Σ_t u_t h_tᵀ of two answers, (N, N): Σ_{t,t'} (u_t·u_t')(h_t·h_t'), block by block."""
    answers, found = len(num_tokens), blocks(num_tokens)
    products = np.empty((answers, answers))
    for k, (a, s) in enumerate(found):
        for b, t in found[: k + 1]:
            pairs = (directions[s] @ directions[t].T) * (hidden[s] @ hidden[t].T)
            pairs = sums(sums(pairs.astype(np.float64, copy=False), num_tokens[a]), num_tokens[b], axis=1)
            products[a, b], products[b, a] = pairs, pairs.T
    if not np.isfinite(products).all():
        raise Refused("hidden and directions overflow when they are multiplied: expected smaller ones, or doubles")
    return products


def centred(products, num_responses):
    """The kernel of the gradients less their mean over the answers of each prompt, all answers counting alike."""
    for _ in range(2):
        means = sums(products, num_responses) / num_responses[:, None]
        products = (products - np.repeat(means, num_responses, axis=0)).T
    return (products + products.T) / 2


@dataclasses.dataclass
class Coordinates:
    """`rows` (N, d): leading coordinates of the centred gradients, largest first; `share`: part of the kernel's trace that they keep."""

    rows: np.ndarray
    share: float


def leading(products, num_responses, dim, rounding=ROUNDING[np.float64]):
    """The d leading coordinates of the answers, fewer where the kernel has fewer directions; with all, rows @ rows.T is the kernel."""
    products = centred(products, num_responses)
    values, vectors = np.linalg.eigh(products)
    values, vectors = values[::-1], vectors[:, ::-1]
    if not values[0] > 0:
        raise Refused("the gradients do not differ between answers of a prompt: expected a prompt with two different answers")
    dim = min(dim, int((values > rounding * values[0]).sum()))
    rows = vectors[:, :dim] * np.sqrt(values[:dim])
    # Eigenvectors have no sign of their own: the largest entry is positive.
    rows *= np.sign(rows[np.argmax(np.abs(rows), axis=0), np.arange(dim)])
    return Coordinates(rows, float(values[:dim].sum() / values[values > 0].sum()))


def log_softmax(logits):
    """Row by row, in doubles."""
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def of_logits(hidden, tokens, unembedding, logits, num_tokens):
    """Directions and log-probabilities from tokens, the unembedding and, if they are there, logits."""
    unembedding = matrix("unembedding", unembedding, columns=hidden.shape[1])
    size = len(unembedding)
    tokens = whole("tokens", tokens, len(hidden))
    wrong = (tokens < 0) | (tokens >= size)
    if wrong.any():
        i = int(np.argmax(wrong))
        raise Refused(f"tokens[{i}] = {tokens[i]}: expected 0 to {size - 1}, a row of unembedding")
    if logits is not None:
        logits = matrix("logits", logits, len(hidden), size)
    directions, log_probs = np.empty_like(hidden), np.empty(len(hidden))
    # Fewer rows at a time: each has V numbers.
    step = max(1, BLOCK * BLOCK // size)
    for start in range(0, len(hidden), step):
        rows = slice(start, start + step)
        own = log_softmax(hidden[rows] @ unembedding.T)
        laws = own if logits is None else log_softmax(logits[rows])
        picked = tokens[rows]
        each = np.arange(len(picked))
        apart = np.abs(laws[each, picked] - own[each, picked])
        if (apart > SAME_LOGITS + 0.05 * np.abs(own[each, picked])).any():
            i = int(np.argmax(apart))
            raise Refused(
                f"logits[{start + i}] give token {picked[i]} the log-probability {laws[i, picked[i]]:.4g}, hidden[{start + i}] and "
                f"unembedding {own[i, picked[i]]:.4g}: expected the last norm's output at the position that predicts the token, and logits that "
                "are its product with unembedding"
            )
        log_probs[rows] = laws[each, picked]
        directions[rows] = unembedding[picked] - np.exp(laws).astype(unembedding.dtype) @ unembedding
    return directions, sums(log_probs, num_tokens)


def answers_of(arrays):
    """Hidden states, directions, log-probabilities, and the counts of tokens and answers, checked."""
    missing = [name for name in ("hidden", "num_tokens", "num_responses") if name not in arrays]
    if missing:
        raise Refused(f"{missing[0]} is absent: expected hidden, num_tokens and num_responses")
    hidden = matrix("hidden", arrays["hidden"])
    num_tokens = counts("num_tokens", arrays["num_tokens"], len(hidden), "one row of hidden for each token")
    num_responses = counts("num_responses", arrays["num_responses"], len(num_tokens), "one entry of num_tokens for each answer")
    direct = [name for name in ("directions", "log_prob") if name in arrays]
    computed = [name for name in ("tokens", "unembedding", "logits") if name in arrays]
    if direct == ["directions", "log_prob"] and not computed:
        directions = matrix("directions", arrays["directions"], *hidden.shape)
        log_prob = finite("log_prob", arrays["log_prob"])
        if log_prob.shape != num_tokens.shape:
            raise Refused(f"log_prob has shape {log_prob.shape}: expected ({len(num_tokens)},)")
    elif not direct and computed[:2] == ["tokens", "unembedding"]:
        directions, log_prob = of_logits(hidden, arrays["tokens"], arrays["unembedding"], arrays.get("logits"), num_tokens)
    else:
        found = ", ".join(direct + computed) or "nothing"
        raise Refused(f"beside hidden there is {found}: expected directions and log_prob, or tokens and unembedding (and logits)")
    check_log_prob(log_prob, num_responses)
    return hidden, directions, log_prob, num_tokens, num_responses


def check_log_prob(log_prob, num_responses):
    """Refuses what no log-probabilities of distinct answers can be."""
    if log_prob.max() > np.log(MOST_MASS):
        a = int(np.argmax(log_prob))
        raise Refused(f"log_prob[{a}] = {log_prob[a]:.6g}: expected a log-probability, at most 0")
    mass = sums(np.exp(log_prob), num_responses)
    if mass.max() > MOST_MASS:
        x = int(np.argmax(mass))
        raise Refused(f"log_prob: the answers of prompt {x} have probability {mass[x]:.4g} together: expected distinct answers, at most 1")


def padded(values, num_responses):
    """(M, K, …), zero behind a prompt's answers."""
    array = np.zeros((len(num_responses), num_responses.max(), *values.shape[1:]), values.dtype)
    array[np.arange(array.shape[1]) < num_responses[:, None]] = values
    return array


def marks(correct, num_responses):
    """`correct` as (N) of -1, 0, 1."""
    correct = np.asarray(correct)
    correct = correct.astype(np.int64) if correct.dtype.kind == "b" else correct
    correct = whole("correct", correct, int(num_responses.sum()))
    wrong = (correct < -1) | (correct > 1)
    if wrong.any():
        a = int(np.argmax(wrong))
        raise Refused(f"correct[{a}] = {correct[a]}: expected 1, 0, or -1 for all answers of a prompt where it is not known")
    unknown = sums((correct < 0).astype(np.int64), num_responses)
    mixed = (unknown > 0) & (unknown < num_responses)
    if mixed.any():
        raise Refused(f"correct is -1 for some answers of prompt {int(np.argmax(mixed))}: expected that for all of them, or for none")
    return correct


@dataclasses.dataclass
class Start:
    """What the file says before any round, answers weighted as the policy weights them: R² (`share`), ε_app and the median margin, nats,
    the share of prompts whose margin is below ¼·ε/(1+β) for each β of BETAS, and where `correct` is known the share of likeliest
    answers that are right and J_0."""

    share: float
    error: float
    margin: float
    turned: list
    right: typing.Optional[float]
    probability: typing.Optional[float]


def start(phi, log_prob, num_responses, weights, correct):
    """M2 of the theory at θ = 0: least squares of log π on φ, both less their means under π."""
    prompt = np.repeat(np.arange(len(num_responses)), num_responses)
    ends = np.cumsum(num_responses) - num_responses
    best = np.maximum.reduceat(log_prob, ends)
    raw = np.exp(log_prob - best[prompt])
    pi = raw / sums(raw, num_responses)[prompt]
    logits = log_prob - best[prompt]
    root = np.sqrt(2 * weights[prompt] * pi)
    less = lambda values: values - sums((values.T * pi).T, num_responses)[prompt]
    rows, target = (less(phi).T * root).T, less(logits) * root
    left = target - rows @ np.linalg.lstsq(rows, target, rcond=1e-10)[0]
    total, rest = float(target @ target), float(left @ left)
    parts = np.split(log_prob, ends[1:])
    margins = np.array([np.sort(part)[-1] - np.sort(part)[-2] if len(part) > 1 else np.inf for part in parts])
    turned = [float(weights @ (margins < rest**0.5 / 4 / (1 + beta))) for beta in BETAS]
    right = probability = None
    if correct is not None and (correct >= 0).any():
        known = sums((correct >= 0).astype(float), num_responses) > 0
        modes = ends + np.array([part.argmax() for part in parts])
        of_known = weights * known / (weights * known).sum()
        right = float(of_known @ (correct[modes] == 1))
        probability = float(of_known @ sums(pi * (correct == 1), num_responses))
    return Start(1 - rest / total if total > 0 else 1.0, rest**0.5, float(np.median(margins)), turned, right, probability)


def export(path, dim, arrays):
    """Writes the file; returns what was written as a dict of arrays, the Coordinates, the largest norm, and the Start. Raises Refused."""
    hidden, directions, log_prob, num_tokens, num_responses = answers_of(arrays)
    single = np.float32 in (hidden.dtype.type, directions.dtype.type)
    rounding = ROUNDING[np.float32 if single else np.float64]
    found = leading(kernel(hidden, directions, num_tokens), num_responses, dim, rounding)
    largest = float(np.linalg.norm(found.rows, axis=1).max())
    phi = kept("features", found.rows, found.rows / largest)
    weights = np.full(len(num_responses), 1 / len(num_responses))
    written = {
        "phi": padded(phi, num_responses),
        "theta0": np.zeros(phi.shape[1]),
        "offset": padded(log_prob, num_responses),
        "num_responses": num_responses,
    }
    if "prompt_weights" in arrays:
        given = finite("prompt_weights", arrays["prompt_weights"])
        if given.shape != num_responses.shape:
            raise Refused(f"prompt_weights has shape {given.shape}: expected ({len(num_responses)},)")
        if given.min() < 0:
            x = int(given.argmin())
            raise Refused(f"prompt_weights[{x}] = {given[x]}: expected a number of at least 0")
        if given.sum() <= 0:
            raise Refused(f"prompt_weights has the sum {given.sum()}: expected one above 0")
        weights = written["prompt_weights"] = kept("prompt_weights", given, given / given.sum())
    correct = marks(arrays["correct"], num_responses) if "correct" in arrays else None
    if correct is not None:
        written["correct"] = padded(correct, num_responses)
    if "level" in arrays:
        written["level"] = whole("level", arrays["level"], len(num_responses))
    begin = start(phi, log_prob, num_responses, weights, correct)
    write(pathlib.Path(path), written)
    return written, found, largest, begin


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, as all others."""

    def error(self, message):
        raise Refused(f"{message}: expected INPUT.npz --out OUTPUT.npz [--dim D] [--force]; --help says more")


def main():
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input", type=pathlib.Path, metavar="INPUT.npz")
    parser.add_argument("--out", type=pathlib.Path, metavar="OUTPUT.npz", required=True)
    parser.add_argument("--dim", type=int, metavar="D", default=256, help="leading coordinates that are kept, 256 without it")
    parser.add_argument("--force", action="store_true", help="replace OUTPUT.npz if it exists")
    args = parser.parse_args()
    if args.dim < 1:
        raise Refused(f"--dim {args.dim}: expected at least 1")
    if args.out.suffix != ".npz":
        raise Refused(f"{args.out}: expected a name that ends with .npz")
    if args.out.exists() and args.input.exists() and args.out.samefile(args.input):
        raise Refused(f"{args.out} is the input: expected another file for the output")
    if args.out.exists() and not args.force:
        raise Refused(f"{args.out} exists already; --force replaces it")
    arrays = load(args.input, ARRAYS)
    written, found, largest, begin = export(args.out, args.dim, arrays)
    prompts, most, dim = written["phi"].shape
    fewest, answers = written["num_responses"].min(), written["num_responses"].sum()
    print(f"{args.out}: {prompts} prompts, {fewest} to {most} answers, {answers} in all, d = {dim}")
    if dim < args.dim:
        print(f"note: the gradients have {dim} directions, fewer than --dim {args.dim}")
    print(f"these coordinates keep {found.share:.2%} of the kernel's trace; largest norm {largest:.6g}: features divided by it")
    print(f"R² of log-probabilities on features {begin.share:.3f}, what is left {begin.error:.3f} nats; median margin {begin.margin:.3f} nats")
    shares = ", ".join(f"{share:.1%} at β = {beta}" for beta, share in zip(BETAS, begin.turned))
    print(f"margins below ¼·ε/(1+β), about what a first round turns: {shares}")
    if begin.right is not None:
        print(f"the likeliest answer is right at {begin.right:.2%} of the prompts; probability of right answers {begin.probability:.4f}")


if __name__ == "__main__":
    np.seterr(all="ignore")
    try:
        main()
    except Exception as error:
        known = isinstance(error, (Refused, OSError))
        text = str(error) if known else f"{type(error).__name__}: {error}: expected arrays that fit together and into memory"
        sys.exit("error: " + " ".join(text.split()))
