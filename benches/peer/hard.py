"""The hard instance: M prompts with a hidden label of probability 2/(K+1), the rest of the mass on
a prompt of one response. A prompt's logits move on the connected components of its seen pairs, by
(theta - mean)/beta; a component without a label that has a logit of its own stays as it is."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def shape(prompts, n, kappa):
    """Mass of the prompts, and labels of each: the worst of n pairs."""
    mass = min(0.9, np.sqrt(prompts * (kappa - 1.0) / (4.0 * n)))
    return mass, round(2.0 * (kappa - 1.0 + mass) / mass) - 1


def moved(logits, parts, beta):
    """Logits after a round that saw these components (a label for each response)."""
    size = np.bincount(parts)
    mean = np.bincount(parts, weights=logits) / size
    change = np.where(size[parts] > 1, (logits - mean[parts]) / beta, 0.0)
    return logits + change


def failure(p, mass):
    """Mass of the prompts that fail at delta = 1/2; p (replicates, M) the largest probabilities."""
    return mass * (p <= 0.5).mean(axis=-1)


def plain(prompts, n, kappa, rounds, replicates, rng):
    """All pairs of each prompt, drawn by rng.choice; failure (replicates, T + 1)."""
    mass, count = shape(prompts, n, kappa)
    beta = 1.0 / np.sqrt(n)
    found = np.empty((replicates, rounds + 1))
    for replicate in range(replicates):
        logits = np.zeros((prompts, count))
        logits[np.arange(prompts), rng.integers(count, size=prompts)] = np.log(2.0)
        for t in range(rounds + 1):
            p = np.exp(logits - logits.max(axis=1, keepdims=True))
            p /= p.sum(axis=1, keepdims=True)
            found[replicate, t] = failure(p.max(axis=1), mass)
            if t == rounds:
                break
            drawn = rng.multinomial(n, np.append(np.full(prompts, mass / prompts), 1.0 - mass))
            for x in range(prompts):
                pairs = rng.choice(count, size=(2, drawn[x]), p=p[x])
                graph = coo_array((np.ones(drawn[x]), pairs), shape=(count, count))
                parts = connected_components(graph, directed=False)[1]
                logits[x] = moved(logits[x], parts, beta)
    return found


class Rows:
    """Prompts of all replicates at once, in lumps: the labels with a logit of their own, the hidden
    one first, and one logit, 0, for all others. A prompt that no pair has told anything has its
    hidden label alone."""

    def __init__(self, rows, count, beta, rng):
        self.count, self.beta = count, beta
        self.labels = [[int(label)] for label in rng.integers(count, size=rows)]
        self.logits = [[np.log(2.0)] for _ in range(rows)]

    def distribution(self, row):
        """Probabilities of its labels, and of each other one."""
        logits = np.asarray(self.logits[row])
        top = max(logits.max(), 0.0)
        masses, rest = np.exp(logits - top), np.exp(-top)
        total = masses.sum() + (self.count - len(masses)) * rest
        return masses / total, rest / total

    def move(self, row, component):
        """A round that saw this component, a list of labels."""
        labels, logits = self.labels[row], self.logits[row]
        for label in component:
            if label not in labels:
                labels.append(label)
                logits.append(0.0)
        places = [labels.index(label) for label in component]
        mean = sum(logits[place] for place in places) / len(places)
        for place in places:
            logits[place] += (logits[place] - mean) / self.beta


def expert(prompts, n, kappa, rounds, replicates, rng, seen=None):
    """Of each prompt only the components that hold a label with a logit of its own, found by counts
    of the pairs that touch what was found; all replicates at once."""
    mass, count = shape(prompts, n, kappa)
    size = prompts * replicates
    rows = Rows(size, count, 1.0 / np.sqrt(n), rng)
    q = 2.0 / (count + 1)
    hidden, top = np.full(size, q), np.full(size, q)
    touched = np.zeros(size, dtype=bool)
    found = [failure(top.reshape(replicates, prompts), mass)]
    chances = np.append(np.full(prompts, mass / prompts), 1.0 - mass)
    for _ in range(rounds):
        drawn = rng.multinomial(n, chances, size=replicates)[:, :-1].ravel()
        # An untouched prompt moves if a pair holds the hidden label and another one, a touched one
        # only if a pair is not the hidden label twice.
        before = np.flatnonzero(touched)
        hits = rng.binomial(drawn[before], 1.0 - hidden[before] ** 2)
        changed = before[hits > 0]
        for row, pairs in zip(changed, hits[hits > 0]):
            draw_all(rows, row, int(pairs), rng)
        new = (seen or explored)(rows, np.flatnonzero(~touched), drawn, q, rng)
        touched[new] = True
        for row in (*changed, *new):
            masses, rest = rows.distribution(row)
            hidden[row], top[row] = masses[0], max(masses.max(), rest)
        found.append(failure(top.reshape(replicates, prompts), mass))
    return np.stack(found, axis=1)


def all_pairs(prompts, n, kappa, rounds, replicates, rng):
    """The same with all pairs of the untouched prompts, one replicate after the other."""
    shape_ = (prompts, n, kappa, rounds, 1, rng)
    return np.concatenate([expert(*shape_, seen=drawn_whole) for _ in range(replicates)])


def drawn_whole(rows, untouched, drawn, q, rng):
    """A round of untouched prompts that draws all their pairs, in one graph; those that moved."""
    x = np.repeat(untouched, drawn[untouched])
    hidden = np.array([labels[0] for labels in rows.labels])[x]
    ends = []
    for _ in range(2):
        label = rng.integers(rows.count - 1, size=len(x))
        label += label >= hidden
        ends.append(x * rows.count + np.where(rng.random(len(x)) < q, hidden, label))
    vertices, edges = np.unique(np.concatenate(ends), return_inverse=True)
    graph = coo_array((np.ones(len(x)), edges.reshape(2, -1)), shape=(len(vertices),) * 2)
    parts = connected_components(graph, directed=False)[1]
    own = untouched * rows.count + np.array([rows.labels[row][0] for row in untouched], dtype=int)
    place = np.minimum(np.searchsorted(vertices, own), len(vertices) - 1)
    drawn_at_all = vertices[place] == own
    size = np.bincount(parts)
    moved_rows = []
    for row, at in zip(untouched[drawn_at_all], place[drawn_at_all]):
        if size[parts[at]] > 1:
            rows.move(row, (vertices[parts == parts[at]] - row * rows.count).tolist())
            moved_rows.append(row)
    return moved_rows


def explored(rows, untouched, drawn, q, rng):
    """A round of untouched prompts that draws what touches their labels; those that moved."""
    hits = rng.binomial(drawn[untouched], 2.0 * q * (1.0 - q))
    new = untouched[hits > 0]
    for row, pairs in zip(new, hits[hits > 0]):
        explore(rows, row, int(pairs), int(drawn[row] - pairs), q, rng)
    return new


def explore(rows, row, hits, left, q, rng):
    """The component of the hidden label, `hits` pairs of which hold it with another label; of the
    `left` ones, those that do not hold it twice are pairs of others, each alike."""
    others = rows.count - 1
    left = rng.binomial(left, (1.0 - q) ** 2 / (q * q + (1.0 - q) ** 2))
    hidden = rows.labels[row][0]
    found = unlike(rows.count, {hidden}, hits, rng)
    component, seen, next_ = [hidden, *found], {hidden, *found}, 1
    while next_ < len(component) and others > 1:
        # Pairs among labels not yet left behind: those of this one with itself, and with another.
        once = 2.0 * (others - 1) / others**2
        hits = rng.binomial(left, once)
        left -= hits
        left -= rng.binomial(left, 1.0 / others**2 / (1.0 - once))
        behind = set(component[:next_ + 1])
        for label in unlike(rows.count, behind, hits, rng):
            if label not in seen:
                seen.add(label)
                component.append(label)
        next_, others = next_ + 1, others - 1
    rows.move(row, component)


def unlike(count, excluded, draws, rng):
    """The distinct labels of some uniform draws that avoid a few."""
    found = []
    while draws:
        label = int(rng.integers(count))
        if label not in excluded:
            draws -= 1
            if label not in found:
                found.append(label)
    return found


def draw_all(rows, row, hits, rng):
    """A round of a touched prompt that drew so many pairs beside the hidden label twice."""
    masses, rest = rows.distribution(row)
    labels, count = rows.labels[row], rows.count
    chances = np.append(masses, max((count - len(masses)) * rest, 0.0))
    own = len(masses)
    joint = np.outer(chances, chances)
    joint[0, 0] = 0.0
    cells = rng.choice(joint.size, size=hits, p=(joint / joint.sum()).ravel())
    pairs = np.stack(np.divmod(cells, own + 1))
    known = np.array([*labels, -1])
    drawn = known[pairs]
    for place in np.argwhere(drawn < 0):
        drawn[tuple(place)] = unlike(count, set(labels), 1, rng)[0]
    vertices, edges = np.unique(drawn, return_inverse=True)
    edges = edges.reshape(drawn.shape)
    graph = coo_array((np.ones(hits), edges), shape=(len(vertices),) * 2)
    parts = connected_components(graph, directed=False)[1]
    for part in range(parts.max() + 1):
        component = vertices[parts == part].tolist()
        if len(component) > 1 and any(label in labels for label in component):
            rows.move(row, component)
