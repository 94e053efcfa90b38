"""Makes an ONNX file from published weights, without torch."""
