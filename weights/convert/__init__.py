"""The conversion of published packages into the ONNX files of a store. No other part imports onnx and tflite."""

from weights.convert.builder import build_weights

__all__ = ["build_weights"]
