"""The models themselves, on one public portrait: what independent nets say of it must agree."""

from __future__ import annotations

import cv2
import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from skimage.data import astronaut

from weights.manifest import Converter, load_manifest
from weights.store import WeightStore

Array = NDArray[np.float32]

# name: input shape with a free batch as 1, output shapes
SHAPES: dict[str, tuple[tuple[int, ...], dict[str, tuple[int, ...]]]] = {
    "face_detector": (
        (1, 256, 256, 3),
        {
            "Identity_o": (1, 512, 1),
            "Identity_1_o": (1, 384, 1),
            "Identity_2_o": (1, 512, 16),
            "Identity_3_o": (1, 384, 16),
        },
    ),
    "face_detector_full": ((1, 192, 192, 3), {"Identity": (1, 2304, 16), "Identity_1": (1, 2304, 1)}),
    "face_landmarks": (
        (1, 192, 192, 3),
        {
            "output_mesh_identity": (1, 1, 1, 1404),
            "output_lips": (1, 1, 1, 160),
            "output_left_eye": (1, 1, 1, 142),
            "output_right_eye": (1, 1, 1, 142),
            "output_left_iris": (1, 1, 1, 10),
            "output_right_iris": (1, 1, 1, 10),
            "conv_faceflag": (1, 1, 1, 1),
        },
    ),
    "person_segmentation": ((1, 256, 256, 3), {"activation_10": (1, 256, 256, 1)}),
    "hand_detector": ((1, 192, 192, 3), {"Identity": (1, 2016, 18), "Identity_1": (1, 2016, 1)}),
    "hand_landmarks": (
        (1, 224, 224, 3),
        {"Identity": (1, 63), "Identity_1": (1, 1), "Identity_2": (1, 1), "Identity_3": (1, 63)},
    ),
    "body_landmarks": (
        (1, 256, 256, 3),
        {
            "Identity": (1, 195),
            "Identity_1": (1, 1),
            "Identity_2": (1, 256, 256, 1),
            "Identity_3": (1, 64, 64, 39),
            "Identity_4": (1, 117),
        },
    ),
    "face_age_gender": ((1, 112, 112, 3), {"age": (1, 1), "gender_male_female": (1, 2)}),
    "face_age_embedding": (
        (1, 224, 224, 3),
        {
            "age_pred_Softmax_o": (1, 100),
            "gender_pred_Sigmoid_o": (1, 1),
            "global_pooling_Mean_o": (1, 1024),
        },
    ),
    "face_embedding": ((1, 150, 150, 3), {"descriptor": (1, 128)}),
    "face_expression": ((1, 112, 112, 3), {"expression": (1, 7)}),
}

BATCHED = ["face_age_gender", "face_age_embedding", "face_embedding", "face_expression"]

PORTRAIT = astronaut()  # 512×512, one face, smiling
FACE = np.array([172, 70, 277, 176], np.float32)  # by eye: x0 y0 x1 y1
NO_FACE = np.array([300, 300, 420, 420], np.float32)  # the helmet


def run(store: WeightStore, name: str, batch: NDArray[np.floating]) -> dict[str, Array]:
    session = onnxruntime.InferenceSession(store.path(name))
    names = [output.name for output in session.get_outputs()]
    inputs = {session.get_inputs()[0].name: batch.astype(np.float32)}
    return dict(zip(names, session.run(names, inputs), strict=True))


def crop(box: Array, scale: float, size: int) -> tuple[Array, Array, float]:
    """A square around the box, its corner in the portrait, the portrait's pixels for one of its own."""
    half = float((box[2:] - box[:2]).max()) * scale / 2
    corner, zoom = (box[:2] + box[2:]) / 2 - half, size / (2 * half)
    matrix = np.array([[zoom, 0, -corner[0] * zoom], [0, zoom, -corner[1] * zoom]])
    return cv2.warpAffine(PORTRAIT, matrix, (size, size)).astype(np.float32), corner, 1 / zoom


