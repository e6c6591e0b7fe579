"""
`python train_peer.py torch | jax | tensorflow <case as JSON>`: as train-node.mjs, one thread: prints the loss of step 5, then, for each
line with a number of steps that it is given, microseconds per step. Steps are eager in torch, jax.jit in jax, tf.function in tensorflow.
"""
import json
import math
import os
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
import numpy as np

peer, case = sys.argv[1], json.loads(sys.argv[2])
batch, rate, adam = case["batch"], case["rate"], case["optimizer"] == "adam"
SIZES = [784, 256, 10]

i = np.arange(batch * SIZES[0], dtype=np.int64)
X = ((i * 37 % 101) / 50 - 1).astype(np.float32).reshape(batch, SIZES[0])
Y = np.eye(10, dtype=np.float32)[np.arange(batch) * 7 % 10]
W = []
for rows, columns in zip(SIZES, SIZES[1:]):
    i = np.arange(rows * columns, dtype=np.int64)
    W.append((((i * 53 % 97) / 48 - 1) * math.sqrt(6 / (rows + columns))).astype(np.float32).reshape(rows, columns))
    W.append(np.zeros(columns, np.float32))


def with_torch():
    import torch

    torch.set_num_threads(1)
    x, y = torch.tensor(X), torch.tensor(Y)
    ws = [torch.tensor(w, requires_grad=True) for w in W]
    optimizer = torch.optim.Adam(ws, lr=rate, eps=1e-7) if adam else torch.optim.SGD(ws, lr=rate)

    def step():
        optimizer.zero_grad()
        logits = torch.relu(x @ ws[0] + ws[1]) @ ws[2] + ws[3]
        loss = torch.nn.functional.cross_entropy(logits, y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def with_jax():
    import jax
    import jax.numpy as jnp

    x, y = jnp.asarray(X), jnp.asarray(Y)

    def loss_of(ws):
        logits = jax.nn.relu(x @ ws[0] + ws[1]) @ ws[2] + ws[3]
        return -jnp.mean(jnp.sum(y * jax.nn.log_softmax(logits), 1))

    def update(ws, m, v, t):
        loss, gs = jax.value_and_grad(loss_of)(ws)
        if not adam:
            return [w - rate * g for w, g in zip(ws, gs)], m, v, t, loss
        t = t + 1
        m = [0.9 * a + 0.1 * g for a, g in zip(m, gs)]
        v = [0.999 * a + 0.001 * g * g for a, g in zip(v, gs)]
        scale = rate * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        return [w - scale * a / (jnp.sqrt(b) + 1e-7) for w, a, b in zip(ws, m, v)], m, v, t, loss

    run = jax.jit(update, donate_argnums=(0, 1, 2))
    ws = [jnp.asarray(w) for w in W]
    zeros = [[jnp.zeros_like(w) for w in ws] for _ in range(2)]
    state = [ws, *zeros, jnp.float32(0)]

    def step():
        *state[:], loss = run(*state)
        return float(loss)

    return step


def with_tensorflow():
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    import keras

    x, y = tf.constant(X), tf.constant(Y)
    ws = [tf.Variable(w) for w in W]
    optimizer = keras.optimizers.Adam(rate) if adam else keras.optimizers.SGD(rate)
    optimizer.build(ws)

    @tf.function
    def run(x, y):
        with tf.GradientTape() as tape:
            logits = tf.nn.relu(x @ ws[0] + ws[1]) @ ws[2] + ws[3]
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(y, logits))
        optimizer.apply_gradients(zip(tape.gradient(loss, ws), ws))
        return loss

    return lambda: float(run(x, y))


step = {"torch": with_torch, "jax": with_jax, "tensorflow": with_tensorflow}[peer]()
for _ in range(5):
    loss = step()
print(json.dumps({"loss": loss}), flush=True)
for line in sys.stdin:
    count = int(line)
    start = time.perf_counter_ns()
    for _ in range(count):
        step()
    print(json.dumps({"us": (time.perf_counter_ns() - start) / 1e3 / count}), flush=True)
