import numpy as np
import pytest

from model.card import UnusableNetwork, VectorScaling
from model.classifier import EmotionClassifier, MissingHead
from model.emotions import EMOTIONS, LABEL_SETS, Emotion, LabelSet
from model.faces import Faces
from tests.pictures import grey
from tests.tiny_network import tiny_card, write_tiny_network


@pytest.fixture
def classifier(tmp_path):
    return EmotionClassifier.load(write_tiny_network(tmp_path / "tiny.onnx", tiny_card()))


def one_face(x: float, y: float, width: float, height: float) -> Faces:
    return Faces(
        np.array([[x, y, width, height]], np.float32),
        np.zeros((1, 5, 2), np.float32),
        np.ones(1, np.float32),
    )


def test_reads_everything_from_the_card(classifier):
    assert classifier.card == tiny_card()


def test_tells_bright_from_dark(classifier):
    crops = np.stack([np.full((48, 48), 250, np.uint8), np.zeros((48, 48), np.uint8)])
    told = classifier.classify(classifier.prepare(crops))
    assert [EMOTIONS[i] for i in told.argmax(1)] == [Emotion.HAPPY, Emotion.SAD]
    assert told.sum(1) == pytest.approx([1, 1], abs=1e-5)


def test_normalises_as_the_card_says(classifier):
    prepared = classifier.prepare(np.full((1, 48, 48), 255, np.uint8))
    assert prepared == pytest.approx(np.full((1, 1, 48, 48), (1 - 0.5) / 0.25), abs=1e-5)


def test_tells_either_view_and_the_crowds_unless_asked(classifier):
    crops = classifier.prepare(np.full((1, 48, 48), 250, np.uint8))
    crowd, single = (classifier.classify(crops, labels)[0, 3] for labels in LABEL_SETS)
    assert classifier.label_sets == LABEL_SETS
    assert crowd > single
    assert classifier.classify(crops)[0, 3] == crowd


def test_a_network_with_one_output_serves_what_it_was_measured_on(tmp_path):
    card = tiny_card()  # whose accuracy names no labels, as the first networks' cards do
    single = EmotionClassifier.load(
        write_tiny_network(tmp_path / "single.onnx", card, heads=(LabelSet.FER2013,))
    )
    crops = single.prepare(np.full((1, 48, 48), 250, np.uint8))
    assert single.label_sets == (LabelSet.FER2013,)
    assert single.classify(crops).argmax() == EMOTIONS.index(Emotion.HAPPY)
    with pytest.raises(MissingHead, match=r"tiny test-1 does not tell the “crowd” labels"):
        single.classify(crops, LabelSet.CROWD)


def test_answers_no_faces_with_no_rows(classifier):
    crops = classifier.crop(grey(), Faces.none())
    assert classifier.classify(crops).shape == (0, 7)


def test_more_faces_than_a_batch_stay_in_order(classifier):
    values = np.linspace(0, 255, 21).astype(np.uint8)
    crops = np.broadcast_to(values[:, None, None], (21, 48, 48)).copy()
    happy = classifier.classify(classifier.prepare(crops))[:, EMOTIONS.index(Emotion.HAPPY)]
    assert (np.diff(happy) > 0).all()


def test_cuts_the_square_that_the_card_asks_for(classifier):
    picture = grey(400, 300)
    picture[100:160, 100:160] = 255  # the face; 1.2 times its side is 72 pixels about (130, 130)
    crop = classifier.crop(picture, one_face(100, 100, 60, 60))[0, 0] * 0.25 + 0.5
    white = int((crop > 0.9).sum())
    assert white == pytest.approx(48 * 48 * (60 / 72) ** 2, rel=0.05)


@pytest.mark.parametrize(
    "box", [(-30, -30, 60, 60), (380, 280, 60, 60), (-500, 0, 50, 50), (0, 0, 0, 0)]
)
def test_a_face_over_the_edge_is_still_a_crop(classifier, box):
    crops = classifier.crop(grey(400, 300), one_face(*box))
    assert crops.shape == (1, 1, 48, 48)
    assert np.isfinite(crops).all()


def test_refuses_a_network_without_a_card(tmp_path):
    with pytest.raises(UnusableNetwork, match="no model card"):
        EmotionClassifier.load(write_tiny_network(tmp_path / "bare.onnx", None))


def test_refuses_a_network_of_other_emotions(tmp_path):
    card = tiny_card(emotions=("calm", "tense", "fear", "happy", "sad", "surprise", "neutral"))
    with pytest.raises(UnusableNetwork, match="calm"):
        EmotionClassifier.load(write_tiny_network(tmp_path / "other.onnx", card))


def test_refuses_a_network_that_contradicts_its_card(tmp_path):
    with pytest.raises(UnusableNetwork, match="seven probabilities"):
        EmotionClassifier.load(write_tiny_network(tmp_path / "eight.onnx", tiny_card(), outputs=8))


def test_refuses_a_broken_card(tmp_path):
    card = tiny_card().model_copy(update={"std": -1.0})
    with pytest.raises(UnusableNetwork, match="std"):
        EmotionClassifier.load(write_tiny_network(tmp_path / "broken.onnx", card))


def test_refuses_a_calibration_of_six_emotions(tmp_path):
    scaling = VectorScaling.model_construct(scale=(1.0,) * 6, bias=(0.0,) * 7)
    card = tiny_card(calibration={LabelSet.CROWD: scaling})
    with pytest.raises(UnusableNetwork, match=r"calibration\.crowd\.scale"):
        EmotionClassifier.load(write_tiny_network(tmp_path / "six.onnx", card))


@pytest.mark.parametrize("content", [b"", b"this is text"])
def test_refuses_a_file_that_is_no_network(tmp_path, content):
    path = tmp_path / "text.onnx"
    path.write_bytes(content)
    with pytest.raises(UnusableNetwork, match="not an ONNX file"):
        EmotionClassifier.load(path)


def test_refuses_a_missing_file(tmp_path):
    with pytest.raises(UnusableNetwork, match="ROOMTONE_NETWORK"):
        EmotionClassifier.load(tmp_path / "none.onnx")
