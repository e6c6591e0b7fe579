"""
Writes trajectories.json, next to it: 20 steps of a small network under each optimizer, in float64, by Keras 3 on TensorFlow.

    python test/train/trajectories.py        (pip install tensorflow)

The network is tanh(x·w1 + b1)·w2 + b2 with the mean squared error, over batches of 8 rows in order, wrapping. Inputs and first weights
come from a formula that the test repeats. Written down: the loss before each step, and all weights after the last.
"""
import json
import math
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import tensorflow as tf

keras.config.set_floatx("float64")
STEPS, ROWS, BATCH = 20, 32, 8


def wave(seed, *shape):
    n = math.prod(shape)
    return tf.reshape(tf.constant([math.sin(1.7 * i + seed) for i in range(n)], tf.float64), shape)


def weights():
    return [wave(1, 4, 5) * 0.7, wave(2, 5) * 0.1, wave(3, 5, 2) * 0.9, wave(4, 2) * 0.1]


X, Y = wave(5, ROWS, 4), wave(6, ROWS, 2)
o = keras.optimizers
# By the name that the test has for it.
CASES = {
    "sgd": lambda: o.SGD(0.1),
    "momentum": lambda: o.SGD(0.05, momentum=0.9),
    "nesterov": lambda: o.SGD(0.05, momentum=0.9, nesterov=True),
    "adagrad": lambda: o.Adagrad(0.1),
    "adadelta": lambda: o.Adadelta(1.0),
    "rmsprop": lambda: o.RMSprop(0.01),
    "rmsprop with momentum": lambda: o.RMSprop(0.01, rho=0.8, momentum=0.5),
    "rmsprop, centered": lambda: o.RMSprop(0.01, centered=True, epsilon=1e-3),
    "adam": lambda: o.Adam(0.02),
    "adam with a large epsilon": lambda: o.Adam(0.05, beta_1=0.8, beta_2=0.95, epsilon=0.1),
    "amsgrad": lambda: o.Adam(0.05, beta_2=0.7, amsgrad=True),
    "adamw": lambda: o.AdamW(0.02, weight_decay=0.1),
    "adamax": lambda: o.Adamax(0.02),
    "nadam": lambda: o.Nadam(0.02),
    "lion": lambda: o.Lion(0.005),
    "ftrl": lambda: o.Ftrl(0.1),
    "ftrl, regularised": lambda: o.Ftrl(
        0.1, l1_regularization_strength=0.01, l2_regularization_strength=0.01, l2_shrinkage_regularization_strength=0.02, beta=0.1
    ),
    "clipped": lambda: o.Adam(0.02, global_clipnorm=0.1),
    "decayed rate": lambda: o.SGD(o.schedules.ExponentialDecay(0.2, 5, 0.5), momentum=0.5),
}


def run(optimizer):
    ws = [keras.Variable(w, dtype="float64") for w in weights()]
    optimizer.build(ws)
    losses = []
    for step in range(STEPS):
        begin = step * BATCH % ROWS
        x, y = X[begin : begin + BATCH], Y[begin : begin + BATCH]
        with tf.GradientTape() as tape:
            w1, b1, w2, b2 = (w.value for w in ws)
            loss = tf.reduce_mean(tf.square(tf.tanh(x @ w1 + b1) @ w2 + b2 - y))
        losses.append(float(loss))
        optimizer.apply(tape.gradient(loss, [w.value for w in ws]))
    return {"loss": losses, "weights": [float(v) for w in ws for v in tf.reshape(w.value, [-1])]}


found = {name: run(make()) for name, make in CASES.items()}
target = pathlib.Path(__file__).with_suffix(".json")
rounded = json.loads(json.dumps(found), parse_float=lambda text: float(f"{float(text):.12g}"))
lines = [f'  "{name}": {json.dumps(case)}' for name, case in rounded.items()]
versions = f'"keras {keras.__version__}, tensorflow {tf.__version__}"'
target.write_text('{\n  "by": ' + versions + ",\n" + ",\n".join(lines) + "\n}\n")
