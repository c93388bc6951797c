"""Every network by name: shapes, learning, export, size; and the points that one of them takes."""

import numpy as np
import onnxruntime as ort
import pytest
import typer
from typer.testing import CliRunner

torch = pytest.importorskip("torch", reason="needs torch: pip install torch==2.13.0")
pytest.importorskip("pytorchcv", reason="needs pytorchcv, of the training extra")

from model.network_commands import networks  # noqa: E402
from model.training.networks import (  # noqa: E402
    NETWORKS,
    UnknownNetwork,
    blank_inputs,
    build_network,
    count_points,
    measure_size,
)
from model.training.networks.geometry import count_features, describe_points  # noqa: E402
from model.training.networks.table import list_networks, write_markdown  # noqa: E402
from tests.documents import read  # noqa: E402

pytestmark = pytest.mark.training

FRONTAL = torch.tensor([[-0.3, -0.2], [0.3, -0.2], [0.0, 0.1], [-0.2, 0.4], [0.2, 0.4]])

each_network = pytest.mark.parametrize("name", NETWORKS)


@pytest.fixture(autouse=True)
def same_numbers():
    torch.manual_seed(1)


def invent_inputs(network, faces):
    inputs = {name: torch.randn_like(blank) for name, blank in blank_inputs(network, faces).items()}
    if "points" in inputs:
        inputs["points"] = FRONTAL + 0.05 * inputs["points"]
    return inputs


@each_network
def test_every_network_maps_faces_to_logits_of_both_heads(name):
    network = build_network(name).eval()
    with torch.no_grad():
        logits = network(*invent_inputs(network, 2).values())
    assert logits.shape == (2, 2, 7)
    assert torch.isfinite(logits).all()


@each_network
def test_a_small_step_along_the_gradient_lowers_the_loss(name):
    # eval(): neither dropout nor a batch's own statistics, so that only the step makes a difference
    network = build_network(name).eval()
    inputs, targets = invent_inputs(network, 2), torch.tensor([3, 4])

    def loss():
        logits = network(*inputs.values())
        return sum(torch.nn.functional.cross_entropy(head, targets) for head in logits.unbind(1))

    before = loss()
    before.backward()
    parameters = list(network.parameters())
    assert all(p.grad is not None for p in parameters)
    length = torch.sqrt(sum(p.grad.square().sum() for p in parameters))
    with torch.no_grad():
        for parameter in parameters:
            parameter.sub_(1e-3 * parameter.grad / length)
        assert loss() < before


@each_network
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_network_computes_the_same_in_onnx_runtime_at_any_batch(name, tmp_path):
    network = build_network(name).eval()
    inputs, path = invent_inputs(network, 2), tmp_path / "network.onnx"
    torch.onnx.export(
        network, tuple(inputs.values()), path, input_names=list(inputs), output_names=["logits"],
        dynamic_axes={name: {0: "n"} for name in (*inputs, "logits")}, opset_version=17,
        dynamo=False,
    )  # fmt: skip
    session = ort.InferenceSession(path)
    for faces in (1, 3):
        given = invent_inputs(network, faces)
        with torch.no_grad():
            expected = network(*given.values()).numpy()
        told = session.run(None, {name: tensor.numpy() for name, tensor in given.items()})[0]
        assert told == pytest.approx(expected, abs=1e-4 * max(1.0, float(np.abs(expected).max())))


def test_an_unknown_network_is_named():
    with pytest.raises(UnknownNetwork, match="landmark_fusion"):
        build_network("enormous")


def test_size_counts_weights_and_multiply_adds():
    class Known(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.seen = torch.nn.Conv2d(1, 4, 3, padding=1, bias=False)
            self.told = torch.nn.Linear(4, 14)

        def forward(self, crops):
            return self.told(self.seen(crops).mean((2, 3)))

    size = measure_size(Known())
    assert size.parameters == 4 * 9 + 4 * 14 + 14
    assert size.multiply_adds == 48 * 48 * 4 * 9 + 4 * 14


def test_the_documented_table_is_what_the_networks_are():
    assert write_markdown(list_networks()) in read("networks.md")


def test_the_command_lists_every_network():
    app = typer.Typer()
    app.command()(networks)
    answer = CliRunner().invoke(app, ["--markdown"])
    assert answer.exit_code == 0
    assert all(f"`{name}`" in answer.stdout for name in NETWORKS)
    assert "resnet" in CliRunner().invoke(app, []).stdout


def test_checkpoints_of_the_first_networks_still_fit():
    names = {
        "compact": ("features.0.0.weight", "features.4.gate.squeeze.weight", "head.linear.bias"),
        "compact_large": ("features.2.shortcut.1.weight", "head.linear.weight"),
        "tiny": ("features.0.1.running_mean", "head.linear.bias"),
    }
    for name, keys in names.items():
        assert set(keys) <= build_network(name).state_dict().keys(), name


# Points


def test_shape_does_not_depend_on_the_crop():
    moved = 0.5 * FRONTAL + torch.tensor([0.2, -0.1])
    here, there = describe_points(torch.stack((FRONTAL, moved)))
    assert here.shape == (count_features(5),)
    assert torch.allclose(here, there, atol=1e-4)


def test_another_shape_is_another_description():
    smiling = FRONTAL.clone()
    smiling[3:, 0] *= 1.5
    plain, wide = describe_points(torch.stack((FRONTAL, smiling)))
    assert (plain - wide).abs().max() > 0.05


def test_a_face_without_points_is_told_from_its_crop():
    network = build_network("landmark_fusion").eval()
    assert count_points(network) == 5
    crops = torch.randn(2, 1, 48, 48)
    points = torch.stack((FRONTAL, torch.full((5, 2), torch.nan)))
    with torch.no_grad():
        logits = network(crops, points)
        elsewhere = network(crops, torch.full((2, 5, 2), torch.nan))
    assert torch.isfinite(logits).all()
    assert torch.allclose(logits[1], elsewhere[1], atol=1e-5)
    assert not torch.allclose(logits[0], elsewhere[0])


def test_missing_points_leave_the_gradient_finite():
    network = build_network("landmark_fusion").train()
    points = torch.stack((FRONTAL, torch.full((5, 2), torch.nan)))
    network(torch.randn(2, 1, 48, 48), points).square().sum().backward()
    assert all(torch.isfinite(p.grad).all() for p in network.parameters())
