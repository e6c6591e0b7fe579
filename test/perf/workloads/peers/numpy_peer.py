"""NumPy and Numba: modes numpy (whole-array or plain Python loops) and numba (njit)."""
import pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
try:
    import numba
except ImportError:  # its rows are left out
    numba = None
import numpy as np
import data
from harness import CASES, measure as measured

N, B = "numpy", "numba"
active = lambda prefix: not CASES or any(c.startswith(prefix) or prefix.startswith(c) for c in CASES)
njit = numba.njit(cache=False) if numba else (lambda f: f)
total = lambda r: np.asarray(r, np.float64).sum()


def measure(mode, *args, **options):
    if mode == N or numba:
        measured(mode, *args, **options)


def w01():
    def loop(x, d):
        for _ in range(10_000):
            x = x + d
        return x
    measure(N, "W01.scalar", lambda: loop(np.array(0, np.float32), np.array(1, np.float32)), "ns", 10_000, check=float)
    measure(N, "W01.vec10", lambda: loop(np.zeros(10, np.float32), np.ones(10, np.float32)), "ns", 10_000, check=total)


def w02():
    a, b = (data.uniform(s, (data.POINTS,)) for s in (1, 2))
    measure(N, "W02.add", lambda: a + b, "us", check=total)
    measure(N, "W02.tanh", lambda: np.tanh(a), "us", check=total)
    measure(N, "W02.sum", lambda: a.sum(), "us", check=float)


def w03():
    poly = lambda x: x ** 2 + 2 * x + 1
    @(numba.vectorize(["float32(float32)"]) if numba else (lambda f: f))
    def fused(x):
        return x * x + np.float32(2) * x + np.float32(1)
    for n in (1, 1_000, 1_000_000):
        x = np.array([3.0], np.float32) if n == 1 else data.uniform(3, (n,))
        check = lambda r: r.astype(np.float64).mean()
        measure(N, f"W03.n{n}", lambda: poly(x), "us", check=check)
        measure(B, f"W03.n{n}", lambda: fused(x), "us", check=check)


@njit
def logistic(x, tol, limit):
    i, delta = 0, 1.0
    while delta > tol and i < limit:
        new = 3.0 * x * (1.0 - x)
        delta = abs(new - x)
        x = new
        i += 1
    return i


@njit
def collatz(limit):
    best, where = 0, 0
    for start in range(1, limit):
        n, k = start, 0
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            k += 1
        if k > best:
            best, where = k, start
    return where


def w04():
    p = data.LOGISTIC
    for mode, run in ((B, logistic), (N, getattr(logistic, "py_func", logistic))):
        measure(mode, "W04.logistic", lambda: run(p["x0"], p["tol"], p["limit"]), "ns", 55_530, check=int, note="plain Python" if mode == N else None)
    measure(N, "W04.collatz1000", lambda: getattr(collatz, "py_func", collatz)(1_000), "ns", data.collatz_steps(1_000), check=int, note="plain Python")
    for n in (1_000, 100_000):
        measure(B, f"W04.collatz{n}", lambda: collatz(n), "ns", data.collatz_steps(n), check=int)


def mandel(cr, ci, limit):
    zr, zi = np.zeros_like(cr), np.zeros_like(ci)
    count, alive = np.zeros(cr.shape, np.int32), np.ones(cr.shape, np.bool_)
    i = 0
    two, four = np.float32(2), np.float32(4)
    while i < limit and alive.any():
        nr, ni = zr * zr - zi * zi + cr, two * zr * zi + ci
        zr, zi = np.where(alive, nr, zr), np.where(alive, ni, zi)
        alive = zr * zr + zi * zi <= four
        count += alive
        i += 1
    return count


