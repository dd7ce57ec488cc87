"""The models: their origins, their conversion into ONNX, and the store that verifies them before use."""
