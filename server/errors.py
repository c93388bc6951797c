"""One table: what went wrong -> status. Every error leaves as problem+json (RFC 9457)."""

import math
from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from model.headers import PictureTooLarge, UnreadablePicture, UnsupportedPicture
from server.bookkeeping import judge_error
from server.comparison_reader import ComparisonUnclear, TooManyCompared
from server.engine import EngineClosed
from server.keyring import NotAllowed, NotSignedIn
from server.live import TooManyWaiting
from server.outlines import OutlineTypeUnknown, OutlineUnreadable
from server.readers import ReadersLost
from server.readiness import NotReady
from server.refusals import (
    CameraNotWanted,
    NotSimulated,
    SelfReportNotWanted,
    SessionSimulated,
    TryLater,
)
from server.request_ids import HEADER, describe_request, note_reason, request_id_of
from server.requests import BodyTooLarge, NotAPicture
from server.schemas import Problem
from server.store.courses import CourseNotFound, SessionsNotFound
from server.store.failures import DatabaseNotMigrated, DatabaseUnavailable
from server.store.markers import (
    MarkerNotFound,
    MarkerTooLong,
    MomentOutsideSession,
    TooManyMarkers,
)
from server.store.outlines import EntryNotFound
from server.store.reports import SessionStillRuns
from server.store.sessions import JoinCodeNotFound, SessionEnded, SessionNotFound
from server.store.sources import SourceLeft, SourceNotFound
from server.store.videos import VideoNotFound
from server.videos.refusals import (
    DiskFull,
    FrameNotFound,
    FramesGone,
    NoFrameView,
    NotAVideo,
    NotPieces,
    NotWaitingForBytes,
    ShelfUnusable,
    UploadKeyTaken,
    VideoTooLarge,
    WrongOffset,
    WrongViewKey,
)

STATUSES: Mapping[type[Exception], int] = {
    UnreadablePicture: 400,
    NotSignedIn: 401,
    NotAllowed: 403,
    WrongViewKey: 403,
    NotSimulated: 403,
    SessionSimulated: 403,
    CameraNotWanted: 403,
    SelfReportNotWanted: 403,
    SessionNotFound: 404,
    SourceNotFound: 404,
    JoinCodeNotFound: 404,
    MarkerNotFound: 404,
    EntryNotFound: 404,
    VideoNotFound: 404,
    NoFrameView: 404,
    FrameNotFound: 404,
    CourseNotFound: 404,
    SessionsNotFound: 404,
    SessionEnded: 409,
    WrongOffset: 409,
    UploadKeyTaken: 409,
    NotWaitingForBytes: 409,
    SessionStillRuns: 409,
    SourceLeft: 410,
    FramesGone: 410,
    BodyTooLarge: 413,
    VideoTooLarge: 413,
    PictureTooLarge: 413,
    NotAPicture: 415,
    NotAVideo: 415,
    NotPieces: 415,
    UnsupportedPicture: 415,
    OutlineTypeUnknown: 415,
    MomentOutsideSession: 422,
    TooManyMarkers: 422,
    MarkerTooLong: 422,
    OutlineUnreadable: 422,
    ComparisonUnclear: 422,
    TooManyCompared: 422,
    TryLater: 429,
    DatabaseNotMigrated: 503,
    DatabaseUnavailable: 503,
    EngineClosed: 503,
    ReadersLost: 503,
    NotReady: 503,
    TooManyWaiting: 503,
    DiskFull: 507,
    ShelfUnusable: 507,
}

_KNOWN = tuple(STATUSES)
_log = structlog.get_logger()


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a sentence."""
    written = _write_problem(status, detail)
    return Response(written, status, headers, media_type="application/problem+json")


@lru_cache(maxsize=64)
def _write_problem(status: int, detail: str) -> bytes:
    """Write a problem; an overloaded server says the same hundreds of times a second."""
    told = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)
    return told.model_dump_json().encode()


def add_error_handlers(app: FastAPI) -> None:
    """Make every error of this app answer as the table says."""
    for kind in STATUSES:
        app.add_exception_handler(kind, _answer_known)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(ClientDisconnect, _answer_nobody)
    app.add_exception_handler(Exception, _answer_unknown)


def answer_error(request: Request, error: Exception) -> Response | None:
    """Answer an error as the handlers do; None for one that the table does not know."""
    if isinstance(error, _KNOWN):
        return _answer_known(request, error)
    if isinstance(error, HTTPException):
        return _answer_http(request, error)
    if isinstance(error, ClientDisconnect):
        return _answer_nobody(request, error)
    return None


def _answer_known(request: Request, error: Exception) -> Response:
    judge_error(request.scope, error)
    note_reason(request.scope, str(error))
    return tell_error(error)


def tell_error(error: Exception) -> Response:
    """Answer an error that the table knows."""
    status = _status_of(error)
    headers: dict[str, str] = {}
    if isinstance(error, TryLater):
        headers["Retry-After"] = str(math.ceil(error.retry_after))
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "2"
    if isinstance(error, WrongOffset):
        headers["Upload-Offset"] = str(error.offset)
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return problem(status, _tell(error), headers)


def _status_of(error: Exception) -> int:
    known = STATUSES.get(type(error))
    return known or next(code for kind, code in STATUSES.items() if isinstance(error, kind))


def _tell(error: Exception) -> str:
    """Return what a stranger may know; where the database is stands in the log only."""
    if not isinstance(error, DatabaseUnavailable | DatabaseNotMigrated):
        return str(error)
    return "The database can't be used just now. Try again shortly; the log of the server says why."


def _answer_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for nothing else
    judge_error(request.scope, error)
    faults = "; ".join(
        f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
        for fault in error.errors()
    )
    return problem(422, f"The request is not as /docs describes it: {faults}.")


def _answer_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
    judge_error(request.scope, error)
    if isinstance(error.__cause__, ClientDisconnect):  # so FastAPI tells it, for bodies of JSON
        return _answer_nobody(request, error.__cause__)
    if error.status_code == HTTPStatus.BAD_REQUEST:  # Starlette's word for bytes that are no text
        return problem(422, "The body is not JSON in UTF-8. /docs describes what this call takes.")
    details = {
        404: f"There is nothing at {request.url.path}. /docs lists every call.",
        405: f"{request.method} is not possible at {request.url.path}. /docs lists every call.",
    }
    return problem(
        error.status_code, details.get(error.status_code, str(error.detail)), error.headers
    )


def _answer_nobody(request: Request, error: Exception) -> Response:
    """Close a request whose sender went away in the middle of the body; nobody reads it."""
    judge_error(request.scope, error)
    return problem(400, "The body broke off. Send it again.")


def _answer_unknown(request: Request, error: Exception) -> Response:
    _log.error("unexpected error", **describe_request(request.scope), exc_info=error)
    request_id = request_id_of(request.scope)
    return problem(
        500,
        "Something went wrong here that should not. The log of the server says what, under the "
        f"request id {request_id}.",
        {HEADER: request_id},
    )
