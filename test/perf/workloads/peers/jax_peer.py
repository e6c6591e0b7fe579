"""JAX: modes jax-eager (op by op, jax.disable_jit around control flow is not used) and jax-jit."""
import pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import time
import jax
jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
import numpy as np
from jax import lax
import data
from harness import CASES, cannot, emit, measure, wanted

E, J = "jax-eager", "jax-jit"
WRAP = {E: lambda f: f, J: jax.jit}
active = lambda prefix: not CASES or any(c.startswith(prefix) or prefix.startswith(c) for c in CASES)
ready = jax.block_until_ready
total = lambda r: np.asarray(r, np.float64).sum()


def w01():
    one, y = jnp.float32(1), jnp.ones(10, jnp.float32)
    def loop(x, d):
        for _ in range(10_000):
            x = x + d
        return ready(x)
    measure(E, "W01.scalar", lambda: loop(jnp.asarray(0, jnp.float32), jnp.asarray(1, jnp.float32)), "ns", 10_000, check=float)
    measure(E, "W01.vec10", lambda: loop(jnp.zeros(10, jnp.float32), y), "ns", 10_000, check=total)


def w02():
    a, b = (jnp.asarray(data.uniform(s, (data.POINTS,))) for s in (1, 2))
    for mode in (E, J):
        add, tanh, sum_ = (WRAP[mode](f) for f in (lambda a, b: a + b, jnp.tanh, jnp.sum))
        measure(mode, "W02.add", lambda: ready(add(a, b)), "us", check=total)
        measure(mode, "W02.tanh", lambda: ready(tanh(a)), "us", check=total)
        measure(mode, "W02.sum", lambda: ready(sum_(a)), "us", check=float)


def w03():
    for n in (1, 1_000, 1_000_000):
        x = jnp.asarray(np.array([3.0], np.float32) if n == 1 else data.uniform(3, (n,)))
        for mode in (E, J):
            poly = WRAP[mode](lambda x: x ** 2 + 2 * x + 1)
            measure(mode, f"W03.n{n}", lambda: ready(poly(x)), "us", check=lambda r: np.asarray(r, np.float64).mean())


@jax.jit
def logistic(x, tol, limit):
    def body(s):
        x, _, i = s
        new = 3.0 * x * (1.0 - x)
        return new, jnp.abs(new - x), i + 1
    return lax.while_loop(lambda s: (s[1] > tol) & (s[2] < limit), body, (x, jnp.float64(1), 0))


