#!/usr/bin/env python3
"""Turns embeddings, or logits and features, into the NPZ file that `selfreward simulate` reads with kind = "npz".

    python3 export_features.py model.npz mine.npz              features (and logits) of a model
    python3 export_features.py embeddings.npz mine.npz --scale 25

The input is a NumPy archive. Prompts x = 0, …, M−1 may have different numbers of responses K(x), N = ΣK(x). What belongs to
responses is either flat, (N, …), the responses of a prompt after one another, with `num_responses` (M); or padded, (M, K, …), with
`num_responses` (M) where only the first so many count.

    features        (N, d) or (M, K, d)   φ(x, y), of any size; or in their place
    prompts         (M, e)                embeddings of prompts, and
    responses       (N, e) or (M, K, e)   of responses: φ is their elementwise product, so that c Σφ = c⟨prompt, response⟩

and for the base policy one of

    logits          (N) or (M, K)         log-probabilities up to a constant a prompt: θ_0 by least squares
    theta0          (d)                   as it is
    --scale C                             θ_0 = (C, …, C): with embeddings, C is the inverse temperature

and, if known,

    prompt_weights  (M)                   p(x), divided by their sum; uniform if absent
    answer          (M)                   index of the right response, -1 where it is not known

Padded features that end a prompt with rows of zeros need num_responses, which says whether these rows are responses. If a feature has norm above 1, all are divided by the largest norm and θ_0 is multiplied by it, which leaves the policy as it is.
Needs NumPy alone. As a module: `export(path, Features(...), logits=...)`.
"""

import argparse
import dataclasses
import os
import pathlib
import sys

try:
    import numpy as np
except ImportError:
    if __name__ != "__main__":
        raise
    sys.exit("error: NumPy is not installed: expected `python3 -m pip install numpy` before")

ARRAYS = ("features", "prompts", "responses", "logits", "theta0", "num_responses", "prompt_weights", "answer")


# Larger numbers overflow when they are squared and summed.
LARGEST = 1e100

# A fit that finds the likeliest response of fewer prompts is another model.
SAME_MODE = 0.9


class Refused(ValueError):
    """An input that cannot be exported: the message says what it is and what was expected."""


def finite(name, array):
    """The array in doubles; refuses what is no real, finite number of at most LARGEST."""
    array = np.asarray(array)
    if array.dtype.kind not in "fiu":
        raise Refused(f"{name} has type {array.dtype}: expected real numbers")
    doubles = array.astype(np.float64)
    wrong = ~(np.abs(doubles) <= LARGEST)
    if wrong.any():
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        where = str(list(place)) if place else ""
        expected = f"a finite number of size at most {LARGEST:g}"
        raise Refused(f"{name}{where} = {array[place]}: expected {expected}")
    return kept(name, array, doubles)


def kept(name, before, after):
    """The numbers after an operation; refuses those that it made zero or infinite."""
    wrong = ~np.isfinite(after) | ((after == 0) & (before != 0))
    if wrong.any():
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        where = str(list(place)) if place else ""
        expected = "numbers whose sizes differ less, so that doubles hold them all"
        raise Refused(f"{name}{where} = {before[place]} becomes {after[place]:g}: expected {expected}")
    return after


def whole(name, array, length):
    """A vector of whole numbers of this length."""
    array = np.asarray(array)
    if array.dtype.kind not in "iu" or array.shape != (length,):
        raise Refused(f"{name} has type {array.dtype} and shape {array.shape}: expected whole numbers, ({length},)")
    wrong = (array < -(2**31)) | (array >= 2**31)
    if wrong.any():
        i = int(np.argmax(wrong))
        raise Refused(f"{name}[{i}] = {array[i]}: expected a number below 2^31")
    return array.astype(np.int64)


def flat(name, array, counts, axes):
    """What belongs to responses, as (N, …) in doubles, whether it came flat or padded. `axes`: those behind the response's."""
    array = np.asarray(array)
    if array.ndim == axes + 2:
        prompts, most = array.shape[:2]
        if prompts != len(counts) or counts.max() > most:
            expected = f"({len(counts)}, at least {counts.max()}, …)"
            raise Refused(f"{name} has shape {array.shape}: expected {expected}")
        array = array[np.arange(most) < counts[:, None]]
    if array.ndim != axes + 1 or len(array) != counts.sum():
        expected = f"{counts.sum()} rows, one for each response, or padded (M, K, …)"
        raise Refused(f"{name} has shape {array.shape}: expected {expected}")
    return finite(name, array)


