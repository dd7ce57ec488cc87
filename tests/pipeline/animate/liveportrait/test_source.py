"""The photo's analysis: M's answer becomes keypoints as the official code has it."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from pipeline.animate.liveportrait.crop import crop_face, eye_heights, eye_ratios, find_square, lip_ratio
from pipeline.animate.liveportrait.source import (
    analyse_photo,
    estimate_keypoints,
    rotation_matrices,
    transform_keypoints,
)
from pipeline.faces.finder import Face
from pipeline.runtime import Runtime
from tests.pipeline.animate.liveportrait import fake_nets
from tests.pipeline.animate.liveportrait.conftest import Pixels


def test_rotation_is_the_official_one() -> None:
    pose = np.random.default_rng(0).uniform(-60, 60, (20, 3)).astype(np.float32)
    expected = Rotation.from_euler("xyz", pose.astype(np.float64), degrees=True).as_matrix().transpose(0, 2, 1)
    assert np.abs(rotation_matrices(pose) - expected).max() < 1e-6


def test_a_photo_is_read_once_by_each_net(fake_runtime: Runtime, astronaut: Pixels, astronaut_face: Face) -> None:
    crop = crop_face(astronaut, find_square(astronaut_face.landmarks), fake_nets.LARGE)
    source = analyse_photo(fake_runtime, crop, astronaut_face.landmarks)
    np.testing.assert_array_equal(source.feature[0, :, 0], crop.picture[0])
    np.testing.assert_array_equal(source.rotation, np.eye(3))
    shift = np.array([source.info.translation[0, 0], 0.0, 0.0])
    np.testing.assert_allclose(source.points, fake_nets.KEYPOINTS[0] + shift, atol=1e-6)
    assert source.eyes == eye_ratios(astronaut_face.landmarks)
    assert source.lips == lip_ratio(astronaut_face.landmarks)
    shares = [height * crop.square.size / 2 for height in source.eye_heights]
    np.testing.assert_allclose(shares, eye_heights(astronaut_face.landmarks), rtol=1e-6)


def test_pictures_may_come_in_batches(fake_runtime: Runtime) -> None:
    pictures = np.random.default_rng(2).uniform(0, 1, (3, 3, fake_nets.SIDE, fake_nets.SIDE)).astype(np.float32)
    info = estimate_keypoints(fake_runtime, pictures)
    assert (info.pose.shape, info.expression.shape, info.scale.shape) == ((3, 3), (3, 21, 3), (3,))
    assert (info.translation.shape, info.keypoints.shape) == ((3, 2), (3, 21, 3))
    alone = estimate_keypoints(fake_runtime, pictures[1:2])
    np.testing.assert_allclose(info.translation[1], alone.translation[0], atol=1e-6)


def test_keypoints_are_scaled_before_they_are_shifted() -> None:
    points = transform_keypoints(np.ones((2, 21, 3)), np.array([2.0, 3.0]), np.array([[0.5, -0.5], [0.0, 0.0]]))
    np.testing.assert_array_equal(points[0, 0], (2.5, 1.5, 2.0))
    np.testing.assert_array_equal(points[1, 20], (3.0, 3.0, 3.0))
