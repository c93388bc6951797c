"""From trained weights to one ONNX file with a card. May import torch and `model.training`."""