@njit
def mandel_pixels(cr, ci, limit):
    count = np.zeros(cr.shape, np.int32)
    for y in range(cr.shape[0]):
        for x in range(cr.shape[1]):
            zr = zi = np.float32(0)
            k = 0
            while k < limit:
                zr, zi = zr * zr - zi * zi + cr[y, x], np.float32(2) * zr * zi + ci[y, x]
                if zr * zr + zi * zi > np.float32(4):
                    break
                k += 1
            count[y, x] = k
    return count


def w05():
    cr, ci = data.mandel_grid()
    limit = data.MANDEL["limit"]
    measure(N, "W05.mandel", lambda: mandel(cr, ci, limit), "ms", check=total)
    measure(B, "W05.mandel-pixels", lambda: mandel_pixels(cr, ci, limit), "ms", check=total, note="per-pixel early exit")


def w06():
    d = data.rnn_data()
    def forward():
        x, wx, wh, b, lengths = (d[k] for k in ("x", "wx", "wh", "b", "lengths"))
        h = np.zeros((x.shape[1], wh.shape[0]), np.float32)
        for t in range(lengths.max()):
            h = np.where((t < lengths)[:, None], np.tanh(x[t] @ wx + h @ wh + b), h)
        return (h * h).mean()
    measure(N, "W06.fwd", forward, "ms", check=float)


def newton(a, x0, tol, limit):
    x, open_, i = np.full_like(a, x0), np.ones(a.shape, np.bool_), 0
    while open_.any() and i < limit:
        e = np.exp(x)
        step = (x * e - a) / (e * (x + 1))
        x = np.where(open_, x - step, x)
        open_ = np.abs(step) > tol
        i += 1
    return x


@njit
def newton_elements(a, x0, tol, limit):
    out = np.empty_like(a)
    for k in range(a.size):
        x, i = x0, 0
        while i < limit:
            e = np.exp(x)
            step = (x * e - a[k]) / (e * (x + 1))
            x -= step
            i += 1
            if abs(step) <= tol:
                break
        out[k] = x
    return out


def w10():
    p = data.NEWTON
    a = data.newton_targets()
    measure(N, "W10.newton", lambda: newton(a, p["x0"], p["tol"], p["limit"]), "ms", check=total)
    measure(B, "W10.newton-elements", lambda: newton_elements(a, p["x0"], p["tol"], p["limit"]), "ms", check=total, note="per-element exit")


@njit
def fixed_dual(p, x0, tol):
    """Forward-mode by hand: derivative of the converged x with respect to p."""
    total = 0.0
    for k in range(p.size):
        x, dx, delta = x0, 0.0, 1.0
        while delta > tol:
            s, new = np.sin(p[k] * x), np.cos(p[k] * x)
            dx = -s * (x + p[k] * dx)
            delta = abs(new - x)
            x = new
        total += dx
    return total


def w11():
    for n, name in ((1, "scalar"), (1000, "vec1000")):
        p = data.fixed_p(n)
        measure(B, f"W11.{name}", lambda: fixed_dual(p, data.FIXED["x0"], data.FIXED["tol"]), "us", check=float, note="derivative written by hand")


@njit
def lorenz(n):
    h = 1e-4
    s = np.ones(3)
    k = np.empty((4, 3))
    u = np.empty(3)
    for _ in range(n):
        for stage in range(4):
            c = 0.0 if stage == 0 else (1.0 if stage == 3 else 0.5)
            for j in range(3):
                u[j] = s[j] + (c * h * k[stage - 1, j] if stage else 0.0)
            k[stage, 0] = 10.0 * (u[1] - u[0])
            k[stage, 1] = u[0] * (28.0 - u[2]) - u[1]
            k[stage, 2] = u[0] * u[1] - (8.0 / 3.0) * u[2]
        for j in range(3):
            s[j] += (h / 6.0) * (k[0, j] + 2.0 * k[1, j] + 2.0 * k[2, j] + k[3, j])
    return s


