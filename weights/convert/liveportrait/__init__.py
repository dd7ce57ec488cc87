"""LivePortrait's nets as torch modules that load the official checkpoints strictly, and their way to ONNX."""