def best_box(scores: Array, offsets: Array, size: int, maps: list[tuple[int, int]]) -> tuple[float, Array]:
    """BlazeFace's best guess as (0..1, box in the portrait); `maps`: (stride, anchors a place)."""
    anchors = []
    for stride, repeats in maps:
        along = (np.arange(size // stride) + 0.5) * stride
        anchors.append(np.repeat(np.stack(np.meshgrid(along, along), -1).reshape(-1, 2), repeats, 0))
    best = int(scores.argmax())
    centre, half = np.concatenate(anchors)[best] + offsets[best, :2], offsets[best, 2:4] / 2
    box = np.concatenate([centre - half, centre + half]) * len(PORTRAIT) / size
    return float(1 / (1 + np.exp(-scores[best]))), box


def overlap(a: Array, b: Array) -> float:
    """Intersection over union of two boxes."""
    inner = np.prod(np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None))
    return float(inner / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - inner))


def resized(size: int) -> Array:
    return cv2.resize(PORTRAIT, (size, size), interpolation=cv2.INTER_AREA).astype(np.float32)


@pytest.fixture(scope="module")
def mesh(built_weights: WeightStore) -> dict[str, Array]:
    """Points of the face mesh in the portrait's pixels, by output."""
    picture, corner, step = crop(FACE, 1.5, 192)
    outputs = run(built_weights, "face_landmarks", picture[None] / 255)
    del outputs["conv_faceflag"]
    flat = {name: value.reshape(-1, 2) for name, value in outputs.items()}
    flat["output_mesh_identity"] = outputs["output_mesh_identity"].reshape(468, 3)[:, :2]
    return {name: points * step + corner for name, points in flat.items()}


@pytest.fixture(scope="module")
def face(mesh: dict[str, Array]) -> Array:
    """The box of the 468 points."""
    points = mesh["output_mesh_identity"]
    return np.concatenate([points.min(0), points.max(0)])


def test_every_model_of_the_manifest_is_described_here() -> None:
    assert set(SHAPES) == {model.name for model in load_manifest().models if model.converter is not Converter.OWN}


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_and_range(built_weights: WeightStore, name: str) -> None:
    shape, expected = SHAPES[name]
    outputs = run(built_weights, name, np.random.default_rng(1).uniform(0, 1, shape))
    assert {key: value.shape for key, value in outputs.items()} == expected
    assert all(np.isfinite(value).all() for value in outputs.values())


@pytest.mark.parametrize("name", BATCHED)
def test_a_batch_gives_what_single_pictures_give(built_weights: WeightStore, name: str) -> None:
    size = SHAPES[name][0][1]
    batch = np.random.default_rng(2).uniform(0, 255, (3, size, size, 3))
    together = run(built_weights, name, batch)
    for i in range(3):
        for key, value in run(built_weights, name, batch[i : i + 1]).items():
            np.testing.assert_allclose(together[key][i], value[0], rtol=1e-3, atol=1e-4)


def test_two_detectors_agree_on_the_face(built_weights: WeightStore) -> None:
    outputs = run(built_weights, "face_detector", resized(256)[None] / 127.5 - 1)
    scores = np.concatenate([outputs["Identity_o"][0, :, 0], outputs["Identity_1_o"][0, :, 0]])
    offsets = np.concatenate([outputs["Identity_2_o"][0], outputs["Identity_3_o"][0]])
    near, near_box = best_box(scores, offsets, 256, [(16, 2), (32, 6)])

    outputs = run(built_weights, "face_detector_full", resized(192)[None] / 127.5 - 1)
    full, full_box = best_box(outputs["Identity_1"][0, :, 0], outputs["Identity"][0], 192, [(4, 1)])

    assert near > 0.8 and full > 0.8
    assert overlap(near_box, full_box) > 0.8
    assert overlap(near_box, FACE) > 0.8


