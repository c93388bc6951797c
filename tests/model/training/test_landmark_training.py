"""A network with facial points: points move with the picture; trained, exported, served."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch: pip install torch==2.13.0")

from rich.console import Console  # noqa: E402

from model.classifier import EmotionClassifier  # noqa: E402
from model.evaluation.pointed import find_its_points  # noqa: E402
from model.faces import Faces  # noqa: E402
from model.pipeline import FramePipeline  # noqa: E402
from model.training import landmarks  # noqa: E402
from model.training.augmentation import Augmentation, move_points  # noqa: E402
from model.training.checkpoint import Checkpoint  # noqa: E402
from model.training.config import TrainingConfig  # noqa: E402
from model.training.datasets import FaceDataset  # noqa: E402
from model.training.exporting.export import export_checkpoint  # noqa: E402
from model.training.networks import build_network  # noqa: E402
from model.training.train import TrainingRun  # noqa: E402

pytestmark = pytest.mark.training

FRONTAL = np.array([[-0.3, -0.2], [0.3, -0.2], [0, 0.1], [-0.2, 0.4], [0.2, 0.4]], np.float32)


def invent_faces(n=42):
    """Invent faces whose emotion is a brightness, with points that are known for most."""
    emotions = torch.arange(n) % 7
    noise = 4 * torch.randn(n, 48, 48)
    crops = (20 + 35 * emotions.view(n, 1, 1) + noise).clamp(0, 255).byte()
    votes = torch.nn.functional.one_hot(emotions, 8).float() * 10
    points = torch.from_numpy(FRONTAL).repeat(n, 1, 1) + 0.02 * torch.randn(n, 5, 2)
    points[::6] = torch.nan
    return FaceDataset(crops, emotions, votes, points)


@pytest.fixture(autouse=True)
def same_numbers():
    torch.manual_seed(1)


def test_points_stay_on_what_they_mark():
    # A bright dot on each point; after any view the dot must be where the point is said to be.
    views = Augmentation(contrast=0, brightness=0, erase=0, blur_share=0)
    rows = torch.arange(48).view(48, 1)
    columns = torch.arange(48).view(1, 48)
    for point in range(5):
        x, y = (FRONTAL[point] + 1) / 2 * 48 - 0.5
        dot = torch.exp(-((columns - x) ** 2 + (rows - y) ** 2) / 4)
        points = torch.from_numpy(FRONTAL)[None].repeat(40, 1, 1)
        seen, moved = views.apply_with_points(dot.repeat(40, 1, 1, 1), points)
        weight = seen.sum((2, 3))[:, 0]
        across = (seen[:, 0] * (2 * (columns + 0.5) / 48 - 1)).sum((1, 2)) / weight
        down = (seen[:, 0] * (2 * (rows + 0.5) / 48 - 1)).sum((1, 2)) / weight
        dots = torch.stack((across, down), 1)
        mirrored = [1, 0, 2, 4, 3][point]
        nearest = torch.minimum(
            (moved[:, point] - dots).norm(dim=1), (moved[:, mirrored] - dots).norm(dim=1)
        )
        assert nearest.max() < 0.06


def test_a_mirror_image_keeps_the_right_eye_on_the_left_of_the_picture():
    points = torch.from_numpy(FRONTAL)[None] + torch.tensor([0.1, 0.0])
    theta = torch.tensor([[[-1.0, 0, 0], [0, 1, 0]]])
    moved = move_points(points, theta)
    assert moved[0, 0, 0] < moved[0, 1, 0]
    assert moved[0, 3, 0] < moved[0, 4, 0]
    assert moved[0, 0] == pytest.approx(torch.tensor([-0.4, -0.2]), abs=1e-6)


def test_blending_blends_points_too():
    crops, points = torch.rand(8, 1, 48, 48), torch.rand(8, 5, 2)
    mixed, moved = Augmentation(mixup=1.0).blend(crops, points)
    shares = (moved - points).abs().sum((1, 2)) > 0
    assert shares.any()
    assert torch.equal(shares, (mixed - crops).abs().sum((1, 2, 3)) > 0)


def test_points_are_found_once_and_kept_beside_the_run(tmp_path, monkeypatch, capsys):
    found = []

    class Finder:
        def find(self, picture):
            found.append(1)
            return Faces.none()

    monkeypatch.setattr(landmarks, "open_finder", Finder)
    faces, network = invent_faces(), build_network("landmark_fusion")
    bare = FaceDataset(faces.crops, faces.emotions, faces.votes)
    for _ in range(2):
        given = landmarks.give_points(network, bare, tmp_path / "points.npz")
        assert given.points.isnan().all()
    assert len(found) == len(faces)
    assert "located in 0 of 42" in capsys.readouterr().err.replace("\n", " ")
    landmarks.give_points(network, bare.first(3), tmp_path / "points.npz")
    assert len(found) == len(faces) + 3
    assert landmarks.give_points(build_network("tiny"), bare).points is None


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    torch.manual_seed(1)
    folder, faces = tmp_path_factory.mktemp("fusion"), invent_faces(140)
    (folder / "run").mkdir()
    config = TrainingConfig(
        network="landmark_fusion",
        epochs=1,
        batch=7,
        warm_up_epochs=0,
        average_decay=0.5,
        bfloat16=False,
    )
    TrainingRun(config, folder / "run", faces, faces).run(Console(quiet=True))
    path = folder / "fusion.onnx"
    checkpoint = Checkpoint.load(folder / "run" / "last.pt")
    export_checkpoint(checkpoint, faces, path, version="1", data=folder / "faces.zip")
    return path


def test_trains_exports_and_classifies_faces_given_points(exported):
    classifier, faces = EmotionClassifier.load(exported), invent_faces()
    assert classifier.card.points == 5
    crops = classifier.prepare(faces.crops.numpy())
    told = classifier.classify(crops, points=faces.points.numpy())
    assert told.shape == (42, 7)
    assert told.sum(1) == pytest.approx(np.ones(42), abs=1e-4)
    without = classifier.classify(crops)
    unknown = faces.points.isnan().any(2).any(1).numpy()
    assert told[unknown] == pytest.approx(without[unknown], abs=1e-5)
    assert np.abs(told[~unknown] - without[~unknown]).max() > 1e-4


def test_the_pipeline_gives_it_the_finders_points(exported):
    box = np.array([[10, 10, 60, 60]], np.float32)
    landmarks_found = (FRONTAL[None] + 1) * 30 + 10

    class Finder:
        smallest = 24.0

        def usual_scale(self, width, height):
            return 1.0

        def find(self, picture):
            return Faces(box, landmarks_found.astype(np.float32), np.ones(1, np.float32))

    classifier, picture = EmotionClassifier.load(exported), np.full((90, 90, 3), 90, np.uint8)
    reading = FramePipeline(Finder(), classifier).read_picture(picture)
    faces = Finder().find(picture)
    alone = classifier.classify(classifier.crop(picture, faces))
    pointed = classifier.classify(
        classifier.crop(picture, faces), points=classifier.place_points(faces)
    )
    assert reading.probabilities == pytest.approx(pointed, abs=1e-6)
    assert np.abs(reading.probabilities - alone).max() > 1e-5


def test_evaluation_finds_the_points_of_bare_crops(exported):
    classifier = find_its_points(EmotionClassifier.load(exported))
    crops = classifier.prepare(np.zeros((3, 48, 48), np.uint8))
    assert classifier.classify(crops).shape == (3, 7)
