"""Pixels only: photo → faces → motion → frames → clip. Knows nothing of dialogs, HTTP, queues, storage."""

import os

# onnxruntime reads it when it is imported: else it writes a device id below the home folder and calls its vendor
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
