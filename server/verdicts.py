"""One table: what went wrong with something that a source sent -> why it is refused."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from model.headers import PictureTooLarge, UnreadablePicture, UnsupportedPicture
from server.engine import EngineClosed
from server.keyring import NotAllowed, NotSignedIn
from server.ledger import Reason
from server.readers import ReadersLost
from server.refusals import (
    CameraNotWanted,
    NotSimulated,
    SelfReportNotWanted,
    SentTooFast,
    ServerBusy,
    SessionSimulated,
)
from server.requests import BodyTooLarge, NotAPicture
from server.store.failures import DatabaseNotMigrated, DatabaseUnavailable
from server.store.sessions import SessionEnded, SessionNotFound
from server.store.sources import SourceLeft, SourceNotFound

REASONS: Mapping[type[BaseException], Reason] = {
    UnreadablePicture: Reason.UNREADABLE,
    UnsupportedPicture: Reason.NOT_A_PICTURE,
    NotAPicture: Reason.NOT_A_PICTURE,
    BodyTooLarge: Reason.TOO_LARGE,
    PictureTooLarge: Reason.TOO_MANY_PIXELS,
    RequestValidationError: Reason.INVALID,
    NotSignedIn: Reason.NOT_SIGNED_IN,
    NotAllowed: Reason.WRONG_TOKEN,
    SessionNotFound: Reason.NOT_FOUND,
    SourceNotFound: Reason.NOT_FOUND,
    SessionSimulated: Reason.SIMULATED,
    NotSimulated: Reason.NOT_SIMULATED,
    CameraNotWanted: Reason.NO_CAMERA,
    SelfReportNotWanted: Reason.NO_SELF_REPORT,
    SessionEnded: Reason.ENDED,
    SourceLeft: Reason.LEFT,
    ServerBusy: Reason.BUSY,
    SentTooFast: Reason.TOO_FAST,
    ClientDisconnect: Reason.BROKE_OFF,
    DatabaseUnavailable: Reason.DATABASE,
    DatabaseNotMigrated: Reason.DATABASE,
    EngineClosed: Reason.STOPPING,
    ReadersLost: Reason.FAULT,
}

_OF_STATUSES: Mapping[int, Reason] = {
    HTTPStatus.REQUEST_TIMEOUT: Reason.TIMED_OUT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Reason.TOO_LARGE,
}


def reason_of(error: BaseException) -> Reason:
    """Return why something is refused; a fault where the error is one that no sender causes."""
    if isinstance(error, HTTPException):
        if isinstance(error.__cause__, ClientDisconnect):  # so FastAPI tells it, for JSON
            return Reason.BROKE_OFF
        return reason_of_status(error.status_code)
    return REASONS.get(type(error)) or next(
        (reason for kind, reason in REASONS.items() if isinstance(error, kind)), Reason.FAULT
    )


def reason_of_status(status: int) -> Reason:
    """Return why something is refused of which nothing but the answer's status is known."""
    known = _OF_STATUSES.get(status)
    if known is not None:
        return known
    is_senders = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return Reason.INVALID if is_senders else Reason.FAULT
