"""TensorFlow: modes tf-eager, tf-function (AutoGraph), tf-xla (AutoGraph, jit_compile=True)."""
import pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import os, time
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf
import data
from harness import CASES, cannot, emit, measure, wanted

tf.get_logger().setLevel("ERROR")
E, F, X = "tf-eager", "tf-function", "tf-xla"
WRAP = {E: lambda f: f, F: tf.function, X: lambda f: tf.function(f, jit_compile=True)}
GRAPH = (F, X)
active = lambda prefix: not CASES or any(c.startswith(prefix) or prefix.startswith(c) for c in CASES)


def w01():
    one, y = tf.constant(1.0), tf.ones(10)
    def loop(x, d):
        for _ in range(10_000):
            x = x + d
        return x
    measure(E, "W01.scalar", lambda: loop(tf.constant(0.0), one), "ns", 10_000, check=float)
    measure(E, "W01.vec10", lambda: loop(tf.zeros(10), y), "ns", 10_000, check=lambda r: r.numpy().sum())


def w02():
    a, b = (tf.constant(data.uniform(s, (data.POINTS,))) for s in (1, 2))
    total = lambda r: r.numpy().astype(np.float64).sum()
    for mode in (E, F, X):
        wrap = WRAP[mode]
        add, tanh, sum_ = wrap(lambda a, b: a + b), wrap(lambda a: tf.tanh(a)), wrap(lambda a: tf.reduce_sum(a))
        measure(mode, "W02.add", lambda: add(a, b), "us", check=total)
        measure(mode, "W02.tanh", lambda: tanh(a), "us", check=total)
        measure(mode, "W02.sum", lambda: sum_(a), "us", check=float)


def w03():
    for n in (1, 1_000, 1_000_000):
        x = tf.constant(np.array([3.0], np.float32) if n == 1 else data.uniform(3, (n,)))
        for mode in (E, F, X):
            poly = WRAP[mode](lambda x: x ** 2 + 2 * x + 1)
            measure(mode, f"W03.n{n}", lambda: poly(x), "us", check=lambda r: r.numpy().astype(np.float64).mean())


def logistic(x, tol, limit):
    i, delta = tf.constant(0), tf.constant(1.0, tf.float64)
    while delta > tol and i < limit:
        new = 3.0 * x * (1.0 - x)
        delta = tf.abs(new - x)
        x = new
        i += 1
    return x, i


def collatz(limit):
    best, where, start = tf.constant(0), tf.constant(0), tf.constant(1)
    while start < limit:
        n, k = start, tf.constant(0)
        while n != 1:
            if n % 2 == 0:
                n = n // 2
            else:
                n = 3 * n + 1
            k += 1
        if k > best:
            best, where = k, start
        start += 1
    return where


def w04():
    p = data.LOGISTIC
    x0, tol, limit = tf.constant(p["x0"], tf.float64), tf.constant(p["tol"], tf.float64), tf.constant(p["limit"])
    for mode in (E, F, X):
        run = WRAP[mode](logistic)
        measure(mode, "W04.logistic", lambda: run(x0, tol, limit), "ns", 55_530, check=lambda r: int(r[1]))
    for mode in GRAPH:
        run = WRAP[mode](collatz)
        n = 100_000 if mode == X else 1_000
        measure(mode, f"W04.collatz{n}", lambda: run(tf.constant(n)), "ns", data.collatz_steps(n), check=int)
    cannot(E, "W04.collatz1000", "about 60 000 steps x 6 ops: not worth the time")


def mandel(cr, ci, limit):
    zr, zi = tf.zeros_like(cr), tf.zeros_like(ci)
    count = tf.zeros(cr.shape, tf.int32)
    alive = tf.ones(cr.shape, tf.bool)
    i = tf.constant(0)
    while i < limit and tf.reduce_any(alive):
        nr, ni = zr * zr - zi * zi + cr, 2.0 * zr * zi + ci
        zr, zi = tf.where(alive, nr, zr), tf.where(alive, ni, zi)
        alive = zr * zr + zi * zi <= 4.0
        count += tf.cast(alive, tf.int32)
        i += 1
    return count


def w05():
    cr, ci = map(tf.constant, data.mandel_grid())
    limit = tf.constant(data.MANDEL["limit"])
    for mode in (E, F, X):
        run = WRAP[mode](mandel)
        measure(mode, "W05.mandel", lambda: run(cr, ci, limit), "ms", check=lambda r: r.numpy().astype(np.int64).sum())


