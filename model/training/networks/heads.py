"""The last layer that every network shares: a head per label set."""

from torch import Tensor, nn

from model.emotions import EMOTIONS, LABEL_SETS


class Heads(nn.Module):
    """Features `(n, width)` to logits `(n, 2, 7)`, a head per label set."""

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(width, len(LABEL_SETS) * len(EMOTIONS))

    def forward(self, features: Tensor) -> Tensor:
        """Map `(n, width)` to `(n, 2, 7)`."""
        logits: Tensor = self.linear(self.dropout(features))
        return logits.view(-1, len(LABEL_SETS), len(EMOTIONS))
