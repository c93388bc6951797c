"""Errors."""

from pydantic import BaseModel, Field


class Problem(BaseModel):
    """An error (RFC 9457): `detail` is a sentence that says what to do."""

    type: str = "about:blank"
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(
        examples=["There is no such session. It may have been deleted; list the sessions."]
    )
