"""What routes need of a request: its body within limits, and who sends it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from server.keyring import Keyring, NotAllowed, NotSignedIn, SourceTicket
from server.outlines import MEDIA_TYPES, PPTX, OutlineTypeUnknown
from server.service import Service

PICTURE_TYPES = ("image/jpeg", "image/png", "image/webp")
VTT = "text/vtt"
MOST_PPTX_BYTES = 20_000_000
MOST_OUTLINE_BYTES = 2_000_000
MOST_TRANSCRIPT_BYTES = 5_000_000
MAX_SEQ = 2**63 - 1

_bearer = HTTPBearer(
    auto_error=False, description="The teacher's token, or a source's from POST /api/v1/join."
)


class BodyTooLarge(Exception):
    """A body over the limit; refused before it is buffered."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"The body is larger than {limit / 1e6:g} MB. Send a smaller picture, for example "
            "1280x720 as JPEG at quality 70."
        )


class OutlineTooLarge(BodyTooLarge):
    """A file of slides or chapters over the limit."""

    def __init__(self, limit: int) -> None:
        Exception.__init__(
            self,
            f"The file is larger than {limit / 1e6:g} MB. Compress its pictures and films in "
            "PowerPoint, or load a CSV with the titles.",
        )


class TranscriptTooLarge(BodyTooLarge):
    """A transcript over the limit."""

    def __init__(self, limit: int) -> None:
        Exception.__init__(
            self,
            f"The file is larger than {limit / 1e6:g} MB, more than is said in 24 hours. Check "
            "that this is the transcript.",
        )


class NotAPicture(Exception):
    """A body of another media type."""

    def __init__(self, media_type: str) -> None:
        super().__init__(
            f"Content-Type is “{media_type or 'missing'}”; send the raw bytes of one picture as "
            f"{', '.join(PICTURE_TYPES)}."
        )


class Teacher:
    """Whoever holds the teacher's token."""


@dataclass(frozen=True)
class PictureBody:
    """The request's body, read only when asked for, and never beyond the limit."""

    request: Request
    limit: int

    async def __call__(self) -> bytes:
        """Return the whole body.

        Raises `NotAPicture`, `BodyTooLarge`, and `ClientDisconnect` where it breaks off.
        """
        media_type = media_type_of(self.request)
        if media_type not in PICTURE_TYPES:
            raise NotAPicture(media_type)
        return await _read_body(self.request, self.limit, BodyTooLarge)


@dataclass(frozen=True)
class OutlineBody:
    """A file of slides or chapters, read only when asked for, and never beyond the limit."""

    request: Request

    async def __call__(self) -> bytes:
        """Return the whole body.

        Raises `OutlineTypeUnknown`, `OutlineTooLarge`, and `ClientDisconnect`.
        """
        media_type = media_type_of(self.request)
        if media_type not in MEDIA_TYPES:
            raise OutlineTypeUnknown(media_type, MEDIA_TYPES)
        limit = MOST_PPTX_BYTES if media_type == PPTX else MOST_OUTLINE_BYTES
        return await _read_body(self.request, limit, OutlineTooLarge)


@dataclass(frozen=True)
class TranscriptBody:
    """A WebVTT file, read only when asked for, and never beyond the limit."""

    request: Request

    async def __call__(self) -> bytes:
        """Return the whole body.

        Raises `OutlineTypeUnknown`, `TranscriptTooLarge`, and `ClientDisconnect`.
        """
        media_type = media_type_of(self.request)
        if media_type != VTT:
            raise OutlineTypeUnknown(media_type, (VTT,))
        return await _read_body(self.request, MOST_TRANSCRIPT_BYTES, TranscriptTooLarge)


def media_type_of(request: Request) -> str:
    """Return what the body says it is, without parameters; empty where it says nothing."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


async def _read_body(request: Request, limit: int, refusal: type[BodyTooLarge]) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise refusal(limit)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > limit:
            raise refusal(limit)
    return bytes(body)


async def get_service(request: Request) -> Service:
    """Return what `create_app` put together."""
    service: Service = request.app.state.service
    return service


ServiceOf = Annotated[Service, Depends(get_service)]
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


async def read_caller(service: ServiceOf, credentials: Credentials) -> Teacher | SourceTicket:
    """Tell who calls. Raises `NotSignedIn`."""
    if credentials is None:
        raise NotSignedIn(
            "This call needs a token: send “Authorization: Bearer …” with the teacher's token "
            "(printed when the server started) or a source's (from POST /api/v1/join)."
        )
    keyring: Keyring = service.keyring
    if keyring.is_teacher(credentials.credentials):
        return Teacher()
    return keyring.read_source(credentials.credentials, now=service.now())


Caller = Annotated[Teacher | SourceTicket, Depends(read_caller)]


async def require_teacher(caller: Caller) -> Teacher:
    """Let only the teacher pass. Raises `NotAllowed`."""
    if not isinstance(caller, Teacher):
        raise NotAllowed("Only the teacher may do this; a source's token is for sending frames.")
    return caller


async def require_source(session_id: str, caller: Caller) -> SourceTicket:
    """Let only a source of this very session pass. Raises `NotAllowed`."""
    if isinstance(caller, Teacher):
        raise NotAllowed(
            "Only a source may do this: join with the session's code and use the token you get."
        )
    if caller.session_id != session_id:
        raise NotAllowed("This token is for another session. Join this one first.")
    return caller


SourceOf = Annotated[SourceTicket, Depends(require_source)]


async def read_address(request: Request) -> str:
    """Return the network address that calls; never stored or logged."""
    return request.client.host if request.client else ""


AddressOf = Annotated[str, Depends(read_address)]


FrameSeq = Annotated[
    int,
    Header(
        alias="Frame-Seq",
        ge=0,
        le=MAX_SEQ,
        description="The source's own number of this frame or self-report, one row for both. It "
        "must rise; a number that was already counted is answered `duplicate`.",
        examples=[1],
    ),
]


async def picture_body(request: Request, service: ServiceOf) -> PictureBody:
    """Return the body, not yet read."""
    return PictureBody(request, service.settings.max_frame_bytes)


PictureOf = Annotated[PictureBody, Depends(picture_body)]
