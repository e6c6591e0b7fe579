"""PyTorch: modes torch-eager, torch-compile (inductor), torch-script (torch.jit.script)."""
import pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import time, warnings
warnings.filterwarnings("ignore")
import numpy as np
import torch
import torch.nn.functional as nn
import data
from harness import ARGS, CASES, cannot, emit, measure, wanted

E, C, S = "torch-eager", "torch-compile", "torch-script"
WRAP = {E: lambda f: f, C: lambda f: torch.compile(f), S: torch.jit.script}
active = lambda prefix: not CASES or any(c.startswith(prefix) or prefix.startswith(c) for c in CASES)
total = lambda r: r.detach().to(torch.float64).sum().item()
T = lambda array: torch.from_numpy(np.ascontiguousarray(array))


def w01():
    def loop(x, d):
        for _ in range(10_000):
            x = x + d
        return x
    one, y = torch.tensor(1.0), torch.ones(10)
    measure(E, "W01.scalar", lambda: loop(torch.tensor(0.0), one), "ns", 10_000, check=float)
    measure(E, "W01.vec10", lambda: loop(torch.zeros(10), y), "ns", 10_000, check=total)


def w02():
    a, b = (T(data.uniform(s, (data.POINTS,))) for s in (1, 2))
    for mode in (E, C):
        add, tanh, sum_ = (WRAP[mode](f) for f in (lambda a, b: a + b, lambda a: torch.tanh(a), lambda a: a.sum()))
        measure(mode, "W02.add", lambda: add(a, b), "us", check=total)
        measure(mode, "W02.tanh", lambda: tanh(a), "us", check=total)
        measure(mode, "W02.sum", lambda: sum_(a), "us", check=float)


def polynomial(x):
    return x ** 2 + 2 * x + 1


def w03():
    for n in (1, 1_000, 1_000_000):
        x = T(np.array([3.0], np.float32) if n == 1 else data.uniform(3, (n,)))
        for mode in (E, C, S):
            if wanted(mode, f"W03.n{n}"):
                torch._dynamo.reset()
                poly = WRAP[mode](polynomial)
                measure(mode, f"W03.n{n}", lambda: poly(x), "us", check=lambda r: r.double().mean().item())


def logistic(x, tol: float, limit: int):
    i = 0
    delta = torch.ones_like(x)
    while bool(delta > tol) and i < limit:
        new = 3.0 * x * (1.0 - x)
        delta = torch.abs(new - x)
        x = new
        i += 1
    return i


@torch.jit.script
def logistic_scalars(x: float, tol: float, limit: int):
    i, delta = 0, 1.0
    while delta > tol and i < limit:
        new = 3.0 * x * (1.0 - x)
        delta = abs(new - x)
        x = new
        i += 1
    return i


def logistic_higher_order(x):
    from torch._higher_order_ops import while_loop
    def body(x, d, i):
        new = 3.0 * x * (1.0 - x)
        return new, torch.abs(new - x), i + 1
    return while_loop(lambda x, d, i: (d > 2e-3) & (i < 1_000_000), body, (x, torch.ones_like(x), torch.tensor(0)))[2]


@torch.jit.script
def collatz_scalars(limit: int):
    best, where = 0, 0
    for start in range(1, limit):
        n, k = start, 0
        while n != 1:
            if n % 2 == 0:
                n = n // 2
            else:
                n = 3 * n + 1
            k += 1
        if k > best:
            best, where = k, start
    return where


def w04():
    p = data.LOGISTIC
    x0 = torch.tensor(p["x0"], dtype=torch.float64)
    measure(E, "W04.logistic", lambda: logistic(x0, p["tol"], p["limit"]), "ns", 55_530, check=int)
    script = torch.jit.script(logistic)
    measure(S, "W04.logistic", lambda: script(x0, p["tol"], p["limit"]), "ns", 55_530, check=int)
    measure(S, "W04.logistic-scalars", lambda: logistic_scalars(p["x0"], p["tol"], p["limit"]), "ns", 55_530, check=int)
    measure(S, "W04.collatz1000", lambda: collatz_scalars(1_000), "ns", data.collatz_steps(1_000), check=int)
    if wanted(C, "W04.logistic"):
        run = torch.compile(logistic_higher_order)
        measure(C, "W04.logistic", lambda: run(x0), "ns", 55_530, check=int, note="explicit while_loop operator: a Python while is not captured")


