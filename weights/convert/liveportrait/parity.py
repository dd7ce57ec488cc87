"""Our files beside the official code, with the same random weights: every net, and the way from a crop to a frame.

    python -m weights.convert.liveportrait.parity OFFICIAL [--folder WORK] [--seed N] [--models NAME …]

OFFICIAL is a clone of KwaiVGI/LivePortrait; it is run as it is, nothing of it is part of this project.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from weights.convert.liveportrait.add import add
from weights.convert.liveportrait.check import Arrays, Figure, run
from weights.convert.liveportrait.nets import Nets
from weights.convert.liveportrait.randomised import randomise, write_checkpoints
from weights.convert.liveportrait.rounding import rounded_frame
from weights.liveportrait.pack import Pack
from weights.liveportrait.sources import CHECKPOINTS

SEED: Final = 20240703
_TURN: Final = (4.0, -7.0, 3.0)  # degrees of pitch, yaw, roll that the frame is turned by
_OPTIONS: Final = {"F": "appearance", "M": "motion", "W": "warping", "G": "generator", "S": "corrections"}

Row = tuple[str, Figure]


class Official:
    """The official wrapper on the CPU in fp32, its inputs and outputs as ours are."""

    def __init__(self, clone: Path, files: dict[str, Path]) -> None:
        sys.path.insert(0, str(clone))
        config = importlib.import_module("src.config.inference_config").InferenceConfig
        wrapper = importlib.import_module("src.live_portrait_wrapper").LivePortraitWrapper
        given = {f"checkpoint_{letter}": str(files[key]) for letter, key in _OPTIONS.items()}
        neither = {"mask_crop": np.zeros(0), "lip_array": np.zeros(0)}  # read for what is not compared here
        self.it: Any = wrapper(config(**given, **neither, flag_force_cpu=True, flag_use_half_precision=False))

    def source(self, crop: NDArray[np.uint8]) -> tuple[dict[str, Any], Any]:
        """crop (256, 256, 3) RGB → what M finds, the feature volume."""
        picture = self.it.prepare_source(crop)
        return self.it.get_kp_info(picture), self.it.extract_feature_3d(picture)

    def frame(self, info: dict[str, Any], feature: Any, exp: NDArray[np.float32]) -> dict[str, Any]:
        """Turned by _TURN and with another expression → every value on the way."""
        still = self.it.transform_keypoint(info)
        turned = {name: info[name] + degrees for name, degrees in zip(("pitch", "yaw", "roll"), _TURN, strict=True)}
        driving = self.it.transform_keypoint({**info, **turned, "exp": info["exp"] + torch.from_numpy(exp)})
        stitched = self.it.stitching(still, driving)
        out = self.it.warp_decode(feature, still, stitched)["out"]
        return {"still": still, "driving": driving, "stitched": stitched, "image": out}


def compare(official: Official, pack: Pack, nets: Nets, seed: int, models: Sequence[str]) -> Iterator[Row]:
    """Rows of (what, how far), as they are found."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (24, 24, 3), np.uint8)
    crop = np.asarray(cv2.resize(coarse, (256, 256), interpolation=cv2.INTER_CUBIC), np.uint8)
    exp = (random.standard_normal((1, 21, 3)) * 0.02).astype(np.float32)
    info, feature = official.source(crop)
    wanted = official.frame(info, feature, exp)
    picture = crop.astype(np.float32).transpose(2, 0, 1)[None] / 255.0

    ours = run(pack.path("liveportrait_appearance"), {"picture": picture})["feature"]
    yield "F fp32: feature", Figure.of(ours, feature.numpy())
    half = run(pack.path("liveportrait_appearance_fp16"), {"picture": picture})["feature"]
    yield "F fp16: feature", Figure.of(half, feature.numpy())
    motion = run(pack.path("liveportrait_motion"), {"picture": picture})
    pose = np.concatenate([info[name].numpy() for name in ("pitch", "yaw", "roll")], 1)
    theirs = {"pose": pose, "translation": info["t"], "expression": info["exp"], "scale": info["scale"]}
    for name, value in {**theirs, "keypoints": info["kp"]}.items():
        yield f"M fp32: {name}", Figure.of(motion[name], np.asarray(value))
    still, driving = keypoints(motion), keypoints(motion, _TURN, exp)
    yield "keypoints of the frame", Figure.of(driving, wanted["driving"].numpy())
    points = {"kp_source": still, "kp_driving": driving}
    stitched = run(pack.path("liveportrait_stitch"), points)["kp_stitched"]
    yield "S: stitched", Figure.of(stitched, wanted["stitched"].numpy())
    for net, count in (("eyes", 3), ("lips", 2)):
        ratios = random.random((1, count)).astype(np.float32)
        retarget = official.it.retarget_eye if net == "eyes" else official.it.retarget_lip
        delta = run(pack.path(f"liveportrait_{net}"), {"kp_source": still, "ratios": ratios})["delta"]
        yield f"S: {net}", Figure.of(delta, retarget(wanted["still"], torch.from_numpy(ratios)).numpy())
    with torch.no_grad():
        moved = official.it.warping_module(feature, kp_driving=wanted["stitched"], kp_source=wanted["still"])["out"]
        yield (
            "W, torch: moved features",
            Figure.of(nets.warping(feature, wanted["stitched"], wanted["still"]).numpy(), moved.numpy()),
        )
        made = torch.sigmoid(nets.generator(moved)).numpy()
    image = wanted["image"].numpy()
    yield "G, torch: image", Figure.of(made, image)
    for name in models:
        volume = half if name.endswith("fp16") else ours
        feeds: Arrays = {"feature": volume, "kp_source": still, "kp_driving": stitched}
        found = run(pack.path(name), feeds)
        yield f"crop → frame, {name}", Figure.of(found["image"], image)
    rounded = rounded_frame(nets, torch.from_numpy(half), torch.from_numpy(still), torch.from_numpy(stitched))
    yield "crop → frame, every value rounded to fp16", Figure.of(rounded.numpy(), image)


