"""The comparison of our files with the official code, on the same random weights: every net, and a whole frame.

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

from weights.convert.liveportrait.conversion import convert_checkpoints
from weights.convert.liveportrait.export_check import Arrays, Difference, run
from weights.convert.liveportrait.nets import Nets
from weights.convert.liveportrait.random_weights import randomise, write_checkpoints
from weights.convert.liveportrait.rounding import emulate_fp16_frame
from weights.liveportrait.pack import Pack
from weights.liveportrait.sources import CHECKPOINTS

SEED: Final = 20240703
_TURN: Final = (4.0, -7.0, 3.0)  # degrees of pitch, yaw, roll that the frame is turned by
_OPTIONS: Final = {"F": "appearance", "M": "motion", "W": "warping", "G": "generator", "S": "corrections"}

Row = tuple[str, Difference]


class Official:
    """The official wrapper on the CPU in fp32, with inputs and outputs like ours."""

    def __init__(self, clone: Path, files: dict[str, Path]) -> None:
        sys.path.insert(0, str(clone))
        config = importlib.import_module("src.config.inference_config").InferenceConfig
        wrapper = importlib.import_module("src.live_portrait_wrapper").LivePortraitWrapper
        checkpoints = {f"checkpoint_{letter}": str(files[key]) for letter, key in _OPTIONS.items()}
        unused = {"mask_crop": np.zeros(0), "lip_array": np.zeros(0)}  # they would be read from files
        self.wrapper: Any = wrapper(config(**checkpoints, **unused, flag_force_cpu=True, flag_use_half_precision=False))

    def source(self, crop: NDArray[np.uint8]) -> tuple[dict[str, Any], Any]:
        """Run F and M on a crop (256, 256, 3) RGB: M's answers, the feature volume."""
        picture = self.wrapper.prepare_source(crop)
        return self.wrapper.get_kp_info(picture), self.wrapper.extract_feature_3d(picture)

    def frame(self, info: dict[str, Any], feature: Any, exp: NDArray[np.float32]) -> dict[str, Any]:
        """Draw a frame turned by _TURN and with another expression, and return every value on the way."""
        still = self.wrapper.transform_keypoint(info)
        turned = {name: info[name] + degrees for name, degrees in zip(("pitch", "yaw", "roll"), _TURN, strict=True)}
        driving = self.wrapper.transform_keypoint({**info, **turned, "exp": info["exp"] + torch.from_numpy(exp)})
        stitched = self.wrapper.stitching(still, driving)
        out = self.wrapper.warp_decode(feature, still, stitched)["out"]
        return {"still": still, "driving": driving, "stitched": stitched, "image": out}


def compare(official: Official, pack: Pack, nets: Nets, seed: int, models: Sequence[str]) -> Iterator[Row]:
    """Compare on one random crop: F and M, the corrections, W and G in torch, then whole frames.

    Args:
        official: The official code.
        pack: Our files of the same weights.
        nets: Our torch modules of the same weights.
        seed: Seed of the crop, the expression and the ratios.
        models: Names of the frame nets to compare.

    Yields:
        The name of a value and its difference, as soon as it is known.
    """
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (24, 24, 3), np.uint8)
    crop = np.asarray(cv2.resize(coarse, (256, 256), interpolation=cv2.INTER_CUBIC), np.uint8)
    exp = (random.standard_normal((1, 21, 3)) * 0.02).astype(np.float32)
    info, feature = official.source(crop)
    theirs = official.frame(info, feature, exp)
    picture = crop.astype(np.float32).transpose(2, 0, 1)[None] / 255.0

    names = ("liveportrait_appearance", "liveportrait_appearance_fp16")
    volume, half = (run(pack.path(name), {"picture": picture})["feature"] for name in names)
    yield "F fp32: feature", Difference.of(volume, feature.numpy())
    yield "F fp16: feature", Difference.of(half, feature.numpy())
    motion = run(pack.path("liveportrait_motion"), {"picture": picture})
    yield from _compare_motion(motion, info)
    still, driving = keypoints(motion), keypoints(motion, _TURN, exp)
    yield "keypoints of the frame", Difference.of(driving, theirs["driving"].numpy())
    stitched = run(pack.path("liveportrait_stitch"), {"kp_source": still, "kp_driving": driving})["kp_stitched"]
    yield "S: stitched", Difference.of(stitched, theirs["stitched"].numpy())
    yield from _compare_retargeting(official, pack, still, theirs["still"], random)
    yield from _compare_in_torch(official, nets, feature, theirs)
    for name in models:
        feeds: Arrays = {"feature": half if name.endswith("fp16") else volume}
        feeds |= {"kp_source": still, "kp_driving": stitched}
        found = run(pack.path(name), feeds)["image"]
        yield f"crop → frame, {name}", Difference.of(found, theirs["image"].numpy())
    rounded = emulate_fp16_frame(nets, torch.from_numpy(half), torch.from_numpy(still), torch.from_numpy(stitched))
    yield "crop → frame, every value rounded to fp16", Difference.of(rounded.numpy(), theirs["image"].numpy())