def w06():
    d = data.rnn_data()
    x, wx, wh, b, lengths = (tf.constant(d[k]) for k in ("x", "wx", "wh", "b", "lengths"))
    def forward(x, wx, wh, b, lengths):
        h = tf.zeros((x.shape[1], wh.shape[0]))
        t, last = tf.constant(0), tf.reduce_max(lengths)
        while t < last:
            new = tf.tanh(x[t] @ wx + h @ wh + b)
            h = tf.where((t < lengths)[:, None], new, h)
            t += 1
        return tf.reduce_mean(h * h)
    def gradient(x, wx, wh, b, lengths):
        with tf.GradientTape() as tape:
            tape.watch([wx, wh, b])
            loss = forward_graph(x, wx, wh, b, lengths)
        return tape.gradient(loss, [wx, wh, b])
    forward_graph = tf.autograph.to_graph(forward)
    for mode in (E, F, X):
        run, grad = WRAP[mode](forward), WRAP[mode](gradient)
        measure(mode, "W06.fwd", lambda: run(x, wx, wh, b, lengths), "ms", check=float)
        measure(mode, "W06.grad", lambda: grad(x, wx, wh, b, lengths), "ms", check=lambda g: np.abs(g[1].numpy()).sum())


def adam():
    import keras
    return keras.optimizers.Adam(1e-3, epsilon=1e-7)


def mlp_step(mode):
    ws = [tf.Variable(w) for w in data.mlp_weights()]
    opt = adam()
    opt.build(ws)
    def step(x, y):
        with tf.GradientTape() as tape:
            h = x
            for k in range(0, 6, 2):
                h = h @ ws[k] + ws[k + 1]
                if k < 4:
                    h = tf.nn.relu(h)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=h))
        opt.apply_gradients(zip(tape.gradient(loss, ws), ws))
        return loss
    return WRAP[mode](step)


def after(steps):
    """check(result) for a train step: the loss of step number `steps`, counted from fresh weights."""
    return lambda run: lambda _first: float([run() for _ in range(steps - 1)][-1])


def w07():
    for batch in (32, 256):
        x, y = map(tf.constant, data.images(batch))
        for mode in (E, F, X):
            step = mlp_step(mode)
            measure(mode, f"W07.b{batch}", lambda: step(x, y), "ms", check=after(10)(lambda: step(x, y)))


def w09():
    x, y = data.images(32)
    x, y = tf.constant(x.reshape(32, 28, 28, 1)), tf.constant(y)
    for mode in (E, F, X):
        ws = [tf.Variable(w) for w in data.cnn_weights()]
        opt = adam()
        opt.build(ws)
        def step(x, y):
            with tf.GradientTape() as tape:
                h = tf.nn.relu(tf.nn.conv2d(x, ws[0], 1, "VALID") + ws[1])
                h = tf.nn.max_pool2d(h, 2, 2, "VALID")
                h = tf.nn.relu(tf.nn.conv2d(h, ws[2], 1, "VALID") + ws[3])
                h = tf.reshape(tf.nn.max_pool2d(h, 2, 2, "VALID"), (32, 1600))
                h = tf.nn.relu(h @ ws[4] + ws[5]) @ ws[6] + ws[7]
                loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=h))
            opt.apply_gradients(zip(tape.gradient(loss, ws), ws))
            return loss
        run = WRAP[mode](step)
        measure(mode, "W09.cnn", lambda: run(x, y), "ms", check=after(5)(lambda: run(x, y)))


def w10():
    p = data.NEWTON
    a = tf.constant(data.newton_targets())
    def newton(a):
        x = tf.fill(a.shape, tf.constant(p["x0"], tf.float64))
        open_ = tf.ones(a.shape, tf.bool)
        i = tf.constant(0)
        while tf.reduce_any(open_) and i < p["limit"]:
            e = tf.exp(x)
            step = (x * e - a) / (e * (x + 1.0))
            x = tf.where(open_, x - step, x)
            open_ = tf.abs(step) > p["tol"]
            i += 1
        return x
    for mode in (E, F, X):
        run = WRAP[mode](newton)
        measure(mode, "W10.newton", lambda: run(a), "ms", check=lambda r: r.numpy().sum())