def keypoints(
    motion: Arrays, turn: Sequence[float] = (0.0, 0.0, 0.0), expression: NDArray[Any] | float = 0.0
) -> NDArray[np.float32]:
    """scale · (keypoints · R + expression) + (tx, ty, 0)."""
    x, y, z = np.radians(motion["pose"][0] + np.asarray(turn, np.float32))
    about_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_z = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    turned = motion["keypoints"] @ (about_z @ about_y @ about_x).T + motion["expression"] + expression
    shift = motion["translation"] * np.array([1.0, 1.0, 0.0])
    return np.asarray(motion["scale"][:, :, None] * turned + shift[:, None], np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(prog="parity", description=__doc__)
    parser.add_argument("official", type=Path)
    parser.add_argument("--folder", type=Path, default=Path("out/parity"), help="2 GB of files are left there")
    parser.add_argument("--seed", type=int, default=SEED)
    frames = ("liveportrait_frame", "liveportrait_frame_fp16", "liveportrait_frame_4d", "liveportrait_frame_4d_fp16")
    parser.add_argument("--models", nargs="*", default=frames, choices=frames)
    given = parser.parse_args()
    nets = Nets.empty()
    randomise(nets, given.seed)
    checkpoints, pack = given.folder / f"checkpoints-{given.seed}", Pack(given.folder / f"store-{given.seed}")
    files = {key: checkpoints / checkpoint.name for key, checkpoint in CHECKPOINTS.items()}
    if not all(file.exists() for file in files.values()):
        write_checkpoints(nets, checkpoints)
    if pack.record() is None:
        add(pack.folder.parent, files, trusted=True)
    official = Official(given.official.resolve(), files)
    for what, figure in compare(official, pack, nets, given.seed, given.models):
        line = f"| {what} | {figure.span:.3g} | {figure.max_abs:.1e} | {figure.relative:.1e} | {figure.psnr:.1f} |\n"
        sys.stdout.write(line)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