def test_landmarks_lie_on_the_face(mesh: dict[str, Array], face: Array) -> None:
    assert overlap(face, FACE) > 0.75
    # the closer looks, brought back by the custom operators, land where the whole mesh says: corners of the
    # lips (61, 291) and of the eyes (33, 133; 362, 263)
    points = mesh["output_mesh_identity"]
    corners = points[[61, 291, 33, 133, 362, 263]]
    lips, left, right = (mesh[f"output_{part}"] for part in ("lips", "left_eye", "right_eye"))
    finer = np.stack([lips[0], lips[10], left[0], left[8], right[8], right[0]])
    assert np.linalg.norm(finer - corners, axis=1).max() < 4


@pytest.mark.parametrize(("side", "corners"), [("left", (33, 133)), ("right", (362, 263))])
def test_an_iris_lies_between_the_corners_of_its_eye(
    mesh: dict[str, Array], side: str, corners: tuple[int, int]
) -> None:
    outer, inner = mesh["output_mesh_identity"][list(corners)]
    centre, *rim = mesh[f"output_{side}_iris"]
    assert outer[0] < centre[0] < inner[0]
    assert abs(centre[1] - (outer[1] + inner[1]) / 2) < 4
    assert np.linalg.norm(np.mean(rim, axis=0) - centre) < 1


def test_presence_tells_a_face_from_a_helmet(built_weights: WeightStore) -> None:
    pictures = [crop(box, 1.5, 192)[0][None] / 255 for box in (FACE, NO_FACE)]
    face, helmet = (run(built_weights, "face_landmarks", picture)["conv_faceflag"] for picture in pictures)
    assert face.item() > 5 and helmet.item() < -5  # before the sigmoid


def test_the_mask_covers_the_person(built_weights: WeightStore, mesh: dict[str, Array]) -> None:
    mask = run(built_weights, "person_segmentation", resized(256)[None] / 255)["activation_10"][0, ..., 0]
    face = np.zeros(mask.shape, np.uint8)
    hull = cv2.convexHull((mesh["output_mesh_identity"] / 2).astype(np.int32))
    cv2.fillConvexPoly(face, hull, 1)
    assert mask[face > 0].mean() > 0.98
    # two pixels inside the hull there is no doubt; at the rim the mesh and the mask part by a pixel or two
    inner = cv2.erode(face, np.ones((5, 5), np.uint8)) > 0
    assert inner.sum() > 1000 and mask[inner].min() > 0.95
    assert mask[200:, 60:150].mean() > 0.95  # the suit
    assert mask[:60, 200:].mean() < 0.02 and mask[:100, :30].mean() < 0.02  # the shuttle, the flag


def test_two_nets_agree_on_the_age(built_weights: WeightStore, face: Array) -> None:
    outputs = run(built_weights, "face_age_gender", crop(face, 1, 112)[0][None])
    # the authors' own input: BGR without the mean of ImageNet
    picture = crop(face, 1, 224)[0][..., ::-1] - np.array([103.939, 116.779, 123.68], np.float32)
    ages = run(built_weights, "face_age_embedding", picture[None])["age_pred_Softmax_o"][0]
    assert 25 < outputs["age"].item() < 45
    assert abs(outputs["age"].item() - float(ages @ np.arange(1, 101))) < 8
    assert ages.sum() == pytest.approx(1, abs=1e-4)
    assert outputs["gender_male_female"][0, 1] > 0.8


def test_the_smile_is_seen(built_weights: WeightStore, face: Array) -> None:
    expression = run(built_weights, "face_expression", crop(face, 1, 112)[0][None])["expression"][0]
    assert expression[1] > 0.95
    assert expression.sum() == pytest.approx(1, abs=1e-4)


def test_the_same_face_is_nearer_than_no_face(built_weights: WeightStore, face: Array) -> None:
    chip, helmet = crop(face, 1.3, 150)[0], crop(NO_FACE, 1.3, 150)[0]
    batch = np.stack([chip, chip[:, ::-1], chip * 0.8 + 20, helmet])
    embeddings = run(built_weights, "face_embedding", batch)["descriptor"]
    mirrored, paler, other = np.linalg.norm(embeddings[1:] - embeddings[0], axis=1)
    assert mirrored < 0.4 and paler < 0.2
    assert other > 0.6
