"""Where a training computes: this machine's processor, or its GPU."""

import torch

from model.training.device_name import DeviceName


class NoSuchDevice(ValueError):
    """A GPU was asked for on a machine without one."""

    def __init__(self) -> None:
        super().__init__(
            "There is no CUDA GPU here that torch can use. Give --device cpu, or install a build "
            "of torch for your GPU."
        )


def choose_device(name: str) -> torch.device:
    """Return the device of a name; `auto` is a GPU if there is one. Raises `NoSuchDevice`."""
    available = torch.cuda.is_available()
    if name == DeviceName.CUDA and not available:
        raise NoSuchDevice
    return torch.device("cuda" if available and name != DeviceName.CPU else "cpu")


def computes_bfloat16(device: torch.device) -> bool:
    """Tell whether mixed precision is worth asking for there."""
    return device.type == "cpu" or torch.cuda.is_bf16_supported()


def random_state(device: torch.device) -> dict[str, torch.Tensor]:
    """Return the state of every generator that a run draws from."""
    state = {"torch": torch.get_rng_state()}
    if device.type == "cuda":
        state["cuda"] = torch.cuda.get_rng_state(device)
    return state


def restore_random(state: dict[str, torch.Tensor], device: torch.device) -> None:
    """Go on from `random_state`; a run that changes its device goes on with other numbers."""
    torch.set_rng_state(state["torch"])
    if device.type == "cuda" and "cuda" in state:
        torch.cuda.set_rng_state(state["cuda"], device)
