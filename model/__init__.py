"""Vision and learning: frames in, readings out. Knows no web and no SQL."""

import os

# ONNX Runtime's wheels report their use to their maker and keep a device id in the home folder,
# unless this is set before the first import. Nothing leaves a classroom's computer unasked.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
