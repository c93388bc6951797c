"""A loss that is infinite or not a number: where it was, and what to try. No torch."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Moment:
    """Where a run is: epoch and batch count from 1, `batch` is None after the last one."""

    epoch: int
    batch: int | None
    learning_rate: float
    kept: str


class LossNotFinite(ArithmeticError):
    """The loss or its gradient is infinite or not a number: nothing after it would be worth it."""

    def __init__(self, name: str, value: float, at: Moment) -> None:
        where = f"epoch {at.epoch}" + ("" if at.batch is None else f", batch {at.batch}")
        super().__init__(
            f"The {name} is {value} in {where}, at a learning rate of {at.learning_rate:.3g}. "
            f"Nothing of this epoch is kept; {at.kept}. Try a lower --learning-rate, more "
            "--warm-up-epochs, a smaller --gradient-clip or --no-bfloat16, in another --run folder."
        )
