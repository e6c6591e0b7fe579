"""Keras 3 model.fit on each backend: --backend tensorflow | jax | torch; mode keras-<backend>. W08 only."""
import pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import os, sys
_args = dict(zip(sys.argv[1::2], sys.argv[2::2]))
BACKEND = _args.get("--backend", "tensorflow")
os.environ["KERAS_BACKEND"] = BACKEND
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import data
from harness import measure

x, y = data.images(12_800)
weights = data.mlp_weights((784, 128, 10))
model = keras.Sequential([keras.Input((784,)), keras.layers.Dense(128, activation="relu"), keras.layers.Dense(10)])
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))


def epoch(fresh=False):
    if fresh:
        model.set_weights(weights)
    return model.fit(x, y, batch_size=32, epochs=1, shuffle=False, verbose=0).history["loss"][0]


model.set_weights(weights)
measure(f"keras-{BACKEND}", "W08.fit", epoch, "s", check=float, budget=3, note="compiled once; later epochs continue training")