def refuse_zeros(name, array):
    """Refuses rows of zeros at the end of a padded prompt: they may be padding, or responses."""
    padding = (np.cumsum((array != 0).any(axis=2)[:, ::-1], axis=1) == 0).sum(axis=1)
    if padding.any():
        x, most = int(np.argmax(padding > 0)), array.shape[1]
        rows = f"{name}[{x}, {most - padding[x]}]" + (f" to {name}[{x}, {most - 1}]" if padding[x] > 1 else "")
        left = most - padding[x]
        counts = f"num_responses[{x}] = {left} if they are padding" if left else f"no prompt {x} if they are padding"
        counts += f", {most} if they are responses"
        raise Refused(f"{rows} = 0 and num_responses is absent: expected an array num_responses (M): {counts}")


def counts_of(name, num_responses, array):
    """K(x): as given, or the K of a padded array (M, K, …)."""
    array = np.asarray(array)
    if num_responses is None:
        if array.ndim != 3:
            raise Refused("num_responses is absent: expected (M,), since the array of responses is flat")
        refuse_zeros(name, array)
        num_responses = np.full(array.shape[0], array.shape[1])
    counts = whole("num_responses", num_responses, np.size(num_responses))
    if len(counts) == 0 or counts.min() < 1:
        found = f"num_responses[{int(np.argmin(counts))}] = {counts.min()}" if len(counts) else "num_responses is empty"
        raise Refused(f"{found}: expected at least one prompt, and at least one response at each")
    return counts


def centred(values, counts):
    """Values (N, …) less their mean over each prompt's responses: all that a softmax policy sees of them."""
    starts = np.cumsum(counts) - counts
    sums = np.add.reduceat(values, starts, axis=0)
    means = sums / counts.reshape(-1, *[1] * (values.ndim - 1))
    return values - np.repeat(means, counts, axis=0)


@dataclasses.dataclass
class Features:
    """φ, flat (N, d), and K(x), (M)."""

    rows: np.ndarray
    counts: np.ndarray

    @classmethod
    def given(cls, features, num_responses=None):
        """Features as they are: flat, padded, or a list of one (K(x), d) array a prompt."""
        if isinstance(features, (list, tuple)):
            num_responses = np.array([len(rows) for rows in features])
            features = np.concatenate([np.asarray(rows) for rows in features])
        counts = counts_of("features", num_responses, features)
        return cls(flat("features", features, counts, 1), counts)

    @classmethod
    def product(cls, prompts, responses, num_responses=None):
        """Elementwise products of the embeddings of prompts, (M, e), and responses, (N, e) or (M, K, e)."""
        counts = counts_of("responses", num_responses, responses)
        rows, prompts = flat("responses", responses, counts, 1), finite("prompts", prompts)
        if prompts.shape != (len(counts), rows.shape[1]):
            raise Refused(f"prompts has shape {prompts.shape}: expected ({len(counts)}, {rows.shape[1]})")
        prompts = np.repeat(prompts, counts, axis=0)
        # A product of two numbers is zero only where one of them is.
        return cls(kept("features", np.where(prompts == 0, 0, rows), prompts * rows), counts)

    def padded(self):
        """(M, K, d), zero behind a prompt's responses."""
        phi = np.zeros((len(self.counts), self.counts.max(), self.rows.shape[1]))
        phi[np.arange(phi.shape[1]) < self.counts[:, None]] = self.rows
        return phi


@dataclasses.dataclass
class Fit:
    """θ_0 from logits. `residual`: root mean square of what it leaves of the logits, centred prompt by prompt; `share`: that over
    their own root mean square; `same_mode`: share of prompts whose likeliest response is the model's."""

    theta0: np.ndarray
    residual: float
    share: float
    same_mode: float


# Sums of probabilities that were rounded (to half precision, to three digits) are off by so much.
ROUNDED = 0.01