@jax.jit
def collatz(limit):
    def chain(start):
        def body(s):
            n, k = s
            return jnp.where(n % 2 == 0, n // 2, 3 * n + 1), k + 1
        return lax.while_loop(lambda s: s[0] != 1, body, (start, 0))[1]
    def body(s):
        start, best, where = s
        k = chain(start)
        return start + 1, jnp.maximum(best, k), jnp.where(k > best, start, where)
    return lax.while_loop(lambda s: s[0] < limit, body, (1, 0, 0))[2]


def w04():
    p = data.LOGISTIC
    measure(J, "W04.logistic", lambda: ready(logistic(p["x0"], p["tol"], p["limit"])), "ns", 55_530, check=lambda r: int(r[2]))
    for n in (1_000, 100_000):
        measure(J, f"W04.collatz{n}", lambda: ready(collatz(n)), "ns", data.collatz_steps(n), check=int)
    def eager():
        x, tol, delta, i = jnp.float64(p["x0"]), p["tol"], jnp.float64(1), 0
        while delta > tol:
            new = 3.0 * x * (1.0 - x)
            delta = jnp.abs(new - x)
            x = new
            i += 1
        return i
    measure(E, "W04.logistic", eager, "ns", 55_530, check=int)


def w05():
    cr, ci = map(jnp.asarray, data.mandel_grid())
    limit = data.MANDEL["limit"]
    def body(s):
        zr, zi, count, alive, i = s
        nr, ni = zr * zr - zi * zi + cr, 2 * zr * zi + ci
        zr, zi = jnp.where(alive, nr, zr), jnp.where(alive, ni, zi)
        alive = zr * zr + zi * zi <= 4
        return zr, zi, count + alive.astype(jnp.int32), alive, i + 1
    cond = lambda s: (s[4] < limit) & jnp.any(s[3])
    init = lambda: (jnp.zeros_like(cr), jnp.zeros_like(ci), jnp.zeros(cr.shape, jnp.int32), jnp.ones(cr.shape, bool), 0)
    def eager():
        s = init()
        while cond(s):
            s = body(s)
        return ready(s[2])
    run = jax.jit(lambda: lax.while_loop(cond, body, init())[2])
    measure(E, "W05.mandel", eager, "ms", check=total)
    measure(J, "W05.mandel", lambda: ready(run()), "ms", check=total)


def w06():
    d = data.rnn_data()
    args = [jnp.asarray(d[k]) for k in ("wx", "wh", "b", "x", "lengths")]
    def cell(h, t, wx, wh, b, x, lengths):
        return jnp.where((t < lengths)[:, None], jnp.tanh(x[t] @ wx + h @ wh + b), h)
    zero = jnp.zeros((data.RNN["batch"], data.RNN["hidden"]), jnp.float32)
    def by_while(wx, wh, b, x, lengths):
        last = jnp.max(lengths)
        h = lax.while_loop(lambda s: s[0] < last, lambda s: (s[0] + 1, cell(s[1], s[0], wx, wh, b, x, lengths)), (0, zero))[1]
        return jnp.mean(h * h)
    def by_scan(wx, wh, b, x, lengths):
        h, _ = lax.scan(lambda h, t: (cell(h, t, wx, wh, b, x, lengths), None), zero, jnp.arange(x.shape[0]))
        return jnp.mean(h * h)
    def eager(wx, wh, b, x, lengths):
        h = zero
        for t in range(int(lengths.max())):
            h = cell(h, t, wx, wh, b, x, lengths)
        return jnp.mean(h * h)
    forward, grad = jax.jit(by_while), jax.jit(jax.grad(by_scan, (0, 1, 2)))
    check = lambda g: np.abs(np.asarray(g[1])).sum()
    measure(J, "W06.fwd", lambda: ready(forward(*args)), "ms", check=float)
    measure(J, "W06.grad", lambda: ready(grad(*args)), "ms", check=check, note="lax.scan with fixed T: reverse mode through while_loop is refused")
    measure(E, "W06.fwd", lambda: ready(eager(*args)), "ms", check=float)
    measure(E, "W06.grad", lambda: ready(jax.grad(eager, (0, 1, 2))(*args)), "ms", check=check)


def adam(ws, ms, vs, gs, t):
    t = t + 1
    scale = 1e-3 * jnp.sqrt(1 - 0.999 ** t) / (1 - 0.9 ** t)
    ms = [0.9 * m + 0.1 * g for m, g in zip(ms, gs)]
    vs = [0.999 * v + 0.001 * g * g for v, g in zip(vs, gs)]
    ws = [w - (scale * m / (jnp.sqrt(v) + 1e-7)).astype(w.dtype) for w, m, v in zip(ws, ms, vs)]
    return ws, ms, vs, t


def cross_entropy(logits, y):
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], 1))


def mlp_loss(ws, x, y):
    h = x
    for k in range(0, len(ws), 2):
        h = h @ ws[k] + ws[k + 1]
        if k < len(ws) - 2:
            h = jax.nn.relu(h)
    return cross_entropy(h, y)


def trainer(loss_fn, weights, mode):
    ws = [jnp.asarray(w) for w in weights]
    state = [ws, [jnp.zeros_like(w) for w in ws], [jnp.zeros_like(w) for w in ws], jnp.float32(0)]
    def step(ws, ms, vs, t, x, y):
        loss, gs = jax.value_and_grad(loss_fn)(ws, x, y)
        return loss, *adam(ws, ms, vs, gs, t)
    compiled = jax.jit(step, donate_argnums=(0, 1, 2, 3)) if mode == J else step
    def run(x, y):
        loss, *state[:] = compiled(*state, x, y)
        return ready(loss)
    return run


def after(steps, run):
    return lambda _first: float([run() for _ in range(steps - 1)][-1])


def w07():
    for batch in (32, 256):
        x, y = map(jnp.asarray, data.images(batch))
        for mode in (E, J):
            run = trainer(mlp_loss, data.mlp_weights(), mode)
            measure(mode, f"W07.b{batch}", lambda: run(x, y), "ms", check=after(10, lambda: run(x, y)))


def w08():
    x, y = data.images(12_800)
    def epoch():
        run = trainer(mlp_loss, data.mlp_weights((784, 128, 10)), J)
        return [run(x[i:i + 32], y[i:i + 32]) for i in range(0, 12_800, 32)]
    measure(J, "W08.fit", epoch, "s", check=lambda ls: np.mean([float(l) for l in ls]), budget=3, note="hand-written loop, includes one compile per epoch")
    run = trainer(mlp_loss, data.mlp_weights((784, 128, 10)), J)
    run(x[:32], y[:32])
    measure(J, "W08.fit-warm", lambda: [run(x[i:i + 32], y[i:i + 32]) for i in range(0, 12_800, 32)], "s", budget=3)


