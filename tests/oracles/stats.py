"""Writes stats.csv: binomial tails and Clopper-Pearson limits in 50-digit arithmetic.

Tails are sums of binomial masses, limits the bisection of those sums: no incomplete beta function is used.

    python3 stats.py > stats.csv      (needs mpmath)
"""

from mpmath import mp, mpf, binomial, nstr

mp.dps = 50


def sum_from(k, n, p, step):
    """P[X = k] + P[X = k + step] + ... until terms no longer count."""
    p = mpf(p)
    odds = p / (1 - p)
    term = binomial(n, k) * p**k * (1 - p) ** (n - k)
    total = mpf(0)
    while 0 <= k <= n and term > total * mpf(10) ** -40:
        total += term
        if step > 0:
            term *= odds * (n - k) / (k + 1)
        else:
            term *= k / odds / (n - k + 1)
        k += step
    return total


def limit(k, n, tail, step):
    """The p at which P[X >= k] (step > 0, rising in p) or P[X <= k] (falling) equals the tail."""
    low, high = mpf(0), mpf(1)
    for _ in range(110):
        middle = (low + high) / 2
        if step > 0:
            below = 1 - sum_from(k - 1, n, middle, -1) < tail
        else:
            below = sum_from(k, n, middle, -1) > tail
        low, high = (middle, high) if below else (low, middle)
    return low


print("kind,successes,trials,p,first,second")
for k, n, p in [
    (1, 1, 0.3), (3, 10, 0.2), (10, 10, 0.9), (9, 10, 0.999), (17, 30, 0.5), (40, 60, 0.5), (500, 1000, 0.45),
    (7, 10**7, 1e-7), (3, 10**9, 1e-12), (5_001_000, 10**7, 0.5), (5_010_000, 10**7, 0.5), (1_000, 10**7, 9.9e-5),
    (999_700_000, 10**9, 0.9997), (100_030_000, 10**12, 1e-4),
]:
    first, second = sum_from(k, n, p, 1), sum_from(k, n, p, -1)
    print(f"tails,{k},{n},{p!r},{nstr(first, 20)},{nstr(second, 20)}")
for k, n, level in [(1, 2, 0.95), (3, 10, 0.9), (9, 10, 0.99), (7, 10**7, 0.95), (40, 60, 0.95), (1, 10**9, 0.999999)]:
    tail = (1 - mpf(level)) / 2
    print(f"limits,{k},{n},{level!r},{nstr(limit(k, n, tail, 1), 20)},{nstr(limit(k, n, tail, -1), 20)}")
