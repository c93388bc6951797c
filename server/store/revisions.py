"""The revisions of the schema: which there are, and which a database has. Imports no tables."""

from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from server.store.failures import DatabaseTooNew, OlderRevision, UnknownRevision

SCRIPTS = Path(__file__).resolve().parents[2] / "alembic"


def alembic_config() -> Config:
    """Return what alembic needs to find our scripts, from whatever folder it is called."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    return config


def known_revisions(db: Connection, script: ScriptDirectory, where: str) -> set[str]:
    """Return the revisions that the database has. Raises `DatabaseTooNew`."""
    found = set(MigrationContext.configure(db).get_current_heads())
    unknown = found - {known.revision for known in script.walk_revisions()}
    if unknown:
        raise DatabaseTooNew(where, ", ".join(sorted(unknown)))
    return found


def refuse_unless_ahead(script: ScriptDirectory, found: set[str], wanted: str) -> None:
    """Let `wanted` pass where it leads up, or nowhere. Raises `UnknownRevision`."""
    known = [each.revision for each in script.walk_revisions()][::-1]
    passed = {each.revision for head in found for each in script.iterate_revisions(head, "base")}
    if found and (wanted == "base" or wanted in passed - found):
        raise OlderRevision(wanted, ", ".join(sorted(found)))
    if wanted not in ("head", *known):
        raise UnknownRevision(wanted, known)
