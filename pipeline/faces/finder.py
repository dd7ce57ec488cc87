"""Faces of a photo: detections and landmarks together, without what is no human face."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.arrays import Float, Pixels
from pipeline.faces.covered_head import is_head
from pipeline.faces.detector import Detection, Detector, overlap
from pipeline.faces.head_pose import HeadFit, Pose, fit_head
from pipeline.faces.landmarks import LandmarkFinder, Mesh
from pipeline.faces.mesh_topology import LEFT_EAR, RIGHT_EAR
from pipeline.runtime import Runtime

MIN_PRESENCE = 0.5
"""Least presence of a human face, see `Mesh.presence`."""
MAX_DOUBT = 10.0
"""Highest doubt of a human face. Measured 2026-11 on 91 photos of people and 12 without any (dog, cats, alpaca,
streets, things), each also mirrored, grey, dark, blurred, noisy, scratched, small and turned by 15 and 45°: people's
median is 2 and their 99th percentile on the photos as they are 8.7; the least of all that is no human is 10.7. Only
four animals were at hand."""
_SURE_DOUBT = 6.0  # below it other detections inside a face are parts of it
# The blur that takes heavy grain away, sigma as a share of the photo's longer side: of 68 faces that grain and other
# damage hid, 57 are found so, and of 129 photos of animals and places none shows one
_GRAIN = 0.015
# Levels of 255 that such a blur changes in the evenest quarter of a photo, at least: heavy grain has 5 to 11, 30 clean
# portraits 1 to 4. On sharp photos without grain the blur would show no more than was there
_GRAINY = 5.0
# Of a face that hides itself: masks and scarves have a presence of 0.98 and more, a doubt of 12 to 21
_HIDDEN_PRESENCE = 0.9
_HIDDEN_DOUBT = 24.0
# Of one that is a person's by its landmarks, whatever the net of heads says (a hand on the brow)
_PERSON_VOTES = 2
_PERSON_PRESENCE = 0.97
_PERSON_DOUBT = 18.0
HEAD_SCORE = 0.6
"""The detector's score from which on a place is asked whether it is a person's head."""


@dataclass(frozen=True, slots=True)
class Face:
    """A face that was found on a photo."""

    box: Float
    """float32 (4,): x0, y0, x1, y1 of the landmarks' hull in photo pixels."""
    landmarks: Float
    """float32 (478, 3), photo pixels, pixel centres at whole numbers; z in the same unit, smaller is nearer to the
    camera. Numbering: see `mesh_topology`."""
    pose: Pose
    """The head's pose."""
    presence: float
    """0..1: the landmark model's own belief that this is a face."""
    score: float
    """0..1: the detector's."""


@dataclass(frozen=True, slots=True)
class HiddenFace:
    """A place that looks like a face of which too little is seen to be sure."""

    face: Face | None
    """The place; its landmarks are guesses. None where there are none."""
    is_person: bool
    """Whether it is a person's head without doubt; else it may be an animal's, or a thing."""
    box_width: float = 0.0
    """The width of the detector's box, photo pixels."""

    @property
    def width(self) -> float:
        """The width between the cheeks in photo pixels, or that of the box."""
        return self.box_width if self.face is None else cheek_width(self.face)