def w09():
    x, y = data.images(32)
    x, y = jnp.asarray(x.reshape(32, 28, 28, 1)), jnp.asarray(y)
    def loss(ws, x, y):
        conv = lambda h, w: lax.conv_general_dilated(h, w, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"))
        pool = lambda h: lax.reduce_window(h, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
        h = pool(jax.nn.relu(conv(x, ws[0]) + ws[1]))
        h = pool(jax.nn.relu(conv(h, ws[2]) + ws[3])).reshape(32, 1600)
        return cross_entropy(jax.nn.relu(h @ ws[4] + ws[5]) @ ws[6] + ws[7], y)
    for mode in (E, J):
        run = trainer(loss, data.cnn_weights(), mode)
        measure(mode, "W09.cnn", lambda: run(x, y), "ms", check=after(5, lambda: run(x, y)))


def w10():
    p = data.NEWTON
    a = jnp.asarray(data.newton_targets())
    def body(s):
        x, open_, i = s
        e = jnp.exp(x)
        step = (x * e - a) / (e * (x + 1))
        return jnp.where(open_, x - step, x), jnp.abs(step) > p["tol"], i + 1
    cond = lambda s: jnp.any(s[1]) & (s[2] < p["limit"])
    init = lambda: (jnp.full(a.shape, p["x0"]), jnp.ones(a.shape, bool), 0)
    def eager():
        s = init()
        while cond(s):
            s = body(s)
        return ready(s[0])
    run = jax.jit(lambda: lax.while_loop(cond, body, init())[0])
    measure(J, "W10.newton", lambda: ready(run()), "ms", check=total)
    measure(E, "W10.newton", eager, "ms", check=total)


def w11():
    def body(p):
        def f(s):
            new = jnp.cos(p * s[0])
            return new, jnp.max(jnp.abs(new - s[0]))
        return f
    def fixed(p):
        start = (jnp.full(p.shape, data.FIXED["x0"]), jnp.float64(1))
        return jnp.sum(lax.while_loop(lambda s: s[1] > data.FIXED["tol"], body(p), start)[0])
    def eager(p):
        s = (jnp.full(p.shape, data.FIXED["x0"]), 1.0)
        while s[1] > data.FIXED["tol"]:
            s = body(p)(s)
        return jnp.sum(s[0])
    for n, name in ((1, "scalar"), (1000, "vec1000")):
        p = jnp.asarray(data.fixed_p(n))
        reverse = jax.jit(jax.grad(fixed))
        measure(J, f"W11.{name}", lambda: ready(reverse(p)), "us", check=total)
        forward = jax.jit(lambda p: jax.jvp(fixed, (p,), (jnp.ones_like(p),))[1])
        measure(J, f"W11.{name}-forward", lambda: ready(forward(p)), "us", check=total, note="forward mode, one direction")
        measure(E, f"W11.{name}", lambda: ready(jax.grad(eager)(p)), "us", check=total)


def w12():
    def derivative(s):
        x, y, z = s
        return jnp.stack([10 * (y - x), x * (28 - z) - y, x * y - (8 / 3) * z])
    def step(s):
        h = 1e-4
        k1 = derivative(s)
        k2 = derivative(s + 0.5 * h * k1)
        k3 = derivative(s + 0.5 * h * k2)
        k4 = derivative(s + h * k3)
        return s + (h / 6) * (k1 + 2 * k2 + 2 * k3 + k4)
    run = jax.jit(lambda s, n: lax.fori_loop(0, n, lambda i, s: step(s), s))
    s0 = jnp.ones(3)
    for n in (1_000, 10_000, 100_000):
        measure(J, f"W12.lorenz{n}", lambda: ready(run(s0, n)), "ns", n, check=total)
    def eager():
        s = s0
        for _ in range(1_000):
            s = step(s)
        return ready(s)
    measure(E, "W12.lorenz1000", eager, "ns", 1_000, check=total)


def w13():
    p = data.DECODE
    embed, recur, out = map(jnp.asarray, data.decode_data())
    def step(h, token):
        h = jnp.tanh(embed[token] + h @ recur)
        return h, jnp.argmax(h @ out)
    def compiled():
        def body(s):
            h, token, tokens, i = s
            h, token = step(h, token)
            return h, token, tokens.at[i].set(token), i + 1
        start = (jnp.zeros(p["hidden"], jnp.float32), 1, jnp.zeros(p["steps"], jnp.int64), 0)
        return lax.while_loop(lambda s: (s[3] < p["steps"]) & (s[1] != p["eos"]), body, start)[2]
    def eager():
        h, token, tokens = jnp.zeros(p["hidden"], jnp.float32), 1, []
        while len(tokens) < p["steps"] and token != p["eos"]:
            h, token = step(h, token)
            tokens.append(token)
        return ready(jnp.stack(tokens))
    run = jax.jit(compiled)
    measure(J, "W13.decode", lambda: ready(run()), "us", p["steps"], check=total, note="fixed buffer of 200: no dynamic list")
    measure(E, "W13.decode", eager, "us", p["steps"], check=total)


def w14():
    for n in (256, 1024):
        a, b = (jnp.asarray(data.uniform(s, (n, n))) for s in (70, 71))
        mm = jax.jit(lambda a, b: a @ b)
        measure(J, f"W14.gemm{n}", lambda: ready(mm(a, b)), "ms", check=lambda r: np.abs(np.asarray(r, np.float64)).sum())
    x = jnp.asarray(data.uniform(72, (1024, 1024)))
    soft = jax.jit(jax.nn.softmax)
    norm = jax.jit(lambda x: (x - x.mean(-1, keepdims=True)) * lax.rsqrt(x.var(-1, keepdims=True) + 1e-5))
    measure(J, "W14.softmax", lambda: ready(soft(x)), "ms", check=lambda r: np.square(np.asarray(r, np.float64)).sum())
    measure(J, "W14.layernorm", lambda: ready(norm(x)), "ms", check=lambda r: np.abs(np.asarray(r, np.float64)).sum())


def w16():
    x, y = map(jnp.asarray, data.images(32))
    if wanted(J, "W16.mlp"):
        run = trainer(mlp_loss, data.mlp_weights(), J)
        start = time.perf_counter()
        loss = float(run(x, y))
        took = (time.perf_counter() - start) * 1e3
        emit(peer=J, case="W16.mlp", unit="ms", median=took, min=took, max=took, samples=1, check=loss)


def n01():
    mm = jax.jit(lambda a, b: a @ b)
    for n in (16, 32, 64, 128, 512):
        a, b = (jnp.asarray(data.uniform(s, (n, n))) for s in (70, 71))
        measure(J, f"N01.gemm{n}", lambda: ready(mm(a, b)), "us", check=lambda r: total(jnp.abs(r)))


def n03():
    a, b, c = (jnp.asarray(data.uniform(s, (1 << 20,))) for s in (4, 5, 6))
    chain = jax.jit(lambda a, b, c: jnp.tanh(a * b + c) * jax.nn.sigmoid(a))
    measure(J, "N03.chain", lambda: ready(chain(a, b, c)), "us", check=total)


def n04():
    cr, ci = (jnp.asarray(g).reshape(-1) for g in data.mandel_grid())
    limit = data.MANDEL["limit"]
    def pixel(re, im):
        def body(s):
            zr, zi, k = s
            return zr * zr - zi * zi + re, 2 * zr * zi + im, k + 1
        # The count of W05: steps after which |z| is at most 2.
        alive = lambda s: (s[2] < limit) & (s[0] * s[0] + s[1] * s[1] <= 4)
        return lax.while_loop(alive, body, (re * 0, im * 0, 0))[2]
    run = jax.jit(jax.vmap(pixel))
    measure(J, "N04.pixels", lambda: ready(run(cr, ci)), "ms", check=total)


def n06():
    x = jnp.full(64, 0.5, jnp.float32)
    times, last = [], None
    for i in range(6):
        salt = 1 + i / 1024
        def fresh(x):
            a = x
            for k in range(33):
                a = jnp.tanh(a * (salt + k / 64) + x)
            return a
        start = time.perf_counter()
        last = ready(jax.jit(fresh)(x))
        times.append((time.perf_counter() - start) * 1e3)
    times = sorted(times[1:])
    if wanted(J, "N06.first100"):
        emit(peer=J, case="N06.first100", unit="ms", median=times[2], min=times[0], max=times[-1], samples=5, check=None)


def n07():
    x, y = map(jnp.asarray, data.images(32))
    ws = [jnp.asarray(w) for w in data.mlp_weights((784, 256, 10))]
    @jax.jit
    def step(ws, x, y):
        loss, gs = jax.value_and_grad(mlp_loss)(ws, x, y)
        return loss, [w - 0.1 * g for w, g in zip(ws, gs)]
    state = [ws]
    def run():
        loss, state[0] = step(state[0], x, y)
        return ready(loss)
    measure(J, "N07.sgd", run, "us", check=after(10, run))


for name, work in list(globals().items()):
    if name[0] in "wn" and name[1:].isdigit() and active(name.upper()):
        work()
