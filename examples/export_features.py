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
    answer          (M)                   index of the right response

If a feature has norm above 1, all are divided by the largest norm and θ_0 is multiplied by it, which leaves the policy as it is.
Needs NumPy alone. As a module: `export(path, Features(...), logits=...)`.
"""

import argparse
import dataclasses
import pathlib
import sys

import numpy as np

ARRAYS = ("features", "prompts", "responses", "logits", "theta0", "num_responses", "prompt_weights", "answer")


class Refused(ValueError):
    """An input that cannot be exported: the message says what it is and what was expected."""


def finite(name, array):
    """The array in doubles; refuses what is no real, finite number."""
    array = np.asarray(array)
    if array.dtype.kind not in "fiu":
        raise Refused(f"{name} has type {array.dtype}: expected real numbers")
    array = array.astype(np.float64)
    if not np.isfinite(array).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise Refused(f"{name}{list(place)} = {array[place]}: expected a finite number")
    return array


def whole(name, array, length):
    """A vector of whole numbers of this length."""
    array = np.asarray(array)
    if array.dtype.kind not in "iu" or array.shape != (length,):
        raise Refused(f"{name} has type {array.dtype} and shape {array.shape}: expected whole numbers, ({length},)")
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


def counts_of(num_responses, array, axes):
    """K(x): as given, or the K of a padded array."""
    array = np.asarray(array)
    if num_responses is None:
        if array.ndim != axes + 2:
            raise Refused("num_responses is absent: expected (M,), since the array of responses is flat")
        num_responses = np.full(array.shape[0], array.shape[1])
    counts = whole("num_responses", num_responses, np.size(num_responses))
    if len(counts) == 0 or counts.min() < 1:
        raise Refused(f"num_responses = {counts}: expected at least one prompt, and at least one response at each")
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
        counts = counts_of(num_responses, features, 1)
        return cls(flat("features", features, counts, 1), counts)

    @classmethod
    def product(cls, prompts, responses, num_responses=None):
        """Elementwise products of the embeddings of prompts, (M, e), and responses, (N, e) or (M, K, e)."""
        counts = counts_of(num_responses, responses, 1)
        rows, prompts = flat("responses", responses, counts, 1), finite("prompts", prompts)
        if prompts.shape != (len(counts), rows.shape[1]):
            raise Refused(f"prompts has shape {prompts.shape}: expected ({len(counts)}, {rows.shape[1]})")
        return cls(np.repeat(prompts, counts, axis=0) * rows, counts)

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


def fit(features, logits):
    """θ_0 of least norm that minimises Σ (⟨θ, φ⟩ − z)² over all responses, both centred prompt by prompt."""
    logits = flat("logits", logits, features.counts, 0)
    target = centred(logits, features.counts)
    rows = centred(features.rows, features.counts)
    theta0 = np.linalg.lstsq(rows, target, rcond=None)[0]
    rms = lambda values: float(np.sqrt(np.mean(values**2)))
    residual, size = rms(rows @ theta0 - target), rms(target)
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
    theta0 = np.full(dim, scale) if theta0 is None else theta0
    theta0 = finite("theta0" if scale is None else "--scale", theta0)
    if theta0.shape != (dim,):
        raise Refused(f"theta0 has shape {theta0.shape}: expected ({dim},)")
    return theta0, None


def export(path, features, *, logits=None, theta0=None, scale=None, prompt_weights=None, answer=None):
    """Writes the file; returns (what was written as a dict of arrays, the largest norm, the Fit or None). Raises Refused."""
    counts = features.counts
    largest = float(np.linalg.norm(features.rows, axis=1).max())
    theta0, found = base_parameter(features, logits, theta0, scale)
    if largest > 1.0:
        features, theta0 = Features(features.rows / largest, counts), theta0 * largest
    arrays = {"phi": features.padded(), "theta0": theta0, "num_responses": counts}
    if prompt_weights is not None:
        weights = finite("prompt_weights", prompt_weights)
        if weights.shape != counts.shape or weights.min() < 0 or weights.sum() <= 0:
            raise Refused(f"prompt_weights has shape {weights.shape}: expected ({len(counts)},), ≥ 0, not all 0")
        arrays["prompt_weights"] = weights / weights.sum()
    if answer is not None:
        arrays["answer"] = whole("answer", answer, len(counts))
        wrong = (arrays["answer"] < 0) | (arrays["answer"] >= counts)
        if wrong.any():
            x = int(np.argmax(wrong))
            raise Refused(f"answer[{x}] = {arrays['answer'][x]}: expected 0 to {counts[x] - 1}")
    np.savez_compressed(path, **arrays)
    return arrays, largest, found


def read(path):
    """The arrays of the input."""
    try:
        with np.load(path) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, AttributeError) as error:
        raise Refused(f"{path} cannot be read: {error}; expected a NumPy archive (.npz)") from error
    unknown = sorted(set(arrays) - set(ARRAYS))
    if unknown:
        raise Refused(f"{path}: array {unknown[0]!r}: expected only {', '.join(ARRAYS)}")
    kinds = [name for name in ("features", "prompts") if name in arrays]
    if len(kinds) != 1 or ("prompts" in arrays) != ("responses" in arrays):
        raise Refused(f"{path} holds {', '.join(arrays) or 'nothing'}: expected features, or prompts and responses")
    return arrays


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input", type=pathlib.Path, metavar="INPUT.npz")
    parser.add_argument("output", type=pathlib.Path, metavar="OUTPUT.npz")
    parser.add_argument("--scale", type=float, metavar="C", help="θ_0 = (C, …, C)")
    parser.add_argument("--force", action="store_true", help="replace OUTPUT.npz if it exists")
    args = parser.parse_args()
    if args.output.suffix != ".npz":
        raise Refused(f"{args.output}: expected a name that ends with .npz")
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


if __name__ == "__main__":
    try:
        main()
    except (Refused, OSError) as error:
        sys.exit(f"error: {error}")