class FaceFinder:
    """Finds human faces.

    Its runtime has the models face_detector, face_detector_full and face_landmarks, for faces that hide themselves also
    face_age_embedding and face_hidden.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._detector = Detector(runtime)
        self._landmarks = LandmarkFinder(runtime)

    def find(self, pixels: Pixels) -> tuple[Face, ...]:
        """All human faces from about 2 % of the photo's width on, upright or turned by up to about 45°.

        Args:
            pixels: The upright photo, uint8 H×W×3 RGB.

        Returns:
            The faces by their `prominence`, the highest first; without any an empty tuple.

        Raises:
            ValueError: `pixels` is not a photo.
        """
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.size == 0:
            raise ValueError(f"a photo is uint8 H×W×3, not {pixels.dtype} {pixels.shape}")
        height, width = pixels.shape[:2]
        found: list[tuple[float, Face]] = []
        for detection in self._detector.find(pixels):
            # a part of a sure face is no second one, and needs no landmarks
            if not _inside(detection.box, [face for doubtful, face in found if doubtful < _SURE_DOUBT]):
                found += self._examine(pixels, detection)
        return tuple(sorted(_distinct(found), key=lambda face: -prominence(face, width, height)))

    def find_through_grain(self, pixels: Pixels) -> tuple[Face, ...]:
        """The faces of a photo whose grain hides them: those that are found on it without its finest detail.

        Args:
            pixels: The upright photo, uint8 H×W×3 RGB, on which `find` finds none.

        Returns:
            As `find`, with the landmarks of the smooth photo; an empty tuple also where there is no heavy grain.
        """
        sigma = max(1.0, _GRAIN * max(pixels.shape[:2]))
        smooth = np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), np.uint8)
        change = cv2.cvtColor(cv2.absdiff(pixels, smooth), cv2.COLOR_RGB2GRAY)
        evenest = np.percentile(cv2.resize(change.astype(np.float32), (16, 16), interpolation=cv2.INTER_AREA), 25)
        return self.find(smooth) if evenest >= _GRAINY else ()

    def find_hidden(self, pixels: Pixels) -> tuple[HiddenFace, ...]:
        """Places that look like a face of which too little is seen to be sure, such as one behind a mask or a hand.

        Animals are among them, so these are never animated: they can say why nothing was found, no more.

        Args:
            pixels: The upright photo, uint8 H×W×3 RGB.

        Returns:
            At most three places, the detector's surest first.
        """
        found: list[HiddenFace] = []
        for detection in self._detector.find(pixels)[:3]:
            face, person = self._guess_face(pixels, detection)
            if not person and detection.score >= HEAD_SCORE:
                person = is_head(self._runtime, pixels, detection.square)
            if person or face is not None:
                left, _, right, _ = detection.box
                found.append(HiddenFace(face, person, float(right - left)))
        return tuple(found)

    def _guess_face(self, pixels: Pixels, detection: Detection) -> tuple[Face | None, bool]:
        """The face of a detection that is no sure one, None where the landmarks are no guess even; whether it is a
        person's by them."""
        mesh = self._landmarks.find(pixels, detection.square)
        if mesh is None or mesh.presence < _HIDDEN_PRESENCE:
            return None, False
        head = fit_head(mesh.points)
        doubtful = doubt(detection, mesh, head)
        if doubtful >= _HIDDEN_DOUBT:
            return None, False
        is_person = detection.votes >= _PERSON_VOTES and mesh.presence >= _PERSON_PRESENCE
        return _make_face(detection, mesh, head), is_person and doubtful < _PERSON_DOUBT

    def _examine(self, pixels: Pixels, detection: Detection) -> list[tuple[float, Face]]:
        """(doubt, face) of a detection, or nothing where it is no human face."""
        mesh = self._landmarks.find(pixels, detection.square)
        if mesh is None:
            return []
        head = fit_head(mesh.points)
        if not is_human_face(detection, mesh, head):
            return []
        return [(doubt(detection, mesh, head), _make_face(detection, mesh, head))]


def _make_face(detection: Detection, mesh: Mesh, head: HeadFit) -> Face:
    box = np.concatenate([mesh.points[:, :2].min(axis=0), mesh.points[:, :2].max(axis=0)])
    return Face(box, mesh.points, head.pose, mesh.presence, detection.score)


def doubt(detection: Detection, mesh: Mesh, head: HeadFit) -> float:
    """Unlikeness of a place to a human face, from about 0 (sure) to 50.

    It adds up how far five passes over nearly the same crop disagree (thousandths of the face) and how far the points
    are from any turned mean face (hundredths of the eyes' distance), and takes off 2 for each detector that saw it.
    """
    return 1000 * mesh.spread + 100 * head.residual - 2 * detection.votes


def is_human_face(detection: Detection, mesh: Mesh, head: HeadFit) -> bool:
    """Whether presence and doubt together say a human: half-profiles, paintings, babies and blurred faces pass."""
    return mesh.presence >= MIN_PRESENCE and doubt(detection, mesh, head) < MAX_DOUBT


def cheek_width(face: Face) -> float:
    """Distance of the cheeks' sides in photo pixels, depth included: a turned head has the same."""
    return float(np.linalg.norm(face.landmarks[RIGHT_EAR] - face.landmarks[LEFT_EAR]))


def prominence(face: Face, width: int, height: int) -> float:
    """Rank of a face as the subject of a photo of `width`×`height` pixels: size × central × frontal, in pixels.

    Size is `cheek_width`. Central is 1 in the photo's middle, 0.6 at a corner. Frontal is 1 where the face looks into
    the camera, 0.7 in profile.
    """
    x, y = (face.box[:2] + face.box[2:]) / 2
    away = np.hypot(x / width - 0.5, y / height - 0.5) / np.hypot(0.5, 0.5)
    frontal = max(0.0, float(np.cos(np.radians(face.pose.yaw))))
    return float(cheek_width(face) * (1 - 0.4 * min(1.0, away)) * (0.7 + 0.3 * frontal))


def _distinct(found: list[tuple[float, Face]]) -> list[Face]:
    """The least doubtful face of each place."""
    distinct: list[Face] = []
    for _, face in sorted(found, key=lambda pair: pair[0]):
        if not _inside(face.box, distinct):
            distinct.append(face)
    return distinct


def _inside(box: Float, faces: list[Face]) -> bool:
    """Whether `box` covers the box of one of `faces`, or mostly lies in it."""
    if not faces:
        return False
    union, inside = overlap(box, np.stack([face.box for face in faces]))
    return bool(((union > 0.3) | (inside > 0.7)).any())