def mandel(cr, ci, limit: int):
    zr, zi = torch.zeros_like(cr), torch.zeros_like(ci)
    count = torch.zeros_like(cr, dtype=torch.int32)
    alive = torch.ones_like(cr, dtype=torch.bool)
    i = 0
    while i < limit and bool(alive.any()):
        nr, ni = zr * zr - zi * zi + cr, 2.0 * zr * zi + ci
        zr, zi = torch.where(alive, nr, zr), torch.where(alive, ni, zi)
        alive = zr * zr + zi * zi <= 4.0
        count = count + alive.to(torch.int32)
        i += 1
    return count


def mandel_higher_order(cr, ci):
    from torch._higher_order_ops import while_loop
    def body(zr, zi, count, alive, i):
        nr, ni = zr * zr - zi * zi + cr, 2.0 * zr * zi + ci
        zr, zi = torch.where(alive, nr, zr), torch.where(alive, ni, zi)
        alive = zr * zr + zi * zi <= 4.0
        return zr, zi, count + alive.to(torch.int32), alive, i + 1
    start = (torch.zeros_like(cr), torch.zeros_like(ci), torch.zeros_like(cr, dtype=torch.int32),
             torch.ones_like(cr, dtype=torch.bool), torch.tensor(0))
    return while_loop(lambda zr, zi, count, alive, i: (i < 200) & alive.any(), body, start)[2]


def w05():
    cr, ci = map(T, data.mandel_grid())
    for mode in (E, S):
        run = WRAP[mode](mandel)
        measure(mode, "W05.mandel", lambda: run(cr, ci, data.MANDEL["limit"]), "ms", check=total)
    run = torch.compile(mandel_higher_order)
    measure(C, "W05.mandel", lambda: run(cr, ci), "ms", check=total, note="explicit while_loop operator")


def rnn(x, wx, wh, b, lengths):
    h = torch.zeros(x.shape[1], wh.shape[0])
    last = int(lengths.max())
    t = 0
    while t < last:
        h = torch.where((lengths > t).unsqueeze(1), torch.tanh(x[t] @ wx + h @ wh + b), h)
        t += 1
    return (h * h).mean()


def w06():
    d = data.rnn_data()
    x, wx, wh, b, lengths = (T(d[k]) for k in ("x", "wx", "wh", "b", "lengths"))
    ps = [p.clone().requires_grad_() for p in (wx, wh, b)]
    for mode in (E, S, C):
        note = "graph break on the data-dependent bound, then 128 steps unrolled" if mode == C else None
        if mode == C and "--slow" not in ARGS:
            for case in ("W06.fwd", "W06.grad"):
                cannot(mode, case, note + "; first call took 131 s (fwd), 181 s (grad); run with --slow 1")
            continue
        run = WRAP[mode](rnn)
        with torch.no_grad():
            measure(mode, "W06.fwd", lambda: run(x, wx, wh, b, lengths), "ms", check=float, note=note)
        measure(mode, "W06.grad", lambda: torch.autograd.grad(run(x, *ps, lengths), ps), "ms", check=lambda g: g[1].abs().sum().item(), note=note)


def trainer(loss_fn, weights, mode, fused=False):
    ws = [T(w.copy()).requires_grad_() for w in weights]
    opt = torch.optim.Adam(ws, lr=1e-3, eps=1e-7, fused=fused)
    loss_fn = WRAP[mode](loss_fn)
    def run(x, y):
        opt.zero_grad()
        loss = loss_fn(ws, x, y)
        loss.backward()
        opt.step()
        return loss.item()
    return run


def mlp_loss(ws, x, y):
    h = x
    for k in range(0, len(ws), 2):
        h = h @ ws[k] + ws[k + 1]
        if k < len(ws) - 2:
            h = torch.relu(h)
    return nn.cross_entropy(h, y)


def after(steps, run):
    return lambda _first: float([run() for _ in range(steps - 1)][-1])


def w07():
    for batch in (32, 256):
        x, y = data.images(batch)
        x, y = T(x), T(y).long()
        for mode in (E, C):
            if wanted(mode, f"W07.b{batch}"):
                run = trainer(mlp_loss, data.mlp_weights(), mode, fused=mode == C)
                measure(mode, f"W07.b{batch}", lambda: run(x, y), "ms", check=after(10, lambda: run(x, y)),
                        note="compiled loss and gradient, fused Adam kernel" if mode == C else None)


def w08():
    x, y = data.images(12_800)
    x, y = T(x), T(y).long()
    for mode in (E,):
        def epoch():
            run = trainer(mlp_loss, data.mlp_weights((784, 128, 10)), mode, fused=True)
            return np.mean([run(x[i:i + 32], y[i:i + 32]) for i in range(0, 12_800, 32)])
        measure(mode, "W08.fit", epoch, "s", check=float, budget=3, note="hand-written loop, fused Adam")


