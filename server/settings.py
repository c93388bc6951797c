"""The one reader of the environment: every setting is `ROOMTONE_…`. Nothing is read at import."""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from model.frames import MAX_PIXELS
from model.mistakes import Mistake


class WrongSetting(Mistake, ValueError):
    """A setting that can't be used; the message names it and says why."""


class Settings(BaseSettings):
    """All settings of the server, with their defaults. `docs/settings.md` explains each."""

    model_config = SettingsConfigDict(
        env_prefix="ROOMTONE_", env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True
    )

    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 for all.")
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on.")
    public_url: str | None = Field(
        None, description="Address that students reach, for join links; else host and port."
    )
    data_dir: Path = Field(
        Path("data"), description="Folder for the database, the token and the signing key."
    )
    database_url: SecretStr | None = Field(
        None, description="SQLAlchemy URL; else a SQLite file in the data folder."
    )
    teacher_token: SecretStr | None = Field(
        None, description="The teacher's token; else made at first start and kept in data_dir."
    )
    signing_key: SecretStr | None = Field(
        None, description="Key that signs source tokens; else made and kept in data_dir."
    )
    source_token_hours: float = Field(
        12, gt=0, le=168, description="Hours after which a source must join again."
    )
    network: Path | None = Field(
        None, description="Emotion network, an ONNX file with a card; else the shipped one."
    )
    landmark_network: Path | None = Field(
        None, description="ONNX file that locates the 468 facial points some networks take."
    )
    finder: str = Field(
        "centerface", description="Face finder: centerface, or the path of a YuNet ONNX file."
    )
    finder_scale: float | None = Field(
        None, gt=0.05, le=4, description="Shrink frames by this; else chosen from their size."
    )
    finder_threshold: float | None = Field(
        None, gt=0, lt=1, description="Least score of a face; else the finder's own default."
    )
    max_frame_bytes: int = Field(
        5_000_000, ge=10_000, description="Largest body of a frame or picture, bytes."
    )
    max_pixels: int = Field(MAX_PIXELS, ge=10_000, description="Most pixels of a frame.")
    queue_limit: int = Field(
        32, ge=1, le=1000, description="Frames under way at once; more are answered 429."
    )
    source_frames_per_second: float = Field(
        2, gt=0, le=1000, description="Most frames a second of one source; more are answered 429."
    )
    workers: int | None = Field(
        None, ge=1, le=64, description="Threads that read frames; else one per core."
    )
    reading: str = Field(
        "process",
        pattern="^(process|threads)$",
        description="Where frames are read: in a process beside the server, or in its own threads.",
    )
    dashboard: str = Field(
        "here",
        description="“here”: in this process; “off”; or the URL of a `roomtone dashboard`.",
    )
    server_url: str = Field(
        "http://127.0.0.1:8000", description="Server that `roomtone dashboard` reads."
    )
    log_format: str = Field("console", pattern="^(console|json)$", description="console or json.")
    log_requests: str = Field(
        "failed", pattern="^(failed|all)$", description="Which requests are logged: failed or all."
    )
    telemetry_endpoint: str | None = Field(
        None,
        pattern="^https?://",
        description="OpenTelemetry collector to send spans to; else none.",
    )

    @model_validator(mode="after")
    def _dashboard_is_known(self) -> Self:
        known = self.dashboard in ("here", "off")
        if not known and not self.dashboard.startswith(("http://", "https://")):
            raise ValueError("dashboard must be “here”, “off” or an http address")
        return self

    @property
    def resolved_database_url(self) -> str:
        """The database's URL, with its password."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{(self.data_dir / 'roomtone.db').absolute()}"

    @property
    def resolved_public_url(self) -> str:
        """The address for links, without a slash at its end."""
        if self.public_url:
            return self.public_url.rstrip("/")
        return self.local_url

    @property
    def local_url(self) -> str:
        """The address at which this machine reaches the server."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def is_open_but_nameless(self) -> bool:
        """Whether others can reach the server, but join links say an address that they can't."""
        return self.host in ("0.0.0.0", "::") and not self.public_url


def read_settings(**overrides: object) -> Settings:
    """Read the environment; `overrides` that are not None win. Raises `WrongSetting`."""
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        faults = "; ".join(
            f"ROOMTONE_{'_'.join(map(str, fault['loc'])).upper() or 'DASHBOARD'}: {fault['msg']}"
            for fault in error.errors()
        )
        raise WrongSetting(
            f"{faults}. `roomtone settings` lists all settings and what they are now."
        ) from error
