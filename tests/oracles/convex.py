"""Writes convex.csv: minimisers of softmax likelihoods and logistic losses, and optima of the linear programmes behind them.

Features, offsets, weights and centres are sines of integers, so that a test in any language makes the same instances (to rounding).
Each minimiser comes from scipy.optimize and is then polished by Newton's method on the plain gradient in 60-digit arithmetic
(mpmath); in a ball, Newton's method solves the equations of Karush, Kuhn and Tucker in (θ, m). Linear programmes: HiGHS.

    python3 convex.py > convex.csv      (needs numpy, scipy, mpmath)
"""

import numpy as np
from mpmath import mp, mpf, matrix, exp, log, lu_solve, sqrt
from scipy.optimize import linprog, minimize

mp.dps = 60


def wave(seed, i, j):
    """The generator of the instances: a double in [-1, 1]."""
    return float(np.sin(float(seed) + 1.7 * float(i) + 0.9 * float(j) * float(i + 1)))


def features(seed, rows, d):
    return [[wave(seed, i, j) for j in range(d)] for i in range(rows)]


def weights(seed, rows, orders):
    """From 10^-orders to 1."""
    return [float(10.0 ** (-0.5 * orders * (1.0 + wave(seed + 31, i, 1)))) for i in range(rows)]


class Softmax:
    """M prompts of K responses that share θ."""

    def __init__(self, seed, prompts, k, d, orders):
        self.d, self.k, self.prompts = d, k, prompts
        rows = prompts * k
        self.f, self.c = features(seed, rows, d), weights(seed, rows, orders)
        self.o = [2.0 * wave(seed + 7, i, 2) for i in range(rows)]

    def terms(self, number, theta):
        """Value, gradient, Hessian, with numbers of the given type."""
        d, one = self.d, number(1)
        f = [[number(x) for x in row] for row in self.f]
        value, g = 0 * one, [0 * one for _ in range(d)]
        h = [[0 * one for _ in range(d)] for _ in range(d)]
        e, ln = (exp, log) if number is mpf else (np.exp, np.log)
        for x in range(self.prompts):
            block = range(x * self.k, (x + 1) * self.k)
            logits = [number(self.o[i]) + sum(f[i][j] * theta[j] for j in range(d)) for i in block]
            top = max(logits)
            z = sum(e(l - top) for l in logits)
            p = [e(l - top) / z for l in logits]
            total = sum(number(self.c[i]) for i in block)
            mean = [sum(p[y] * f[i][j] for y, i in enumerate(block)) for j in range(d)]
            for y, i in enumerate(block):
                value += number(self.c[i]) * (top + ln(z) - logits[y])
                for j in range(d):
                    g[j] += (total * p[y] - number(self.c[i])) * f[i][j]
                    for l in range(d):
                        h[j][l] += total * p[y] * (f[i][j] - mean[j]) * (f[i][l] - mean[l])
        return value, g, h

    def cone(self):
        """Rows of A: each seen response against every response of its prompt."""
        rows = []
        for x in range(self.prompts):
            block = range(x * self.k, (x + 1) * self.k)
            for y in block:
                if self.c[y] > 0:
                    rows += [np.subtract(self.f[y], self.f[z]) for z in block if z != y]
        return np.array(rows)


class Logistic:
    """m pairs, of which a wins and b losses weigh."""

    def __init__(self, seed, m, d, orders):
        self.d, self.m = d, m
        self.f, self.a, self.b = features(seed, m, d), weights(seed, m, orders), weights(seed + 3, m, orders)

    def terms(self, number, v):
        d, one = self.d, number(1)
        f = [[number(x) for x in row] for row in self.f]
        value, g = 0 * one, [0 * one for _ in range(d)]
        h = [[0 * one for _ in range(d)] for _ in range(d)]
        e, ln = (exp, log) if number is mpf else (np.exp, np.log)
        for i in range(self.m):
            z = sum(f[i][j] * v[j] for j in range(d))
            softplus = lambda x: max(x, 0 * one) + ln(1 + e(-abs(x)))
            s = 1 / (1 + e(-z))
            a, b = number(self.a[i]), number(self.b[i])
            value += a * softplus(-z) + b * softplus(z)
            for j in range(d):
                g[j] += (b * s - a * (1 - s)) * f[i][j]
                for l in range(d):
                    h[j][l] += (a + b) * s * (1 - s) * f[i][j] * f[i][l]
        return value, g, h

    def cone(self):
        rows = [np.array(row) for row, a in zip(self.f, self.a) if a > 0]
        return np.array(rows + [-np.array(row) for row, b in zip(self.f, self.b) if b > 0])


def centre(seed, d):
    return [0.5 * wave(seed + 11, j, 3) for j in range(d)]


