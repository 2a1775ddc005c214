#!/usr/bin/env python3
"""Trains the default recipe with PyTorch and with peekaboo, in turns, and prints frames/s and the ratio.

    scripts/race.py [--precision bf16] [--rounds 3] [--seconds 15] [--noise] [--program build/release/app/peekaboo]

The same network, losses, optimiser and batch on the same number of threads; PyTorch eager mode, channels last, on films
of noise in memory, as its speed does not depend on what is seen. peekaboo's does: it works out only what has changed
since the frame before. So it is measured on films of the nursery, and, with --noise, on noise, where everything
changes. In bf16 PyTorch autocasts what peekaboo multiplies in bf16: encoder, predictor and variance head (not the
memory's input, which nn.GRU does not do apart). Needs python3-torch.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import time

try:
    import torch
    from torch import nn
    from torch.nn import functional
except ImportError:
    sys.exit(f"{sys.executable} has no torch: scripts/setup --bench installs it for /usr/bin/python3")

WIDTHS, PATCH, MEMORY, HIDDEN, VARIANCE = (32, 64, 128), 32, 256, 448, 64
HORIZONS, CLIPS, VARIANCE_CLIPS, FRAMES = (1, 2, 4, 8), 4, 2, 32
LATENT = 16 * PATCH


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        w = WIDTHS
        self.encoder = nn.Sequential(
            nn.Conv2d(48, w[0], 3, 1, 1), nn.ReLU(), nn.Conv2d(w[0], w[1], 4, 2, 1), nn.ReLU(),
            nn.Conv2d(w[1], w[2], 4, 2, 1), nn.ReLU()).to(memory_format=torch.channels_last)
        self.patch = nn.Linear(w[2], PATCH)
        self.memory = nn.GRU(LATENT, MEMORY, batch_first=True)
        self.predictor = nn.Sequential(
            nn.Linear(MEMORY + LATENT, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, HIDDEN), nn.ReLU(),
            nn.Linear(HIDDEN, len(HORIZONS) * LATENT))
        self.variance = nn.Sequential(
            nn.Linear(MEMORY + LATENT, VARIANCE), nn.ReLU(), nn.Linear(VARIANCE, len(HORIZONS) * LATENT))

    def forward(self, frames, bf16):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16):
            z = self.patch(self.encoder(frames).permute(0, 2, 3, 1).flatten(1, 2))
        z = z.float().view(CLIPS, FRAMES, LATENT)
        h, _ = self.memory(z)
        context = torch.cat([h, z], -1)
        shape = (-1, FRAMES, len(HORIZONS), LATENT)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16):
            log_variance = self.variance(context[:VARIANCE_CLIPS].detach())
            predictions = self.predictor(context)
        return z, predictions.float().view(shape), log_variance.float().view(shape)


def vicreg(samples):
    samples = samples - samples.mean(0)
    hinge = functional.relu(1 - torch.sqrt(samples.var(0) + 1e-4)).mean()
    covariance = samples.T @ samples / (len(samples) - 1)
    others = covariance.square().sum() - covariance.diagonal().square().sum()
    return hinge + 0.04 * others / samples.shape[1]


def loss_of(model, frames, bf16):
    z, predictions, log_variance = model(frames, bf16)
    loss = 0.0
    for i, k in enumerate(HORIZONS):
        error = (predictions[:, :-k, i] - z[:, k:]).square()
        spread = log_variance[:, :-k, i].clamp(-9, 3)
        nll = (spread + error[:VARIANCE_CLIPS].detach() / spread.exp()).mean()
        loss = loss + (error.mean() + 0.1 * nll) / len(HORIZONS)
    patches = z.view(CLIPS, FRAMES, 16, PATCH)
    return loss + vicreg(patches.flatten(0, 2)) + vicreg((patches - patches.mean(1, keepdim=True)).flatten(0, 2))


def prepare(films):
    x = films.float().mul_(1 / 64).sub_(1.8).flatten(0, 1)
    x = x.view(-1, 16, 4, 16, 4, 3).permute(0, 1, 3, 2, 4, 5).reshape(-1, 16, 16, 48)
    return x.permute(0, 3, 1, 2)


def pytorch_rate(seconds, bf16):
    torch.manual_seed(0)
    model = Model()
    heads = list(model.variance.parameters())
    others = [p for name, p in model.named_parameters() if not name.startswith("variance")]
    optimiser = torch.optim.AdamW(model.parameters(), lr=7e-4, betas=(0.9, 0.98), weight_decay=1e-4)
    films = torch.randint(0, 256, (64, FRAMES, 64, 64, 3), dtype=torch.uint8)
    steps = -5  # to warm up
    while steps <= 0 or time.perf_counter() - start < seconds:
        if steps == 0:
            start = time.perf_counter()
        loss = loss_of(model, prepare(films[torch.randint(0, len(films), (CLIPS,))]), bf16)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(others, 5.0)
        nn.utils.clip_grad_norm_(heads, 5.0)
        optimiser.step()
        steps += 1
    return steps * CLIPS * FRAMES / (time.perf_counter() - start)


def peekaboo_rate(program, films, threads, precision):
    run = subprocess.run([program, "bench", "--filter", f"train/{films}/{precision}/threads:{threads}/", "--rounds", "1", "--json",
                          "--precision", precision, "--threads", str(threads)], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"{program}: {run.stderr.strip()}")
    return json.loads(run.stdout)["benchmarks"][0]["frames/s"]


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=15, help="of PyTorch, each round")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--precision", choices=["f32", "bf16"], default="bf16", help="of the products, on both sides")
    parser.add_argument("--noise", action="store_true", help="peekaboo, too, learns from noise")
    parser.add_argument("--program", default=str(root / "build/release/app/peekaboo"))
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    ratios = []
    for turn in range(arguments.rounds):
        slow = pytorch_rate(arguments.seconds, arguments.precision == "bf16")
        fast = peekaboo_rate(arguments.program, "noise" if arguments.noise else "jepa", arguments.threads,
                             arguments.precision)
        ratios.append(fast / slow)
        print(f"round {turn + 1}: PyTorch {slow:.0f} frames/s, peekaboo {fast:.0f}, ratio {ratios[-1]:.2f}", flush=True)
    print(f"median ratio {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
