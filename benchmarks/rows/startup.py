"""Start-up: from NumPy to the library, and to a first prediction.

Each number is of a fresh process in which NumPy was imported before the clock began.
"""

import subprocess
import sys

from harness.row import Row
from harness.worker import installed

OURS = """
import nnmods as nn
net = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10)).float().evaluate()
y = net.forward(np.ones((1, 64), np.float32))
"""
PYTORCH = """
import torch
from torch import nn
net = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10)).eval()
with torch.inference_mode():
    y = net(torch.ones(1, 64))
"""
JAX = """
import jax, jax.numpy as jnp
p = [jnp.ones((64, 32)), jnp.ones(32), jnp.ones((32, 10)), jnp.ones(10)]
apply = jax.jit(lambda p, x: jax.nn.relu(x @ p[0] + p[1]) @ p[2] + p[3])
y = apply(p, jnp.ones((1, 64))).block_until_ready()
"""


class StartRow(Row):
    """A row whose ``builders`` are programs, each run in fresh processes."""

    def time(self, peers, threads, seconds, cpu_time=False):
        """Return the times of each program, as `harness.worker.time_row` does."""
        peers = [peer for peer in installed(peers) if peer in self.builders]
        times = {peer: [] for peer in peers}
        for _ in range(max(3, round(seconds * 5))):
            for peer in peers:
                times[peer].append(_seconds(self.builders[peer], cpu_time))
        return times


def _seconds(program, cpu_time):
    clock = "process_time" if cpu_time else "perf_counter"
    code = f"""
import time
import numpy as np
start = time.{clock}()
{program}
print(time.{clock}() - start)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[-1])


ROWS = [
    StartRow(
        "import",
        "start-up",
        {
            "nnmods": "import nnmods",
            "pytorch": "import torch",
            "jax": "import jax",
            "sklearn": "import sklearn.neural_network",
        },
    ),
    StartRow(
        "import and first prediction",
        "start-up",
        {"nnmods": OURS, "pytorch": PYTORCH, "jax": JAX},
    ),
]
