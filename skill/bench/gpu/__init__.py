"""`ozhivi bench gpu`: the figures of a machine with an NVIDIA card, and a reduced run of the same on any other."""

import pipeline  # noqa: F401  (turns onnxruntime's telemetry off, which is decided when it is imported)
