"""Defects: drawn ones are found, a good portrait has none, and no eye is one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.arrays import Pixels
from pipeline.faces.descriptor import describe_face
from pipeline.faces.finder import Face, FaceFinder
from pipeline.faces.mesh_topology import RIGHT_PUPIL
from pipeline.restore.defects import find_defects
from pipeline.restore.repair import repair_defects
from pipeline.restore.restoration import restore_photo
from pipeline.runtime import Runtime
from skill.demo_portrait import astronaut
from weights.store import WeightStore
from weights.train import damage
from weights.train.defect_samples import cracks

NOSTRILS = (98, 327)


@pytest.fixture(scope="module")
def runtime(built_weights: WeightStore) -> Runtime:
    return Runtime(built_weights.path)


@pytest.fixture(scope="module")
def portrait() -> Pixels:
    picture = cv2.imdecode(np.frombuffer(astronaut(), np.uint8), cv2.IMREAD_COLOR)
    return np.ascontiguousarray(picture[..., ::-1], np.uint8)


@pytest.fixture(scope="module")
def grey_portrait(portrait: Pixels) -> Pixels:
    return damage.to_grayscale(portrait)


@pytest.fixture(scope="module")
def faces(portrait: Pixels, runtime: Runtime) -> tuple[Face, ...]:
    return FaceFinder(runtime).find(portrait)


def _close(portrait: Pixels) -> Pixels:
    """The head alone, enlarged to 480×480."""
    return np.asarray(cv2.resize(portrait[40:220, 134:314], (480, 480), interpolation=cv2.INTER_CUBIC), np.uint8)


def test_a_good_portrait_stays_as_it_is_bit_by_bit(portrait: Pixels, faces: tuple[Face, ...], runtime: Runtime) -> None:
    for good in (portrait, damage.to_grayscale(portrait), damage.to_sepia(portrait)):
        assert restore_photo(good, "auto", faces, runtime).pixels is good


def test_scratches_are_found_and_filled(portrait: Pixels, faces: tuple[Face, ...], runtime: Runtime) -> None:
    drawn = np.zeros(portrait.shape[:2], np.uint8)
    for start, end in (((20, 10), (180, 490)), ((400, 5), (330, 300)), ((10, 300), (500, 420))):
        cv2.line(drawn, start, end, 255, 2, cv2.LINE_AA)
    scratched = np.where((drawn > 128)[..., None], np.uint8(235), portrait)
    found = find_defects(scratched, faces, runtime)
    visible = (drawn > 128) & (np.abs(portrait.mean(axis=2) - 235) > 30)
    assert found.share > 0.002
    assert found.mask[visible].mean() > 0.7
    assert found.mask[cv2.dilate(drawn, np.ones((9, 9), np.uint8)) == 0].mean() < 0.011
    repaired = repair_defects(scratched, found.mask).astype(int)
    before, after = (np.abs(one - portrait.astype(int))[visible].mean() for one in (scratched, repaired))
    assert after < 0.4 * before


def test_a_speck_on_an_eye_stays(portrait: Pixels, faces: tuple[Face, ...], runtime: Runtime) -> None:
    x, y = (int(at) for at in faces[0].landmarks[RIGHT_PUPIL, :2])
    specked = portrait.copy()
    for at in ((x, y), (60, 60), (90, 400)):
        cv2.circle(specked, at, 3, (255, 255, 255), -1, cv2.LINE_AA)
    assert not find_defects(specked, faces, runtime).mask[y - 3 : y + 4, x - 3 : x + 4].any()


def test_hair_cracks_of_a_small_wrecked_print_are_found_and_its_eyes_stay(portrait: Pixels, runtime: Runtime) -> None:
    head = damage.to_grayscale(np.ascontiguousarray(portrait[:300, 80:360]))
    (face, *_) = FaceFinder(runtime).find(head)
    rng = np.random.default_rng(1)
    cracked = head[..., 0].astype(np.float32)
    for _ in range(6):
        cover, tone = cracks(cracked.shape, rng)
        cracked += (tone - cracked) * cover
    hidden = np.abs(cracked - head[..., 0]) > 15
    print_ = np.repeat(np.clip(np.rint(cracked), 0, 255).astype(np.uint8)[..., None], 3, axis=2)
    found = find_defects(print_, (face,), runtime)
    assert found.wrecked
    assert found.mask[hidden].mean() > 0.14  # 0.09 without the second look
    assert found.mask[cv2.dilate(hidden.astype(np.uint8), np.ones((5, 5), np.uint8)) == 0].mean() < 0.002
    x, y = (int(at) for at in face.landmarks[RIGHT_PUPIL, :2])
    assert not found.mask[y - 2 : y + 3, x - 2 : x + 3].any()


def test_thin_cracks_on_the_skin_of_a_small_wrecked_print_are_found(portrait: Pixels, runtime: Runtime) -> None:
    head = damage.to_grayscale(np.ascontiguousarray(portrait[:300, 80:360]))
    (face, *_) = FaceFinder(runtime).find(head)
    rng = np.random.default_rng(1)
    cracked, thin = head[..., 0].astype(np.float32), np.zeros(head.shape[:2], np.uint8)
    for _ in range(6):
        cover, tone = cracks(cracked.shape, rng)
        cracked += (tone - cracked) * cover
    for start, end in ((127, 210), (117, 214), (346, 434), (205, 171), (425, 396), (356, 430)):  # over both cheeks
        line = np.linspace(face.landmarks[start, :2], face.landmarks[end, :2], 7)
        line[1:-1] += np.random.default_rng(7).normal(0, 1, (5, 2))
        cv2.polylines(thin, [(line * 16).round().astype(np.int32)], False, 255, 1, cv2.LINE_AA, shift=4)
    print_ = damage.to_grayscale(np.repeat(np.rint(cracked).clip(0, 255).astype(np.uint8)[..., None], 3, axis=2))
    scarred = np.rint(print_ + thin[..., None] / 255 * 35.0).clip(0, 255).astype(np.uint8)
    found = find_defects(scarred, (face,), runtime)
    assert found.wrecked
    assert found.mask[thin > 120].mean() > 0.4  # 0.20 without the net for them


def test_a_scratch_that_fades_out_is_followed(portrait: Pixels, faces: tuple[Face, ...], runtime: Runtime) -> None:
    drawn, fading = np.zeros((2, *portrait.shape[:2]), np.float32)
    for start, end in (((20, 10), (180, 490)), ((400, 5), (330, 300)), ((10, 300), (500, 420))):
        cv2.line(drawn, start, end, 1.0, 2, cv2.LINE_AA)
    cv2.line(fading, (60, 20), (60, 250), 1.0, 2, cv2.LINE_AA)
    fading *= np.linspace(1.0, 0.05, portrait.shape[0], dtype=np.float32)[:, None]
    cover = np.maximum(drawn, fading)[..., None]
    scratched = np.rint(portrait + (235 - portrait.astype(np.float32)) * cover).astype(np.uint8)
    found = find_defects(scratched, faces, runtime).mask
    visible = (np.abs(scratched.astype(int) - portrait).max(axis=2) > 10) & (fading > 0)
    assert found[visible].mean() > 0.68  # 0.55 of it is found by the net alone


def test_scratches_across_a_face_are_filled_and_bring_it_nearer_to_itself(
    grey_portrait: Pixels, runtime: Runtime
) -> None:
    whole = _close(grey_portrait)
    (face,) = FaceFinder(runtime).find(whole)
    scratched, corners = whole.copy(), face.box.reshape(2, 2)
    for start, end in np.random.default_rng(3).uniform(*corners, (8, 2, 2)).astype(int).tolist():
        cv2.line(scratched, start, end, (235, 235, 235), 2, cv2.LINE_AA)
    repaired = restore_photo(scratched, "repair", (face,), runtime).pixels
    known, before, after = (describe_face(runtime, one, face) for one in (whole, scratched, repaired))
    assert known @ after > known @ before + 0.01


def test_nostrils_are_no_dust(grey_portrait: Pixels, runtime: Runtime) -> None:
    hurt = _close(grey_portrait)
    (face,) = FaceFinder(runtime).find(hurt)
    rng = np.random.default_rng(4)
    nostrils = [tuple(map(int, face.landmarks[point, :2])) for point in NOSTRILS]
    for x, y in [*rng.uniform(0, 480, (25, 2)).astype(int).tolist(), *nostrils]:
        cv2.circle(hurt, (x, y), 2, (40, 40, 40), -1, cv2.LINE_AA)
    for start, end in rng.uniform(0, 480, (5, 2, 2)).astype(int).tolist():
        cv2.line(hurt, start, end, (240, 240, 240), 2, cv2.LINE_AA)
    found = find_defects(hurt, (face,), runtime)
    assert found.ask_for_repair
    for x, y in nostrils:
        assert not found.mask[y - 2 : y + 3, x - 2 : x + 3].any()