def w09():
    x, y = data.images(32)
    x, y = T(x.reshape(32, 1, 28, 28)), T(y).long()
    weights = data.cnn_weights()
    weights[0], weights[2] = (np.ascontiguousarray(w.transpose(3, 2, 0, 1)) for w in (weights[0], weights[2]))
    weights[4] = np.ascontiguousarray(weights[4].reshape(5, 5, 64, 128).transpose(2, 0, 1, 3).reshape(1600, 128))
    def loss(ws, x, y):
        h = nn.max_pool2d(torch.relu(nn.conv2d(x, ws[0], ws[1])), 2)
        h = nn.max_pool2d(torch.relu(nn.conv2d(h, ws[2], ws[3])), 2).reshape(32, 1600)
        return nn.cross_entropy(torch.relu(h @ ws[4] + ws[5]) @ ws[6] + ws[7], y)
    for mode in (E, C):
        if wanted(mode, "W09.cnn"):
            run = trainer(loss, weights, mode, fused=mode == C)
            measure(mode, "W09.cnn", lambda: run(x, y), "ms", check=after(5, lambda: run(x, y)))


def newton(a, x0: float, tol: float, limit: int):
    x = torch.full_like(a, x0)
    open_ = torch.ones_like(a, dtype=torch.bool)
    i = 0
    while bool(open_.any()) and i < limit:
        e = torch.exp(x)
        step = (x * e - a) / (e * (x + 1.0))
        x = torch.where(open_, x - step, x)
        open_ = torch.abs(step) > tol
        i += 1
    return x


def w10():
    p = data.NEWTON
    a = T(data.newton_targets())
    for mode in (E, S):
        run = WRAP[mode](newton)
        measure(mode, "W10.newton", lambda: run(a, p["x0"], p["tol"], p["limit"]), "ms", check=total)
    def higher_order(a):
        from torch._higher_order_ops import while_loop
        def body(x, open_, i):
            e = torch.exp(x)
            step = (x * e - a) / (e * (x + 1.0))
            return torch.where(open_, x - step, x), torch.abs(step) > 1e-10, i + 1
        start = (torch.full_like(a, 3.0), torch.ones_like(a, dtype=torch.bool), torch.tensor(0))
        return while_loop(lambda x, o, i: o.any() & (i < 60), body, start)[0]
    run_ = torch.compile(higher_order)
    measure(C, "W10.newton", lambda: run_(a), "ms", check=total, note="explicit while_loop operator")


def fixed(p, tol: float):
    x = torch.full_like(p, 0.5)
    delta = 1.0
    while delta > tol:
        new = torch.cos(p * x)
        delta = float((new - x).abs().max())
        x = new
    return x.sum()


def w11():
    for n, name in ((1, "scalar"), (1000, "vec1000")):
        p = T(data.fixed_p(n)).requires_grad_()
        for mode in (E, S):
            run = WRAP[mode](fixed)
            measure(mode, f"W11.{name}", lambda: torch.autograd.grad(run(p, 1e-10), p)[0], "us", check=total)
        cannot(C, f"W11.{name}", "data-dependent while is not captured (graph break every iteration)")


def derivative(s):
    x, y, z = s[0], s[1], s[2]
    return torch.stack([10.0 * (y - x), x * (28.0 - z) - y, x * y - (8.0 / 3.0) * z])


def lorenz(s, n: int):
    h = 1e-4
    for _ in range(n):
        k1 = derivative(s)
        k2 = derivative(s + 0.5 * h * k1)
        k3 = derivative(s + 0.5 * h * k2)
        k4 = derivative(s + h * k3)
        s = s + (h / 6.0) * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return s


def w12():
    s0 = torch.ones(3, dtype=torch.float64)
    for mode, sizes in ((E, (1_000,)), (S, (1_000, 10_000))):
        with torch.no_grad():
            run = WRAP[mode](lorenz)
            for n in sizes:
                measure(mode, f"W12.lorenz{n}", lambda: run(s0, n), "ns", n, check=total)
    def step(s):
        h = 1e-4
        k1 = derivative(s)
        k2 = derivative(s + 0.5 * h * k1)
        k3 = derivative(s + 0.5 * h * k2)
        k4 = derivative(s + h * k3)
        return s + (h / 6.0) * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    compiled = torch.compile(step)
    def loop():
        s = s0
        for _ in range(1_000):
            s = compiled(s)
        return s
    measure(C, "W12.lorenz1000", loop, "ns", 1_000, check=total, note="compiled step, Python loop")


