"""`python eager_peer.py numpy | torch | tensorflow | jax <milliseconds per case> <cases as JSON>`: one line of JSON per case, on one core."""

import json
import os
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ[name] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

# JAX has threads that no setting takes away.
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

peer, budget, cases = sys.argv[1], float(sys.argv[2]), json.loads(sys.argv[3])

import numpy as np  # noqa: E402


def softmax(np_, a):
    e = np_.exp(a - np_.max(a, axis=-1, keepdims=True))
    return e / np_.sum(e, axis=-1, keepdims=True)


def load_numpy():
    return lambda x: x, {
        "add": np.add, "mul": np.multiply, "tanh": np.tanh, "exp": np.exp, "sum": np.sum,
        "sumRows": lambda a: np.sum(a, 1), "sumColumns": lambda a: np.sum(a, 0),
        "transpose": lambda a: np.ascontiguousarray(a.T), "softmax": lambda a: softmax(np, a),
        "cumsum": lambda a: np.cumsum(a, 1), "matMul": np.matmul,
    }, lambda y: y


def load_torch():
    import torch

    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    functional = torch.nn.functional

    def tensor(x):
        return torch.from_numpy(x)

    def image(a):
        # Channels last, as ours; torch keeps the names of axes in another order.
        return a.permute(0, 3, 1, 2)

    return tensor, {
        "add": torch.add, "mul": torch.mul, "tanh": torch.tanh, "exp": torch.exp, "sum": torch.sum,
        "sumRows": lambda a: a.sum(1), "sumColumns": lambda a: a.sum(0), "transpose": lambda a: a.t().contiguous(),
        "softmax": lambda a: torch.softmax(a, -1), "cumsum": lambda a: torch.cumsum(a, 1), "matMul": torch.matmul,
        "conv2d": lambda a, w: functional.conv2d(image(a), w.permute(3, 2, 0, 1), padding="same"),
        "maxPool": lambda a: functional.max_pool2d(image(a), 2, 2),
    }, lambda y: y


def load_tensorflow():
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    return tf.constant, {
        "add": tf.add, "mul": tf.multiply, "tanh": tf.tanh, "exp": tf.exp, "sum": tf.reduce_sum,
        "sumRows": lambda a: tf.reduce_sum(a, 1), "sumColumns": lambda a: tf.reduce_sum(a, 0), "transpose": tf.transpose,
        "softmax": tf.nn.softmax, "cumsum": lambda a: tf.cumsum(a, 1), "matMul": tf.matmul,
        "conv2d": lambda a, w: tf.nn.conv2d(a, w, 1, "SAME"), "maxPool": lambda a: tf.nn.max_pool2d(a, 2, 2, "VALID"),
    }, lambda y: y


def load_jax():
    import jax
    import jax.numpy as jnp

    return jnp.asarray, {
        "add": jnp.add, "mul": jnp.multiply, "tanh": jnp.tanh, "exp": jnp.exp, "sum": jnp.sum,
        "sumRows": lambda a: jnp.sum(a, 1), "sumColumns": lambda a: jnp.sum(a, 0), "transpose": jnp.transpose,
        "softmax": jax.nn.softmax, "cumsum": lambda a: jnp.cumsum(a, 1), "matMul": jnp.matmul,
        "conv2d": lambda a, w: jax.lax.conv_general_dilated(a, w, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")),
        "maxPool": lambda a: jax.lax.reduce_window(a, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID"),
    }, lambda y: y.block_until_ready()


tensor, ops, ready = {"numpy": load_numpy, "torch": load_torch, "tensorflow": load_tensorflow, "jax": load_jax}[peer]()


def operand(shape, dtype):
    size = int(np.prod(shape))
    whole = (np.arange(size, dtype=np.int64) * 37) % 101
    values = (whole - 50).astype(np.int32) if dtype == "int32" else (whole / 50 - 1).astype(np.float32)
    return tensor(values.reshape(shape))


for case in cases:
    op = ops.get(case["op"])
    if op is None:
        continue
    operands = [operand(shape, case.get("dtype", "float32")) for shape in case["shapes"]]

    def batch(n):
        start = time.perf_counter_ns()
        for _ in range(n):
            y = op(*operands)
        ready(y)
        return time.perf_counter_ns() - start

    batch(1)
    n = 1
    while batch(n) < 1e6 and n < 1 << 20:
        n *= 2
    least = batch(n) / n
    end = time.perf_counter_ns() + budget * 1e6
    while time.perf_counter_ns() < end:
        least = min(least, batch(n) / n)
    print(json.dumps({"name": case["name"], "ns": least}), flush=True)
