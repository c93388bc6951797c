"""What the tests of training share. Imports torch only where it is there."""

import sys

import pytest

from tests.model.training.invented_faces import write_zip


@pytest.fixture(scope="session")
def faces(tmp_path_factory):
    """Invented faces with the crowd's votes, read once."""
    datasets = pytest.importorskip("model.training.datasets", reason="needs torch")
    return datasets.read_faces(write_zip(tmp_path_factory.mktemp("data") / "faces.zip", votes=True))


@pytest.fixture(autouse=True)
def one_thread():
    """Compute in one thread: the same losses everywhere, and no fight over the processor."""
    torch = sys.modules.get("torch")
    if torch is None:
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
