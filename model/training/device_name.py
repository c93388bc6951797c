"""What `--device` takes. No torch."""

from enum import StrEnum


class DeviceName(StrEnum):
    """`auto` is a GPU if there is one."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"
