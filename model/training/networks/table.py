"""The table of networks that `roomtone networks` prints and docs/networks.md shows."""

from dataclasses import dataclass

from model.training.networks import NETWORKS, count_points, measure_size

COLUMNS = ("network", "what it is", "parameters", "multiply-adds", "points", "after")


@dataclass(frozen=True)
class NetworkRow:
    """One network as it is listed; counts are those of one 48x48 face."""

    name: str
    summary: str
    parameters: int
    multiply_adds: int
    points: int
    source: str

    def cells(self) -> tuple[str, ...]:
        """Tell the row in words, in the order of `COLUMNS`."""
        return (
            self.name,
            self.summary,
            f"{self.parameters / 1e6:.2f} M",
            f"{self.multiply_adds / 1e6:.1f} M",
            str(self.points or "none"),
            self.source,
        )


def list_networks() -> list[NetworkRow]:
    """Build each network once and measure it."""
    rows = []
    for name, architecture in NETWORKS.items():
        network = architecture.build()
        size, points = measure_size(network), count_points(network)
        rows.append(
            NetworkRow(
                name,
                architecture.summary,
                size.parameters,
                size.multiply_adds,
                points,
                architecture.source,
            )
        )
    return rows


def write_markdown(rows: list[NetworkRow]) -> str:
    """Return the rows as a table for the documentation."""
    lines = [f"| {' | '.join(COLUMNS)} |", f"|{'---|' * len(COLUMNS)}"]
    for row in rows:
        name, *others = row.cells()
        lines.append(f"| {' | '.join([f'`{name}`', *others])} |")
    return "\n".join(lines) + "\n"
