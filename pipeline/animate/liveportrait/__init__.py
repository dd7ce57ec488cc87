"""LivePortrait's nets behind the `Animator` protocol: a photo's keypoints are moved, the nets draw the face anew.

The way of a frame: `crop` → `source` (once a photo) → `expression` or `recording` (what should move) → `keypoints`
(where the 21 points go) → `frames` (the nets that draw) → `paste` (back into the photo). No torch here.
"""