def refuse_probabilities(logits, counts):
    """Refuses what looks like probabilities: not negative, with sum 1 (or 100, in percent) at nine prompts of ten, or in all."""
    if counts.max() == 1 or logits.min() < 0:
        return
    sums = np.add.reduceat(logits, np.cumsum(counts) - counts)
    for whole, name in ((1, "probabilities"), (100, "percentages")):
        alike = float(np.mean(np.abs(sums / whole - 1) <= ROUNDED))
        together = abs(sums.sum() / whole - 1) <= ROUNDED and len(counts) > 1
        if alike >= 0.9 or together:
            where = "in all" if together else f"at {alike:.0%} of the prompts"
            raise Refused(
                f"logits are {name} (none is negative, their sum is {whole} {where}): expected logits; "
                "take np.log of them (of logits that happen to look so, subtract 1)"
            )


def fit(features, logits):
    """θ_0 of least norm that minimises Σ (⟨θ, φ⟩ − z)² over all responses, both centred prompt by prompt."""
    logits = flat("logits", logits, features.counts, 0)
    refuse_probabilities(logits, features.counts)
    target = centred(logits, features.counts)
    rows = centred(features.rows, features.counts)
    theta0 = np.linalg.lstsq(rows, target, rcond=None)[0]
    rms = lambda values: float(np.sqrt(np.mean(values**2)))
    residual, size = rms(rows @ theta0 - target), rms(target)
    if target.any() and rows.any() and not theta0.any():
        raise Refused("theta0 becomes 0: expected features and logits of sizes that differ less")
    ends = np.cumsum(features.counts)[:-1]
    modes = [np.array([part.argmax() for part in np.split(values, ends)]) for values in (rows @ theta0, target)]
    return Fit(theta0, residual, residual / size if size > 0 else 0.0, float(np.mean(modes[0] == modes[1])))


def base_parameter(features, logits, theta0, scale):
    """θ_0 for the features as they are, and the fit if there was one."""
    given = [name for name, value in (("logits", logits), ("theta0", theta0), ("--scale", scale)) if value is not None]
    if len(given) != 1:
        raise Refused(f"{' and '.join(given) or 'no base policy'}: expected exactly one of logits, theta0, --scale")
    dim = features.rows.shape[1]
    if logits is not None:
        found = fit(features, logits)
        return found.theta0, found
    theta0 = np.full(dim, finite("--scale", scale)) if theta0 is None else theta0
    theta0 = finite("theta0", theta0)
    if theta0.shape != (dim,):
        raise Refused(f"theta0 has shape {theta0.shape}: expected ({dim},)")
    return theta0, None


def export(path, features, *, logits=None, theta0=None, scale=None, prompt_weights=None, answer=None):
    """Writes the file; returns (what was written as a dict of arrays, the largest norm, the Fit or None). Raises Refused."""
    counts = features.counts
    finite("features", features.rows)
    if features.rows.shape[1] == 0:
        raise Refused("features have d = 0 coordinates: expected at least 1")
    norms = np.linalg.norm(features.rows, axis=1)
    kept("norm of features", np.abs(features.rows).max(axis=1), norms)
    largest = float(norms.max())
    theta0, found = base_parameter(features, logits, theta0, scale)
    if largest > 1.0:
        features = Features(kept("features", features.rows, features.rows / largest), counts)
        theta0 = kept("theta0", theta0, theta0 * largest)
    if not np.isfinite(theta0).all():
        raise Refused("theta0 is not finite: expected features and logits of sizes that differ less")
    arrays = {"phi": features.padded(), "theta0": theta0, "num_responses": counts}
    if prompt_weights is not None:
        weights = finite("prompt_weights", prompt_weights)
        if weights.shape != counts.shape or weights.min() < 0 or weights.sum() <= 0:
            raise Refused(f"prompt_weights has shape {weights.shape}: expected ({len(counts)},), ≥ 0, not all 0")
        arrays["prompt_weights"] = kept("prompt_weights", weights, weights / weights.sum())
    if answer is not None:
        arrays["answer"] = whole("answer", answer, len(counts))
        wrong = (arrays["answer"] < -1) | (arrays["answer"] >= counts)
        if wrong.any():
            x = int(np.argmax(wrong))
            raise Refused(f"answer[{x}] = {arrays['answer'][x]}: expected 0 to {counts[x] - 1}, or -1 where it is not known")
    write(pathlib.Path(path), arrays)
    return arrays, largest, found


