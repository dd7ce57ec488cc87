"""The models: their origins, their conversion into ONNX, and the store that verifies them before use."""

import os

# onnxruntime reads it when it is imported: else it writes a device id below the home folder and calls its vendor
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
