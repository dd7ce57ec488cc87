"""LivePortrait's nets behind the `Animator` protocol: a photo's keypoints are moved, the nets draw the face anew.

The way of a frame: `crop` → `source` (once a photo) → `keypoints` or `recording` (how the 21 keypoints move) →
`frame_net` (the nets that draw) → `paste` (back into the photo). No torch here.

Four nets have the letters of their publication: F makes the feature volume of a photo, M estimates keypoints and pose,
W warps the volume, G makes a picture of it.
"""
