"""Turning published packages into the ONNX files of a store. The only part that imports onnx and tflite."""

from weights.convert.builder import Progress, build_weights

__all__ = ["Progress", "build_weights"]
