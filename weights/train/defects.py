"""Training of the nets of damaged surfaces: `python -m weights.train.defects FOLDER…`.

First that of weights/defects.onnx; then it is trained on with cracks of a pixel's width, for weights/hairlines.onnx.

It needs the extra `export` (torch). The folders hold photos whose surface is whole, mostly: JPEG or PNG.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from weights.train.defect_samples import SIDE, draw_samples

TARGET: Final = Path(__file__).parents[1] / "defects.onnx"
FINE_TARGET: Final = TARGET.with_name("hairlines.onnx")
PHOTOS: Final = 2_500
"""Photos that are read at most, chosen by chance."""
STEPS: Final = 4_400
FINE_STEPS: Final = 2_500
FINE_SHARE: Final = 0.5
"""Share of the samples with such cracks that the second net sees."""
BATCH: Final = 8
POOL: Final = 512
"""Samples that batches are drawn from, turned by chance."""
REPLACED: Final = 3
"""Samples of the pool that are drawn anew before each step."""
_WIDTHS: Final = (16, 24, 32, 48)
_LARGEST: Final = 768  # pixels of a photo's longer side
_WRONG: Final = 0.7  # weight of a false alarm against that of what is missed


class DefectNet(nn.Module):  # type: ignore[misc]
    """A small U-Net that begins at half the size: N×1×H×W, grey 0..255, sides of 16 pixels each → logits of damage."""

    def __init__(self) -> None:
        super().__init__()
        widths = (4, *_WIDTHS)
        self.down = nn.ModuleList(
            nn.Sequential(_conv(before, after, 1 if number == 0 else 2), _conv(after, after))
            for number, (before, after) in enumerate(pairwise(widths))
        )
        self.up = nn.ModuleList(
            nn.Sequential(_conv(deep + wide, wide), _conv(wide, wide)) for deep, wide in pairwise(_WIDTHS[::-1])
        )
        self.head = nn.Conv2d(_WIDTHS[0], 4, 1)

    def forward(self, pixels: Tensor) -> Tensor:
        """The logits, N×1×H×W."""
        x = nn.functional.pixel_unshuffle((pixels - 128) / 64, 2)
        kept = []
        for stage in self.down:
            x = stage(x)
            kept.append(x)
        for stage, wide in zip(self.up, kept[-2::-1], strict=True):
            x = stage(torch.cat([nn.functional.interpolate(x, scale_factor=2.0, mode="nearest"), wide], dim=1))
        return nn.functional.pixel_shuffle(self.head(x), 2)


class _Answers(nn.Module):  # type: ignore[misc]
    """The net with probabilities instead of logits, as it is shipped."""

    def __init__(self, net: DefectNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, pixels: Tensor) -> Tensor:
        return self.net(pixels).sigmoid()


def _conv(inside: int, outside: int, step: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inside, outside, 3, step, 1, bias=False), nn.BatchNorm2d(outside), nn.ReLU())


def read_photos(folders: list[Path], rng: np.random.Generator) -> list[NDArray[np.uint8]]:
    """The photos of the folders, grey, uint8 H×W each, none smaller than SIDE."""
    paths = sorted(path for folder in folders for path in folder.rglob("*") if path.suffix.lower() in {".jpg", ".png"})
    photos = []
    for index in rng.permutation(len(paths))[:PHOTOS]:
        grey = cv2.imread(str(paths[index]), cv2.IMREAD_GRAYSCALE)
        if grey is None or min(grey.shape) < SIDE:
            continue
        share = min(1.0, _LARGEST / max(grey.shape))
        small = cv2.resize(grey, None, fx=share, fy=share, interpolation=cv2.INTER_AREA) if share < 1 else grey
        if min(small.shape) >= SIDE:
            photos.append(np.asarray(small, np.uint8))
    return photos


def train(
    photos: list[NDArray[np.uint8]], steps: int, seed: int, fine: float = 0.0, before: DefectNet | None = None
) -> DefectNet:
    """Train a net by Adam with one cycle of the rate; a pool of samples is renewed by and by.

    Args:
        photos: Grey, uint8 H×W each.
        steps: Number of batches.
        seed: Of all that is random.
        fine: Share of the samples with cracks of a pixel's width.
        before: A net that is trained on, more slowly; None: a new one.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net: DefectNet = (before or DefectNet()).train()
    optimiser = torch.optim.AdamW(net.parameters(), weight_decay=1e-4)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimiser, 6e-3 if before is None else 1.5e-3, total_steps=steps)
    mean, (pool, pool_truths) = 0.0, draw_samples(photos, POOL, rng, fine)
    for step in range(steps):
        fresh = rng.choice(POOL, REPLACED, replace=False)
        pool[fresh], pool_truths[fresh] = draw_samples(photos, REPLACED, rng, fine)
        drawn, turn = rng.choice(POOL, BATCH, replace=False), int(rng.integers(4))
        pictures, truths = (np.ascontiguousarray(np.rot90(one[drawn], turn, (1, 2))) for one in (pool, pool_truths))
        loss = _loss(net(torch.from_numpy(pictures[:, None]).float()), torch.from_numpy(truths[:, None]).float())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        rate.step()
        mean += (loss.item() - mean) * (0.01 if step else 1.0)
        if step % 100 == 99:
            print(f"{step + 1} of {steps}: {mean:.4f}", flush=True)  # noqa: T201
    net.eval()
    return net


def _loss(logits: Tensor, truth: Tensor) -> Tensor:
    """Cross entropy of each pixel, and the overlap of all: damage is one pixel of thirty, and a false alarm is worse
    than a scratch that stays."""
    each = nn.functional.binary_cross_entropy_with_logits(logits, truth)
    chance = logits.sigmoid()
    both = (chance * truth).sum()
    wrong, missed = chance.sum() - both, truth.sum() - both
    overlap = (both + 1) / (both + _WRONG * wrong + (1 - _WRONG) * missed + 1)
    loss: Tensor = 2 * each + 0.5 * (1 - overlap)
    return loss


def export(net: DefectNet, target: Path) -> None:
    """Write the ONNX file: input `pixels` N×1×H×W, output `damage` of the same shape, 0..1."""
    example: Any = (torch.zeros(1, 1, 64, 64),)
    axes = {name: {0: "N", 2: "H", 3: "W"} for name in ("pixels", "damage")}
    torch.onnx.export(
        _Answers(net).eval(), example, str(target), dynamo=False, opset_version=17,
        input_names=["pixels"], output_names=["damage"], dynamic_axes=axes,
    )  # fmt: skip


def main(folders: list[Path]) -> None:
    """Train on the photos of the folders, and write both nets."""
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    photos = read_photos(folders, np.random.default_rng(1))
    net = train(photos, STEPS, 2)
    export(net, TARGET)
    export(train(photos, FINE_STEPS, 5, FINE_SHARE, net), FINE_TARGET)


if __name__ == "__main__":
    main([Path(one) for one in sys.argv[1:]])