@njit
def lorenz_scalars(n):
    h, x, y, z = 1e-4, 1.0, 1.0, 1.0
    for _ in range(n):
        a1, b1, c1 = 10.0 * (y - x), x * (28.0 - z) - y, x * y - (8.0 / 3.0) * z
        p, q, r = x + 0.5 * h * a1, y + 0.5 * h * b1, z + 0.5 * h * c1
        a2, b2, c2 = 10.0 * (q - p), p * (28.0 - r) - q, p * q - (8.0 / 3.0) * r
        p, q, r = x + 0.5 * h * a2, y + 0.5 * h * b2, z + 0.5 * h * c2
        a3, b3, c3 = 10.0 * (q - p), p * (28.0 - r) - q, p * q - (8.0 / 3.0) * r
        p, q, r = x + h * a3, y + h * b3, z + h * c3
        a4, b4, c4 = 10.0 * (q - p), p * (28.0 - r) - q, p * q - (8.0 / 3.0) * r
        x += (h / 6.0) * (a1 + 2.0 * a2 + 2.0 * a3 + a4)
        y += (h / 6.0) * (b1 + 2.0 * b2 + 2.0 * b3 + b4)
        z += (h / 6.0) * (c1 + 2.0 * c2 + 2.0 * c3 + c4)
    return x + y + z


def w12():
    def step(s):
        def derivative(s):
            x, y, z = s
            return np.array([10 * (y - x), x * (28 - z) - y, x * y - (8 / 3) * z])
        h = 1e-4
        k1 = derivative(s)
        k2 = derivative(s + 0.5 * h * k1)
        k3 = derivative(s + 0.5 * h * k2)
        k4 = derivative(s + h * k3)
        return s + (h / 6) * (k1 + 2 * k2 + 2 * k3 + k4)
    def loop(n):
        s = np.ones(3)
        for _ in range(n):
            s = step(s)
        return s
    measure(N, "W12.lorenz1000", lambda: loop(1_000), "ns", 1_000, check=total)
    for n in (1_000, 10_000, 100_000):
        measure(B, f"W12.lorenz{n}", lambda: lorenz_scalars(n), "ns", n, check=float, note="scalars, written out by hand")
    measure(B, "W12.lorenz100000-arrays", lambda: lorenz(100_000), "ns", 100_000, check=total)


def w13():
    embed, recur, out = data.decode_data()
    p = data.DECODE
    def decode():
        h, token, tokens = np.zeros(p["hidden"], np.float32), 1, []
        while len(tokens) < p["steps"] and token != p["eos"]:
            h = np.tanh(embed[token] + h @ recur)
            token = int(np.argmax(h @ out))
            tokens.append(token)
        return tokens
    measure(N, "W13.decode", decode, "us", p["steps"], check=sum)


def w14():
    for n in (256, 1024):
        a, b = (data.uniform(s, (n, n)) for s in (70, 71))
        measure(N, f"W14.gemm{n}", lambda: a @ b, "ms", check=lambda r: total(np.abs(r)))
    x = data.uniform(72, (1024, 1024))
    def softmax():
        e = np.exp(x - x.max(-1, keepdims=True))
        return e / e.sum(-1, keepdims=True)
    def layernorm():
        c = x - x.mean(-1, keepdims=True)
        return c / np.sqrt((c * c).mean(-1, keepdims=True) + np.float32(1e-5))
    measure(N, "W14.softmax", softmax, "ms", check=lambda r: total(np.square(r, dtype=np.float64)))
    measure(N, "W14.layernorm", layernorm, "ms", check=lambda r: total(np.abs(r)))


def n01():
    for n in (16, 32, 64, 128, 512):
        a, b = (data.uniform(s, (n, n)) for s in (70, 71))
        measure(N, f"N01.gemm{n}", lambda: a @ b, "us", check=lambda r: total(np.abs(r)))


for name, work in list(globals().items()):
    if name[0] in "wn" and name[1:].isdigit() and active(name.upper()):
        work()