def w11():
    tol = tf.constant(data.FIXED["tol"], tf.float64)
    def fixed(p):
        x = tf.fill(p.shape, tf.constant(data.FIXED["x0"], tf.float64))
        delta = tf.constant(1.0, tf.float64)
        while delta > tol:
            new = tf.cos(p * x)
            delta = tf.reduce_max(tf.abs(new - x))
            x = new
        return tf.reduce_sum(x)
    def fixed_bounded(p):
        x = tf.fill(p.shape, tf.constant(data.FIXED["x0"], tf.float64))
        delta = tf.constant(1.0, tf.float64)
        while delta > tol:
            tf.autograph.experimental.set_loop_options(maximum_iterations=100)
            new = tf.cos(p * x)
            delta = tf.reduce_max(tf.abs(new - x))
            x = new
        return tf.reduce_sum(x)
    inner, inner_bounded = tf.autograph.to_graph(fixed), tf.autograph.to_graph(fixed_bounded)
    def gradient(p, loop=inner):
        with tf.GradientTape() as tape:
            tape.watch(p)
            y = loop(p)
        return tape.gradient(y, p)
    for n, name in ((1, "scalar"), (1000, "vec1000")):
        p = tf.constant(data.fixed_p(n))
        for mode in (E, F, X):
            run = WRAP[mode](gradient)
            measure(mode, f"W11.{name}", lambda: run(p), "us", check=lambda r: r.numpy().sum())
        bounded = WRAP[X](lambda p: gradient(p, inner_bounded))
        measure(X, f"W11.{name}-bounded", lambda: bounded(p), "us", check=lambda r: r.numpy().sum(), note="set_loop_options(maximum_iterations=100)")


def w12():
    def derivative(s):
        x, y, z = s[0], s[1], s[2]
        return tf.stack([10.0 * (y - x), x * (28.0 - z) - y, x * y - (8.0 / 3.0) * z])
    def lorenz(s, n):
        h = tf.constant(1e-4, tf.float64)
        i = tf.constant(0)
        while i < n:
            k1 = derivative(s)
            k2 = derivative(s + 0.5 * h * k1)
            k3 = derivative(s + 0.5 * h * k2)
            k4 = derivative(s + h * k3)
            s = s + (h / 6.0) * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
            i += 1
        return s
    s0 = tf.constant([1.0, 1.0, 1.0], tf.float64)
    for mode, sizes in ((E, (1_000,)), (F, (1_000, 10_000)), (X, (1_000, 10_000, 100_000))):
        run = WRAP[mode](lorenz)
        for n in sizes:
            measure(mode, f"W12.lorenz{n}", lambda: run(s0, tf.constant(n)), "ns", n, check=lambda r: r.numpy().sum())


def w13():
    p = data.DECODE
    embed, recur, out = map(tf.constant, data.decode_data())
    def decode(embed, recur, out, size=0):
        h = tf.zeros((1, p["hidden"]))
        token, i = tf.constant(1), tf.constant(0)
        tokens = tf.TensorArray(tf.int32, size=size, dynamic_size=size == 0)
        while i < p["steps"] and token != p["eos"]:
            h = tf.tanh(tf.gather(embed, token)[None, :] + h @ recur)
            token = tf.argmax((h @ out)[0], output_type=tf.int32)
            tokens = tokens.write(i, token)
            i += 1
        return tokens.stack()
    decode_graph = tf.autograph.to_graph(decode)
    for mode in (E, F, X):
        run = WRAP[mode](decode)
        measure(mode, "W13.decode", lambda: run(embed, recur, out), "us", p["steps"], check=lambda r: r.numpy().sum())
    sized = WRAP[X](lambda embed, recur, out: decode_graph(embed, recur, out, p["steps"]))
    measure(X, "W13.decode-sized", lambda: sized(embed, recur, out), "us", p["steps"], check=lambda r: r.numpy().sum(), note="TensorArray of fixed size 200")


def w14():
    for n in (256, 1024):
        a, b = (tf.constant(data.uniform(s, (n, n))) for s in (70, 71))
        for mode in (E, X):
            mm = WRAP[mode](lambda a, b: a @ b)
            measure(mode, f"W14.gemm{n}", lambda: mm(a, b), "ms", check=lambda r: np.abs(r.numpy()).astype(np.float64).sum())
    x = tf.constant(data.uniform(72, (1024, 1024)))
    def layernorm(x):
        mean, var = tf.nn.moments(x, -1, keepdims=True)
        return (x - mean) * tf.math.rsqrt(var + 1e-5)
    for mode in (E, F, X):
        soft, norm = WRAP[mode](lambda x: tf.nn.softmax(x)), WRAP[mode](layernorm)
        measure(mode, "W14.softmax", lambda: soft(x), "ms", check=lambda r: np.square(r.numpy(), dtype=np.float64).sum())
        measure(mode, "W14.layernorm", lambda: norm(x), "ms", check=lambda r: np.abs(r.numpy()).astype(np.float64).sum())


def w16():
    x, y = map(tf.constant, data.images(32))
    for mode in GRAPH:
        if wanted(mode, "W16.mlp"):
            step = mlp_step(mode)
            start = time.perf_counter()
            loss = float(step(x, y))
            took = (time.perf_counter() - start) * 1e3
            emit(peer=mode, case="W16.mlp", unit="ms", median=took, min=took, max=took, samples=1, check=loss)


for name, work in list(globals().items()):
    if name.startswith("w") and name[1:].isdigit() and active(name.upper()):
        work()
