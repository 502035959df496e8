"""Writes theory.csv: 50-digit values of the theory's roots, fixed points and integrals.

Each value comes from the defining equation, never from the closed form that the crate uses:
Lambert's W by bisection of w e^w, the risk root by bisection of the risk equation, the fixed point by iterating the map,
its slope by numerical differentiation, the integral form of Lemma C.3 by quadrature.

    python3 theory.py > theory.csv      (needs mpmath)
"""

from mpmath import mp, mpf, exp, log, sqrt, quad, diff

mp.dps = 50


def bisect(function, low, high):
    """The root of an increasing function in [low, high]."""
    for _ in range(400):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) < 0 else (low, middle)
    return low


def row(kind, inputs, value):
    print(",".join([kind, *[repr(float(x)) for x in inputs], *[""] * (2 - len(inputs)), mp.nstr(value, 25)]))


print("kind,a,b,value")

# W_{-1}(x): w e^w decreases on (-inf, -1].
near = [float(-exp(-1) * (1 - mpf(10) ** -k)) for k in range(1, 16)]
far = [-(10.0 ** -k) for k in (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 200, 233, 280, 300)]
for x in near + [-0.3678794411714423, -0.35, -0.3, -0.25, -0.2] + far:
    row("lambert", [x], bisect(lambda w: -(w * exp(w) - mpf(x)), mpf(-1000), mpf(-1)))

# ε² (1 + log(κ₀/ε)) = v on (0, κ₀ √e), where the left side increases.
for kappa0 in (1.0, 1.5, 3.0, 40.0, 1e6, 1e170):
    for v in (1e-30, 1e-12, 1e-3, 0.1, 0.9, 1.2):
        k = mpf(kappa0)
        root = bisect(lambda s: exp(2 * s) * (1 + log(k) - s) - mpf(v), mpf(-100), log(k) + mpf(1) / 2)
        row("risk", [v, kappa0], exp(root))

# κ = 1 + C √κ by iteration from far above and from 1, and the slope there.
for c in (1e-8, 1e-3, 0.1, 0.5, 1.0, 3.0, 50.0):
    f = lambda kappa: 1 + mpf(c) * sqrt(kappa)
    above, below = mpf(10) ** 6, mpf(1)
    for _ in range(600):
        above, below = f(above), f(below)
    assert abs(above - below) < mpf(10) ** -40
    row("fixed_point", [c], above)
    row("factor", [c], diff(f, above))

# 1 + ∫_1^{1/μ} min(1, K u/(u−1)) du.
for k in (1e-9, 1e-3, 0.1, 0.3, 0.75, 0.95):
    for mu in (0.02, 0.2, 0.5, 0.9):
        ceiling = 1 / mpf(mu)
        knee = min(1 / (1 - mpf(k)), ceiling)
        tail = lambda u: min(mpf(1), mpf(k) * u / (u - 1))
        row("integral", [k, mu], 1 + (knee - 1) + (quad(tail, [knee, (knee + ceiling) / 2, ceiling]) if knee < ceiling else 0))