def _compare_motion(motion: Arrays, info: dict[str, Any]) -> Iterator[Row]:
    """M's answers."""
    pose = np.concatenate([info[name].numpy() for name in ("pitch", "yaw", "roll")], 1)
    theirs = {"pose": pose, "translation": info["t"], "expression": info["exp"], "scale": info["scale"]}
    for name, value in {**theirs, "keypoints": info["kp"]}.items():
        yield f"M fp32: {name}", Difference.of(motion[name], np.asarray(value))


def _compare_retargeting(
    official: Official, pack: Pack, ours: NDArray[np.float32], theirs: Any, random: np.random.Generator
) -> Iterator[Row]:
    """The nets of eyes and lips, on the photo's keypoints of either side and random ratios."""
    for net, count in (("eyes", 3), ("lips", 2)):
        ratios = random.random((1, count)).astype(np.float32)
        retarget = official.wrapper.retarget_eye if net == "eyes" else official.wrapper.retarget_lip
        delta = run(pack.path(f"liveportrait_{net}"), {"kp_source": ours, "ratios": ratios})["delta"]
        yield f"S: {net}", Difference.of(delta, retarget(theirs, torch.from_numpy(ratios)).numpy())


def _compare_in_torch(official: Official, nets: Nets, feature: Any, theirs: dict[str, Any]) -> Iterator[Row]:
    """W and G as torch modules, each on the official inputs."""
    still, stitched = theirs["still"], theirs["stitched"]
    with torch.no_grad():
        moved = official.wrapper.warping_module(feature, kp_driving=stitched, kp_source=still)["out"]
        yield "W, torch: moved features", Difference.of(nets.warping(feature, stitched, still).numpy(), moved.numpy())
        image = torch.sigmoid(nets.generator(moved)).numpy()
    yield "G, torch: image", Difference.of(image, theirs["image"].numpy())


def keypoints(
    motion: Arrays, turn: Sequence[float] = (0.0, 0.0, 0.0), expression: NDArray[Any] | float = 0.0
) -> NDArray[np.float32]:
    """The keypoints of a frame: scale · (keypoints · R + expression) + (tx, ty, 0).

    Args:
        motion: M's answers.
        turn: Degrees of pitch, yaw, roll that are added to its pose.
        expression: Added to its expression, (1, 21, 3).
    """
    x, y, z = np.radians(motion["pose"][0] + np.asarray(turn, np.float32))
    about_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_z = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    turned = motion["keypoints"] @ (about_z @ about_y @ about_x).T + motion["expression"] + expression
    shift = motion["translation"] * np.array([1.0, 1.0, 0.0])
    return np.asarray(motion["scale"][:, :, None] * turned + shift[:, None], np.float32)


def main() -> None:
    """Print the table of docs/liveportrait.md."""
    parser = argparse.ArgumentParser(prog="parity", description=__doc__)
    parser.add_argument("official", type=Path, help="Folder of a clone of KwaiVGI/LivePortrait.")
    parser.add_argument(
        "--folder", type=Path, default=Path("out/parity"), help="Folder in which 2 GB of files are left."
    )
    parser.add_argument("--seed", type=int, default=SEED, help="Seed of the random weights and of the picture.")
    frames = ("liveportrait_frame", "liveportrait_frame_fp16", "liveportrait_frame_4d", "liveportrait_frame_4d_fp16")
    parser.add_argument(
        "--models", nargs="*", default=frames, choices=frames, help="Forms of the frame net to compare."
    )
    options = parser.parse_args()
    nets = Nets.empty()
    randomise(nets, options.seed)
    checkpoints, pack = options.folder / f"checkpoints-{options.seed}", Pack(options.folder / f"store-{options.seed}")
    files = {key: checkpoints / checkpoint.name for key, checkpoint in CHECKPOINTS.items()}
    if not all(file.exists() for file in files.values()):
        write_checkpoints(nets, checkpoints)
    if pack.record() is None:
        convert_checkpoints(pack.folder.parent, files, trusted=True)
    official = Official(options.official.resolve(), files)
    for name, difference in compare(official, pack, nets, options.seed, options.models):
        figures = (
            f"{difference.span:.3g} | {difference.max_abs:.1e} | {difference.relative:.1e} | {difference.psnr:.1f}"
        )
        sys.stdout.write(f"| {name} | {figures} |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
