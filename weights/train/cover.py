"""Training of the net of covered faces, weights/cover.onnx: `python -m weights.train.cover CHIPS.npz`.

It needs the extra `export` (torch).

CHIPS.npz holds `chips` (n, 128, 128, 3) uint8, faces in a level square 1.5 times their longer side, and `landmarks`
(n, 478, 2) float32 in their pixels: faces of adults with nothing before them, mostly.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from weights.train.cover_samples import SIDE, Samples, draw_samples

TARGET: Final = Path(__file__).parents[1] / "cover.onnx"
SAMPLES: Final = 14_200
EPOCHS: Final = 8
_DOUBTFUL: Final = 0.7  # the first net's answer on a free eye or mouth: real glasses, hands, microphones


class CoverNet(nn.Module):  # type: ignore[misc]
    """The net: N×64×64×3, RGB 0..255 → logits of covered (right eye, left eye, nose, mouth) and of the kind."""

    def __init__(self) -> None:
        super().__init__()
        self.stages = nn.ModuleList([
            nn.Sequential(_conv(3, 16, 2), _conv(16, 32, 2)), _conv(32, 32),
            _conv(32, 64, 2), _conv(64, 64),
            nn.Sequential(_conv(64, 96, 2), nn.Conv2d(96, 32, 1), nn.ReLU()),
        ])  # fmt: skip
        self.head = nn.Sequential(nn.Flatten(), nn.Dropout(0.3), nn.Linear(32 * 16, 64), nn.ReLU(), nn.Linear(64, 8))

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """The logits of covered (N, 4) and of the kind (N, 4)."""
        x = pixels.permute(0, 3, 1, 2)
        middle = x.mean((1, 2, 3), keepdim=True)
        x = (x - middle) / ((x - middle).square().mean((1, 2, 3), keepdim=True).sqrt() + 8)
        for number, stage in enumerate(self.stages):
            x = x + stage(x) if number in {1, 3} else stage(x)
        answers = self.head(x)
        return answers[:, :4], answers[:, 4:]


class _Answers(nn.Module):  # type: ignore[misc]
    """The net with probabilities instead of logits, as it is shipped."""

    def __init__(self, net: CoverNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        covered, kind = self.net(pixels)
        return covered.sigmoid(), kind.softmax(1)


def _conv(inside: int, outside: int, step: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inside, outside, 3, step, 1, bias=False), nn.BatchNorm2d(outside), nn.ReLU())


def train(samples: Samples, epochs: int, seed: int) -> CoverNet:
    """Train a net by Adam with one cycle of the rate; each picture is seen as it is or mirrored."""
    torch.manual_seed(seed)
    net, size = CoverNet(), 128
    pixels, covered, kind = (torch.from_numpy(part) for part in samples)
    optimiser = torch.optim.AdamW(net.parameters(), weight_decay=1e-3)
    steps = epochs * (len(pixels) // size)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps)
    for _ in range(epochs):
        order = torch.randperm(len(pixels))
        for batch in order[: len(order) // size * size].split(size):
            loss = _loss(net, pixels[batch].float(), covered[batch], kind[batch].long())
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            rate.step()
    net.eval()
    return net


def _loss(net: CoverNet, pixels: Tensor, covered: Tensor, kind: Tensor) -> Tensor:
    mirrored = torch.rand(len(pixels)) < 0.5
    pixels = torch.where(mirrored[:, None, None, None], pixels.flip(2), pixels)
    covered = torch.where(mirrored[:, None], covered[:, [1, 0, 2, 3]], covered)
    covered_logits, kind_logits = net(pixels)
    asked = (covered >= 0).float()
    each = nn.functional.binary_cross_entropy_with_logits(covered_logits, covered.clamp(0, 1).float(), reduction="none")
    kinds = nn.functional.cross_entropy(kind_logits, kind.clamp(0), reduction="none") * (kind >= 0)
    loss: Tensor = (each * asked).sum() / asked.sum() + 0.3 * kinds.mean()
    return loss


def drop_doubtful_labels(net: CoverNet, samples: Samples) -> Samples:
    """The samples without the labels "free" of parts on which the net sees something.

    Some people of the photos themselves wear dark glasses or hold a hand before the mouth.
    """
    pixels, covered, kind = samples
    with torch.no_grad():
        batches = torch.from_numpy(pixels).split(256)
        chances = torch.cat([net(batch.float())[0].sigmoid() for batch in batches]).numpy()
    return pixels, np.where((covered == 0) & (chances > _DOUBTFUL), -1, covered).astype(np.int8), kind


def export(net: CoverNet, target: Path) -> None:
    """Write the ONNX file: input `pixels`, outputs `covered` and `kind`."""
    example: Any = (torch.zeros(2, SIDE, SIDE, 3),)
    batch = {name: {0: "N"} for name in ("pixels", "covered", "kind")}
    torch.onnx.export(
        _Answers(net).eval(), example, str(target), dynamo=False, opset_version=17,
        input_names=["pixels"], output_names=["covered", "kind"], dynamic_axes=batch,
    )  # fmt: skip


def main(source: Path) -> None:
    """Train in two rounds: the first net finds the labels that can't be right, the second learns without them."""
    torch.set_num_threads(1)
    with np.load(source) as stored:
        samples = draw_samples(stored["chips"], stored["landmarks"], SAMPLES, 1)
    first = train(samples, 3, 1)
    export(train(drop_doubtful_labels(first, samples), EPOCHS, 2), TARGET)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
