"""Training of the colour net, weights/colour.onnx: `python -m weights.train.colour CHIPS.npz`.

It needs the extra `export` (torch). CHIPS.npz holds the arrays of `colour_samples.Chips`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from weights.train.colour_samples import SIDE, Batch, Chips, draw_batch

TARGET: Final = Path(__file__).parents[1] / "colour.onnx"
STEPS: Final = 3_000
BATCH: Final = 16
_UNIT: Final = 20.0  # of Lab: the net's own numbers are near 1
_RATE: Final = 2e-3
_KEPT: Final = 0.995  # of the mean of the weights that is exported, with each step
_SATURATION: Final = 0.15  # weight of the loss of skin's saturation


class ColourNet(nn.Module):  # type: ignore[misc]
    """The net: a view N×8×SIDE×SIDE → a, b and doubt of each pixel in units of Lab, N×3×SIDE/2×SIDE/2."""

    def __init__(self, widths: tuple[int, int, int, int] = (16, 40, 80, 128)) -> None:
        super().__init__()
        self.stem = _conv(8, widths[0], 2)
        self.down = nn.ModuleList([_conv(one, two, 2) for one, two in pairwise(widths)])
        self.deep = nn.Sequential(_conv(widths[3], widths[3]), _conv(widths[3], widths[3]))
        self.scene = nn.Sequential(nn.Linear(widths[3], widths[3]), nn.ReLU(), nn.Linear(widths[3], widths[3]))
        self.up = nn.ModuleList([nn.Conv2d(two, one, 1) for one, two in pairwise(widths)])
        self.join = nn.ModuleList([_conv(one, one) for one in widths[:3]])
        self.head = nn.Sequential(_conv(widths[0], widths[0]), nn.Conv2d(widths[0], 3, 1))

    def forward(self, view: Tensor) -> Tensor:
        """The colour of a view."""
        levels = [self.stem(view)]
        for down in self.down:
            levels.append(down(levels[-1]))
        x = levels[3] + self.deep(levels[3])
        x = x + self.scene(x.mean((2, 3)))[:, :, None, None]
        for level in (2, 1, 0):
            x = nn.functional.interpolate(self.up[level](x), scale_factor=2, mode="bilinear") + levels[level]
            x = x + self.join[level](x)
        answer = self.head(x)
        doubt = nn.functional.softplus(answer[:, 2:]) + 0.05
        return torch.cat([answer[:, :2], doubt], 1) * _UNIT


def _conv(inside: int, outside: int, step: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inside, outside, 3, step, 1, bias=False), nn.BatchNorm2d(outside), nn.ReLU())


def colour_loss(answer: Tensor, colours: Tensor, weights: Tensor, skins: Tensor) -> Tensor:
    """The mean loss of answers of the net.

    The distance of two colours has Laplace's distribution with the answer's doubt as its scale, so that the answer is
    the middle of the colours that would fit, and the doubt is how far they lie apart. On skin and lips the saturation
    has a term of its own, for the middle of many hues is paler than each of them.

    Args:
        answer: (n, 3, S, S), see `ColourNet`.
        colours: The true a and b, (n, 2, S, S).
        weights: Of each pixel, (n, S, S).
        skins: The share of skin or lips, 0..1, (n, S, S).
    """
    guess, doubt = answer[:, :2] / _UNIT, answer[:, 2] / _UNIT
    true = colours / _UNIT
    distance = ((guess - true).square().sum(1) + 1e-4).sqrt()
    likelihood = distance / doubt + 2 * doubt.log()
    paler = ((guess.square().sum(1) + 1e-4).sqrt() - (true.square().sum(1) + 1e-4).sqrt()).abs()
    loss: Tensor = ((likelihood + 0.5 * distance) * weights).mean() + _SATURATION * (paler * skins * weights).mean()
    return loss


def train(chips: Chips, steps: int, seed: int, on_step: Callable[[int, float, nn.Module], None]) -> ColourNet:
    """Train a net by AdamW with one cycle of the rate.

    Args:
        chips: The photos.
        steps: The number of batches.
        seed: All that is random comes from it.
        on_step: Is called after each step with its number, its loss and the net of the mean weights so far.

    Returns:
        The net of the mean weights.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net = ColourNet().to(memory_format=torch.channels_last)
    mean = torch.optim.swa_utils.AveragedModel(
        net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(_KEPT), use_buffers=True
    )
    optimiser = torch.optim.AdamW(net.parameters(), weight_decay=1e-3)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=steps, pct_start=0.1)
    for step in range(steps):
        batch = draw_batch(rng, chips, rng.integers(len(chips.pixels), size=BATCH))
        loss = _learn(net, optimiser, batch)
        rate.step()
        mean.update_parameters(net)
        on_step(step, loss, mean.module)
    trained: ColourNet = mean.module.eval()
    return trained


def _learn(net: ColourNet, optimiser: torch.optim.Optimizer, batch: Batch) -> float:
    views, colours, weights, skins = (torch.from_numpy(part) for part in batch)
    with torch.autocast("cpu", torch.bfloat16):
        answer = net(views.to(memory_format=torch.channels_last))
    loss = colour_loss(answer.float(), colours, weights, skins)
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimiser.step()
    return float(loss.item())


def export(net: nn.Module, target: Path) -> None:
    """Write the ONNX file: input `view`, output `colour`."""
    example: Any = (torch.zeros(2, 8, SIDE, SIDE),)
    torch.onnx.export(
        net.eval(), example, str(target), dynamo=False, opset_version=17,
        input_names=["view"], output_names=["colour"], dynamic_axes={"view": {0: "N"}, "colour": {0: "N"}},
    )  # fmt: skip


def main(source: Path, steps: int = STEPS, target: Path = TARGET) -> None:
    """Train on a file of chips, and write the net every 250 steps and at the end."""
    torch.set_num_threads(1)
    with np.load(source) as stored:
        chips = Chips(*(stored[name] for name in Chips._fields))
    losses: list[float] = []

    def note(step: int, loss: float, net: nn.Module) -> None:
        losses.append(loss)
        if step % 250 == 249:
            sys.stdout.write(f"step {step + 1}: loss {np.mean(losses[-250:]):.4f}\n")
            sys.stdout.flush()
            export(net, target)
            net.train()

    export(train(chips, steps, 1, note), target)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