def decode(embed, recur, out, steps: int, eos: int):
    h = torch.zeros(1, recur.shape[0])
    token = 1
    tokens = [0]
    tokens.clear()
    while len(tokens) < steps and token != eos:
        h = torch.tanh(embed[token].unsqueeze(0) + h @ recur)
        token = int((h @ out)[0].argmax())
        tokens.append(token)
    return torch.tensor(tokens)


def w13():
    args = [T(x) for x in data.decode_data()]
    for mode in (E, S):
        with torch.no_grad():
            run = WRAP[mode](decode)
            measure(mode, "W13.decode", lambda: run(*args, 200, 999), "us", 200, check=total)
    cannot(C, "W13.decode", "data-dependent while with a list is not captured")


def w14():
    for n in (256, 1024):
        a, b = (T(data.uniform(s, (n, n))) for s in (70, 71))
        measure(E, f"W14.gemm{n}", lambda: a @ b, "ms", check=lambda r: total(r.abs()))
    x = T(data.uniform(72, (1024, 1024)))
    measure(E, "W14.softmax", lambda: torch.softmax(x, -1), "ms", check=lambda r: total(r.double() ** 2))
    measure(E, "W14.layernorm", lambda: nn.layer_norm(x, (1024,)), "ms", check=lambda r: total(r.abs()))
    soft, norm = torch.compile(lambda x: torch.softmax(x, -1)), torch.compile(lambda x: nn.layer_norm(x, (1024,)))
    measure(C, "W14.softmax", lambda: soft(x), "ms", check=lambda r: total(r.double() ** 2))
    measure(C, "W14.layernorm", lambda: norm(x), "ms", check=lambda r: total(r.abs()))


def w16():
    x, y = data.images(32)
    x, y = T(x), T(y).long()
    if wanted(C, "W16.mlp"):
        run = trainer(mlp_loss, data.mlp_weights(), C, fused=True)
        start = time.perf_counter()
        loss = run(x, y)
        took = (time.perf_counter() - start) * 1e3
        emit(peer=C, case="W16.mlp", unit="ms", median=took, min=took, max=took, samples=1, check=loss, note="disk caches as found; set TORCHINDUCTOR_FORCE_DISABLE_CACHES=1 for cold")


def n01():
    for n in (16, 32, 64, 128, 512):
        a, b = (T(data.uniform(s, (n, n))) for s in (70, 71))
        measure(E, f"N01.gemm{n}", lambda: a @ b, "us", check=lambda r: total(r.abs()))


def n02():
    last = dict(memory_format=torch.channels_last)
    x = T(data.uniform(80, (32, 28, 28, 64))).permute(0, 3, 1, 2).contiguous(**last)
    w = T(data.uniform(81, (3, 3, 64, 64))).permute(3, 2, 0, 1).contiguous(**last)
    dy = T(data.uniform(82, (32, 28, 28, 64))).permute(0, 3, 1, 2).contiguous(**last)
    with torch.no_grad():
        measure(E, "N02.conv", lambda: nn.conv2d(x, w, padding="same"), "ms", check=lambda r: total(r.abs()))
        gradient = lambda: torch.ops.aten.convolution_backward(dy, x, w, None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1, [True, True, False])[1]
        measure(E, "N02.convGradient", gradient, "ms", check=lambda r: total(r.abs()))


def n03():
    a, b, c = (T(data.uniform(s, (1 << 20,))) for s in (4, 5, 6))
    f = lambda a, b, c: torch.tanh(a * b + c) * torch.sigmoid(a)
    measure(E, "N03.chain", lambda: f(a, b, c), "us", check=total)


def n07():
    x, y = (T(v) for v in data.images(32))
    y = y.long()
    ws = [T(w).requires_grad_() for w in data.mlp_weights((784, 256, 10))]
    opt = torch.optim.SGD(ws, lr=0.1)
    def run():
        opt.zero_grad()
        loss = nn.cross_entropy(torch.relu(x @ ws[0] + ws[1]) @ ws[2] + ws[3], y)
        loss.backward()
        opt.step()
        return loss.item()
    def tenth(_first):
        for _ in range(9):
            loss = run()
        return loss
    measure(E, "N07.sgd", run, "us", check=tenth)


for name, work in list(globals().items()):
    if name[0] in "wn" and name[1:].isdigit() and active(name.upper()):
        work()
