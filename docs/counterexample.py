"""Checks docs/counterexample.md with NumPy alone: python docs/counterexample.py prints the lines of its last section."""
import numpy as np

delta, rho = 0.3, 0.05
for n in (1e10, 1e12, 1e14, 1e16):
    # The linear class: K = 3, d = 2; the sample shows responses 1 and 2 together, and response 3 never.
    beta, b = n**-0.5, 30.0003 + np.log(n / 1e10)
    raised = 3 * (1 + 1 / beta)
    angle = np.arctan2(b, raised) + np.arcsin(np.log(2 / 3) / np.hypot(raised, b))
    phi = np.array([[0, 0], [-1, 0], [np.sin(angle), -np.cos(angle)]])
    softmax = lambda theta: np.exp(phi @ theta - np.logaddexp.reduce(phi @ theta))
    theta0 = np.array([3, b])
    base, seen = softmax(theta0), phi[:1] - phi[1:2]
    unseen = np.exp(2 * n * np.log1p(-base[2]))
    # Least squares of (1 + β)⟨θ_0, Δφ⟩ on β⟨θ, Δφ⟩; of all minimisers the one nearest to θ_0.
    theta1 = theta0 + np.linalg.lstsq(beta * seen, seen @ theta0, rcond=None)[0]
    failure = float(softmax(theta1).max() <= 1 - delta)
    kappa, gamma, R = 1 / base.max(), np.log(base[0] / base[1]), 4 * (1 + beta) * np.hypot(*theta0)
    epsilon = R * np.sqrt(8 * (2 * np.log1p(2.5 * n**0.5) + np.log(1 / rho)) / n) + R / n**0.5
    printed = (2 * epsilon * kappa**0.5 + beta * np.log(kappa)) / (gamma * delta)
    # The finite class {π̂_β, uniform}: K = 2, π_0(2) = 10^-3/n, R = (1 + β)γ.
    q = 1e-3 / n
    tie, odds = np.exp(2 * n * np.log1p(-q)), np.log1p(-q) - np.log(q)
    finite = 2 * (1 + beta) * np.sqrt(8 * np.log(2 / rho) / n) / np.sqrt(1 - q) / delta - beta * np.log1p(-q) / (odds * delta)
    print(f"n = {n:.0e}: F_1 = {failure:.0f} with probability {unseen:.4f}, printed {printed:.1e}; finite class {tie:.4f}, {finite:.1e}")
    assert failure == 1 and min(unseen, tie) > 0.998 and max(printed, finite) < 0.05
