"""The scripts of a row, each as a function without arguments that does a replicate or some at once.

A peer does the rounds of one replicate, and reads off every policy what a script would print: kappa
and two failure rates. The program measures all else that its tables show, too.
"""

import numpy as np

import hard
import square
import tabular
from draws import probabilities, quantities


def repeated(round_, theta, rounds, offset=None, features=None):
    """Rounds from theta on, each policy read off."""
    for _ in range(rounds):
        quantities(probabilities(features, theta, offset))
        theta = round_(theta)
    quantities(probabilities(features, theta, offset))
    return theta


def square_peers(make, beta, n, rounds, names=("plain", "expert")):
    def peers():
        features, theta, offset = make()
        rng = np.random.default_rng(1)

        def peer(script):
            def round_(at):
                return script(features, at, beta, n, rng, offset)

            return lambda: repeated(round_, theta, rounds, offset, features)

        scripts = {"plain": square.plain, "expert": square.expert}
        return {name: peer(scripts[name]) for name in names}

    return peers


def fit_peers(make, scripts, *settings):
    """A fit by a module of scripts; its settings stand between the policy and the generator."""

    def peers():
        features, theta, _ = make()
        rng = np.random.default_rng(1)

        def peer(script):
            def round_(at):
                return script(features, at, *settings, rng)

            return lambda: repeated(round_, theta, 1, None, features)

        return {"plain": peer(scripts.plain), "expert": peer(scripts.expert)}

    return peers


def hard_peers(plain, expert, share):
    def peers():
        rng = np.random.default_rng(1)
        shape = (64, 2**26, 16.0, 4)
        return {
            "plain": lambda: plain(*shape, share["plain"], rng),
            "expert": lambda: expert(*shape, share["expert"], rng),
        }

    return peers


def tabular_peers():
    rng = np.random.default_rng(1)
    logits = tabular.start(10**6, 10, rng)
    return {
        "plain": lambda: tabular.plain(logits, 10**7, 4, rng),
        "expert": lambda: tabular.expert(logits, 10**7, 4, rng),
    }
