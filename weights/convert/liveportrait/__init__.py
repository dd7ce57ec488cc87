"""LivePortrait's nets as torch modules that load the official checkpoints strictly, and their conversion into ONNX."""
