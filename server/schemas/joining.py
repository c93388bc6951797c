"""Joining, and what a source may know of its session."""

from datetime import datetime

from pydantic import Field

from server.schemas.wire import (
    Camera,
    SelfReportWanted,
    SendSeconds,
    SessionId,
    SessionTitle,
    Simulated,
    Wire,
)


class JoinRequest(Wire):
    """What a source says to join."""

    join_code: str = Field(min_length=4, max_length=20, examples=["K7MQ-2RXD"])


class Joined(Wire):
    """A source's ticket. The token is bound to this session and source and expires."""

    session_id: SessionId
    source_id: str = Field(examples=["41857376dd7824d5e6f27d9a"])
    token: str = Field(examples=["eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.…"])
    expires_at: datetime = Field(examples=["2026-03-02T22:15:04Z"])
    session_title: SessionTitle
    simulated: Simulated


class Invitation(Wire):
    """What a join code leads to, told before anybody joins: enough to decide."""

    join_code: str = Field(examples=["K7MQ-2RXD"])
    session_title: SessionTitle
    simulated: Simulated
    camera: Camera
    self_report: SelfReportWanted
    send_seconds: SendSeconds
    ended: bool = Field(examples=[False])


class SourceView(Wire):
    """What a source may know of itself and its session; nothing of anybody else."""

    session_title: SessionTitle
    simulated: Simulated
    camera: Camera
    self_report: SelfReportWanted
    send_seconds: SendSeconds
    last_seq: int | None = Field(
        description="The highest number counted from this source, or null.", examples=[17]
    )
    left: bool = Field(
        description="It has left; its token is good for nothing else.", examples=[False]
    )
    ended: bool = Field(description="The session has ended.", examples=[False])


class Withdrawal(Wire):
    """The answer to leaving: what was erased."""

    erased_buckets: int = Field(
        description="Buckets of this source that were open and are erased. Older ones are sums "
        "over the class already and no longer say whose.",
        examples=[6],
    )