def solve(problem, ridge, c_ridge, radius, c_ball):
    """θ and the ball's multiplier (0 where it does not bind), in 60 digits."""
    d = problem.d

    def both(number, theta, m):
        value, g, h = problem.terms(number, theta)
        for strength, c in ((number(ridge), c_ridge), (m, c_ball)):
            for j in range(d):
                away = theta[j] - number(c[j])
                value += strength * away * away
                g[j] += 2 * strength * away
                h[j][j] += 2 * strength
        return value, g, h

    def scipy(theta, m):
        f = lambda t: both(np.float64, t, m)
        return minimize(lambda t: f(t)[0], theta, jac=lambda t: np.array(f(t)[1]), hess=lambda t: np.array(f(t)[2]),
                        method="trust-exact", options={"gtol": 1e-12, "maxiter": 500}).x

    def newton(theta, m):
        theta = [mpf(float(t)) for t in theta]
        for _ in range(300):
            value, g, h = both(mpf, theta, m)
            step = list(lu_solve(matrix(h), -matrix(g)))
            if max(abs(s) for s in step) < mpf(10) ** -33:
                return [t + s for t, s in zip(theta, step)]
            while max(abs(s) for s in step) > 1e-8 and both(mpf, [t + s for t, s in zip(theta, step)], m)[0] > value:
                step = [s / 2 for s in step]
            theta = [t + s for t, s in zip(theta, step)]
        raise ValueError(f"no convergence: {theta}, {step}")

    theta = newton(scipy(np.zeros(d), 0.0), mpf(0)) if problem.finite or ridge > 0 else None
    length = lambda t: sqrt(sum((x - mpf(c)) ** 2 for x, c in zip(t, c_ball)))
    if radius is None or (theta is not None and length(theta) <= radius):
        return theta, mpf(0)
    # SciPy's constrained minimiser, and from it Newton on the equations of Karush, Kuhn and Tucker.
    f = lambda t: both(np.float64, t, 0.0)
    ball = {"type": "ineq", "fun": lambda t: radius ** 2 - np.sum((t - c_ball) ** 2), "jac": lambda t: -2 * (t - np.array(c_ball))}
    start = minimize(lambda t: f(t)[0], np.array(c_ball), jac=lambda t: np.array(f(t)[1]), constraints=[ball],
                     method="SLSQP", options={"ftol": 1e-15, "maxiter": 1000}).x
    _, g, _ = f(start)
    away = start - np.array(c_ball)
    m = mpf(float(-np.dot(g, away) / (2 * np.dot(away, away))))
    theta = [mpf(float(t)) for t in start]
    for _ in range(60):
        _, g, h = both(mpf, theta, m)
        system, right = matrix(d + 1), matrix(d + 1, 1)
        for j in range(d):
            away = theta[j] - mpf(c_ball[j])
            system[j, d], system[d, j], right[j] = 2 * away, 2 * away, -g[j]
            for l in range(d):
                system[j, l] = h[j][l]
        right[d] = mpf(radius) ** 2 - length(theta) ** 2
        step = lu_solve(system, right)
        theta, m = [t + s for t, s in zip(theta, step)], m + step[d]
        if max(abs(s) for s in step) < mpf(10) ** -33:
            assert m > 0
            return theta, m
    raise ValueError("no convergence in the ball")


def programme(rows):
    """max Σ z subject to A v >= z, 0 <= z <= 1, by HiGHS."""
    m, d = rows.shape
    constraint = np.hstack([-rows, np.eye(m)])
    out = linprog(np.concatenate([np.zeros(d), -np.ones(m)]), constraint, np.zeros(m),
                  bounds=[(None, None)] * d + [(0, 1)] * m, method="highs")
    return -out.fun


print("kind,seed,m,k,d,orders,dead,ridge,radius,programme,multiplier,theta")


def row(kind, seed, m, k, d, orders, dead=0, ridge=0.0, radius=None):
    """`dead`: of the weights, those whose wave is above 1 - dead/10 are zero."""
    problem = Softmax(seed, m, k, d, orders) if kind == "softmax" else Logistic(seed, m, d, orders)
    kill = lambda values, shift: [0.0 if wave(seed + shift, i, 4) > 1 - dead / 10 else c for i, c in enumerate(values)]
    if kind == "softmax":
        problem.c = kill(problem.c, 13)
        if any(not any(problem.c[x * k:(x + 1) * k]) for x in range(m)):
            return
    else:
        problem.a, problem.b = kill(problem.a, 13), kill(problem.b, 17)
    if len(problem.cone()) == 0:
        return
    value = programme(problem.cone())
    problem.finite = value < 1e-6
    inputs = [kind, seed, m, k, d, orders, dead, repr(ridge), "" if radius is None else repr(radius), repr(round(value, 6))]
    if not problem.finite and ridge == 0 and radius is None:
        print(",".join(map(str, inputs + ["", ""])))
        return
    theta, multiplier = solve(problem, ridge, centre(seed, d), radius, centre(seed + 1, d))
    print(",".join(map(str, inputs + [mp.nstr(multiplier, 20), " ".join(mp.nstr(t, 20) for t in theta)])))


for seed, m, k, d in ((1, 3, 4, 2), (2, 8, 5, 3), (3, 5, 7, 6), (4, 1, 4, 3)):
    for orders in (0, 2, 6):
        row("softmax", seed, m, k, d, orders)
    row("softmax", seed, m, k, d, 2, ridge=0.03)
    row("softmax", seed, m, k, d, 2, radius=0.7)
    row("softmax", seed, m, k, d, 2, ridge=0.03, radius=0.6)
for seed, m, d in ((5, 4, 1), (6, 9, 3), (7, 30, 5)):
    for orders in (0, 2, 6):
        row("logistic", seed, m, 0, d, orders)
    row("logistic", seed, m, 0, d, 2, ridge=0.2)
    row("logistic", seed, m, 0, d, 2, radius=0.4)
    row("logistic", seed, m, 0, d, 2, ridge=0.03, radius=0.3)
# Some weights zero: an optimum or none, and the one in the ball.
for seed in range(20, 32):
    for dead in (6, 9, 12):
        row("logistic", seed, 12, 0, 6, 1, dead=dead)
        row("softmax", seed, 4, 4, 6, 1, dead=dead)
for seed in range(20, 26):
    row("logistic", seed, 12, 0, 6, 1, dead=12, radius=5.0)
    row("softmax", seed, 4, 4, 6, 1, dead=9, radius=5.0)
    row("logistic", seed, 12, 0, 6, 1, dead=12, ridge=0.01)
    row("softmax", seed, 4, 4, 6, 1, dead=9, ridge=0.01)
