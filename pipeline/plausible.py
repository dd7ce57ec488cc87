"""Is it a human face? Dogs, cats and wheels pass a bare detector; the landmarks on them don't hold still."""

from __future__ import annotations

from pipeline.detector import Detection
from pipeline.landmarks import Mesh
from pipeline.pose import HeadFit

PRESENCE = 0.5

# Highest doubt of a human face. Measured 2026-11 on 91 photos of people and 12 without any (dog, cats,
# alpaca, streets, things), each also mirrored, grey, dark, blurred, noisy, scratched, small and turned by 15
# and 45°: people's median is 2 and their 99th percentile on the photos as they are 8.7; the least of all that
# is no human is 10.7. Only four animals were at hand.
MOST_DOUBT = 10.0


def doubt(detection: Detection, mesh: Mesh, head: HeadFit) -> float:
    """How little a place is like a human face, about 0 (sure) to 50.

    Adds up how far five looks at nearly the same crop disagree (thousandths of the face), how far the points
    are from any turned mean face (hundredths of the eyes' distance), and takes off 2 for each detector that
    saw it.
    """
    return 1000 * mesh.spread + 100 * head.residual - 2 * detection.votes


def is_human_face(detection: Detection, mesh: Mesh, head: HeadFit) -> bool:
    """The model's own belief and the doubt together: half-profiles, paintings, babies, blurred faces pass."""
    return mesh.presence >= PRESENCE and doubt(detection, mesh, head) < MOST_DOUBT
