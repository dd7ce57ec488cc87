"""The conversion of published packages into the ONNX files of a store. No other part imports onnx and tflite."""

from weights.convert.builder import Progress, build_weights

__all__ = ["Progress", "build_weights"]
