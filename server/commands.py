"""The commands `settings` and `migrate`."""

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from server.keyring import open_keyring
from server.settings import Settings, read_settings
from server.store.database import hide_password, migrate

_HIDDEN = "(set, hidden)"


def settings(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    show_token: Annotated[
        bool, typer.Option("--show-token", help="Print the teacher's token and nothing else.")
    ] = False,
) -> None:
    """Print the settings in force: name, value, and what each is for.

    Settings come from ROOMTONE_… in the environment or in a file .env here.
    """
    current = read_settings()
    if show_token:
        typer.echo(open_keyring(current).teacher_token)
    elif as_json:
        typer.echo(json.dumps({name: value for name, value, _ in describe_settings(current)}))
    else:
        _print_table(describe_settings(current))


def migrate_database(
    to: Annotated[str, typer.Argument(help="Revision to go up to; “head” is the newest.")] = "head",
) -> None:
    """Bring the database to the newest schema. `roomtone serve` does this by itself."""
    current = read_settings()
    if current.database_url is None:
        open_keyring(current)
    reached = migrate(current.resolved_database_url, to)
    typer.echo(f"The database {hide_password(current.resolved_database_url)} is at {reached}.")


def describe_settings(current: Settings) -> list[tuple[str, Any, str]]:
    """Return name, effective value with secrets hidden, and purpose of each setting."""
    resolved = {
        "database_url": hide_password(current.resolved_database_url),
        "public_url": current.resolved_public_url,
        "data_dir": str(current.data_dir.absolute()),
        "network": str(current.network) if current.network else "the shipped one",
        "landmark_network": str(current.landmark_network) if current.landmark_network else None,
        "teacher_token": _HIDDEN if current.teacher_token else "kept in data_dir/teacher-token",
        "signing_key": _HIDDEN if current.signing_key else "kept in data_dir/signing-key",
    }
    return [
        (
            f"ROOMTONE_{name.upper()}",
            resolved.get(name, getattr(current, name)),
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]


def _print_table(rows: list[tuple[str, Any, str]]) -> None:
    table = Table("setting", "now", "what it is for", show_lines=False)
    for name, value, purpose in rows:
        table.add_row(name, "(automatic)" if value is None else str(value), purpose)
    Console().print(table)