def write(path, arrays):
    """Writes the archive whole or not at all."""
    draft = path.with_name(f".{path.name}.part")
    try:
        with open(draft, "wb") as file:
            np.savez_compressed(file, **arrays)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def load(path, known):
    """The arrays of an archive; refuses others than the known ones."""
    try:
        with open(path, "rb") as file:
            start = file.read(6)
        single = start == b"\x93NUMPY"
        if not single and not start.startswith(b"PK"):
            raise Refused(f"{path} cannot be read: it starts with {start!r}; expected a NumPy archive (.npz)")
        if single:
            raise Refused(f"{path} is a single array (.npy): expected an archive (.npz) as numpy.savez writes")
        with np.load(path) as archive:
            arrays = {name: np.asarray(archive[name]) for name in archive.files}
    except Refused:
        raise
    except Exception as error:  # a damaged archive raises whatever its parts raise
        raise Refused(f"{path} cannot be read: {error or type(error).__name__}; expected a NumPy archive (.npz)") from error
    unknown = sorted(set(arrays) - set(known))
    if unknown:
        raise Refused(f"{path}: array {unknown[0]!r}: expected only {', '.join(known)}")
    return arrays


def read(path):
    """The arrays of the input."""
    arrays = load(path, ARRAYS)
    kinds = [name for name in ("features", "prompts") if name in arrays]
    if len(kinds) != 1 or ("prompts" in arrays) != ("responses" in arrays):
        raise Refused(f"{path} holds {', '.join(arrays) or 'nothing'}: expected features, or prompts and responses")
    return arrays


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, as all others."""

    def error(self, message):
        raise Refused(f"{message}: expected INPUT.npz OUTPUT.npz [--scale C] [--force]; --help says more")


def remarks(features, found):
    """What a person should know of the fit, one sentence each: (notes, warnings)."""
    rows, prompts, dim = len(features.rows), len(features.counts), features.rows.shape[1]
    notes, warnings = [], []
    if dim >= rows - prompts:
        notes.append(
            f"note: d = {dim} coordinates for {rows} responses less {prompts} prompts: the fit interpolates, "
            "and its residual says nothing about how well features explain logits"
        )
    if found.same_mode < SAME_MODE:
        warnings.append(
            f"warning: the likeliest response is that of the logits at {found.same_mode:.2%} of the prompts only: the "
            "features do not explain the model; to have its policy exactly, give the logit as one more feature: features = "
            "np.concatenate([features, logits[..., None]], axis=-1), all else as before"
        )
    return notes, warnings


def main():
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input", type=pathlib.Path, metavar="INPUT.npz")
    parser.add_argument("output", type=pathlib.Path, metavar="OUTPUT.npz")
    parser.add_argument("--scale", type=float, metavar="C", help="θ_0 = (C, …, C)")
    parser.add_argument("--force", action="store_true", help="replace OUTPUT.npz if it exists")
    args = parser.parse_args()
    if args.output.suffix != ".npz":
        raise Refused(f"{args.output}: expected a name that ends with .npz")
    if args.output.exists() and args.input.exists() and args.output.samefile(args.input):
        raise Refused(f"{args.output} is the input: expected another file for the output")
    if args.output.exists() and not args.force:
        raise Refused(f"{args.output} exists already; --force replaces it")
    arrays = read(args.input)
    counts = arrays.pop("num_responses", None)
    if "features" in arrays:
        features = Features.given(arrays.pop("features"), counts)
    else:
        features = Features.product(arrays.pop("prompts"), arrays.pop("responses"), counts)
    written, largest, found = export(args.output, features, scale=args.scale, **arrays)
    prompts, most, dim = written["phi"].shape
    print(f"{args.output}: {prompts} prompts, {features.counts.min()} to {most} responses, d = {dim}")
    divided = "features divided by it, theta0 multiplied" if largest > 1.0 else "features as they are"
    print(f"largest feature norm {largest:.6g}: {divided}")
    if found is not None:
        print(f"theta0 by least squares: residual {found.residual:.6g} (root mean square), {found.share:.3%} of the logits' own")
        print(f"its likeliest response is that of the logits at {found.same_mode:.2%} of the prompts")
        notes, warnings = remarks(features, found)
        print(*notes, sep="\n", end="\n" if notes else "")
        print(*warnings, sep="\n", end="\n" if warnings else "", file=sys.stderr)


if __name__ == "__main__":
    np.seterr(all="ignore")
    try:
        main()
    except Exception as error:
        known = isinstance(error, (Refused, OSError))
        text = str(error) if known else f"{type(error).__name__}: {error}: expected arrays that fit together and into memory"
        sys.exit("error: " + " ".join(text.split()))
