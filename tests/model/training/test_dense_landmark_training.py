"""468 points by a landmark network of the user's own: mirrored soundly, trained, served."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch: pip install torch==2.13.0")

from rich.console import Console  # noqa: E402

from model.classifier import EmotionClassifier  # noqa: E402
from model.evaluation.pointed import find_its_points  # noqa: E402
from model.pointed import MissingLandmarkNetwork  # noqa: E402
from model.training.augmentation import move_points  # noqa: E402
from model.training.checkpoint import Checkpoint  # noqa: E402
from model.training.config import TrainingConfig, WrongTrainingSetting  # noqa: E402
from model.training.datasets import FaceDataset  # noqa: E402
from model.training.exporting.export import export_checkpoint  # noqa: E402
from model.training.landmarks import give_points  # noqa: E402
from model.training.networks import build_network  # noqa: E402
from model.training.train import TrainingRun  # noqa: E402
from tests.tiny_landmarks import POINTS, write_landmark_network  # noqa: E402

pytestmark = pytest.mark.training


def invent_faces(n=42):
    """Invent faces whose emotion is a brightness; the left half is darker than the right."""
    emotions = torch.arange(n) % 7
    noise = torch.randint(0, 4, (n, 48, 48))
    crops = 20 + 30 * emotions.view(n, 1, 1) + noise
    crops[:, :, 24:] += 20
    votes = torch.nn.functional.one_hot(emotions, 8).float() * 10
    return FaceDataset(crops.byte(), emotions, votes)


@pytest.fixture(scope="module")
def landmark_file(tmp_path_factory):
    return write_landmark_network(tmp_path_factory.mktemp("landmarks") / "landmarks.onnx", side=48)


def test_a_mirrored_view_has_the_points_of_the_mirror_image(landmark_file, tmp_path):
    faces, network = invent_faces(7), build_network("landmark_fusion", 468)
    given = give_points(network, faces, tmp_path / "points.npz", str(landmark_file))
    flipped = FaceDataset(faces.crops.flip(2), faces.emotions, faces.votes)
    expected = give_points(network, flipped, None, str(landmark_file)).points
    mirror = torch.tensor([[[-1.0, 0, 0], [0, 1, 0]]]).repeat(7, 1, 1)
    moved = move_points(given.points, mirror, given.mirrored_points)
    assert moved.numpy() == pytest.approx(expected.numpy(), abs=1e-5)
    assert (moved - given.points).abs().max() > 0.01
    same = move_points(given.points, -mirror * torch.tensor([[[1.0], [-1]]]), given.mirrored_points)
    assert same.numpy() == pytest.approx(given.points.numpy(), abs=1e-5)


def test_points_are_kept_until_another_landmark_network_is_given(landmark_file, tmp_path):
    faces, network = invent_faces(7), build_network("landmark_fusion", 468)
    kept = tmp_path / "points.npz"
    first = give_points(network, faces, kept, str(landmark_file))
    written = kept.stat().st_mtime_ns
    again = give_points(network, faces, kept, str(landmark_file))
    assert kept.stat().st_mtime_ns == written
    assert torch.equal(first.mirrored_points, again.mirrored_points)
    other = write_landmark_network(tmp_path / "other.onnx", side=32)
    give_points(network, faces, kept, str(other))
    assert kept.stat().st_mtime_ns != written


def test_only_the_fusion_takes_a_landmark_network():
    config = TrainingConfig(network="tiny", landmark_network="landmarks.onnx")
    with pytest.raises(WrongTrainingSetting, match=r"--landmark-network.*landmark_fusion"):
        config.check()


def test_trains_resumes_exports_and_classifies(landmark_file, tmp_path):
    faces, run = invent_faces(70), tmp_path / "run"
    run.mkdir()
    config = TrainingConfig(
        network="landmark_fusion",
        landmark_network=str(landmark_file),
        epochs=2,
        batch=7,
        warm_up_epochs=0,
        average_decay=0.5,
        bfloat16=False,
    )
    TrainingRun(config, run, faces, faces).run(Console(quiet=True), at_most=1)
    again = TrainingRun(config, run, faces, faces)
    assert again.resume()
    again.run(Console(quiet=True))
    path, checkpoint = tmp_path / "mesh.onnx", Checkpoint.load(run / "last.pt")
    _, card = export_checkpoint(checkpoint, faces, path, version="1", data=tmp_path / "faces.zip")
    assert card.points == 468
    assert "--landmark-network landmarks.onnx" in card.recipe

    bare = EmotionClassifier.load(path)
    crops = bare.prepare(faces.crops.numpy())
    told = find_its_points(bare, landmark_file).classify(crops)
    assert told.sum(1) == pytest.approx(np.ones(70), abs=1e-4)
    assert np.abs(told - bare.classify(crops)).max() > 1e-4
    fixed = np.repeat(2 * POINTS - 1, 70, 0).astype(np.float32)
    assert np.abs(told - bare.classify(crops, points=fixed)).max() > 0
    with pytest.raises(MissingLandmarkNetwork, match="--landmark-network"):
        find_its_points(bare)
