"""Recordings: announced, received in pieces, read, and their frames shown to the uploader."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response

from server.requests import ServiceOf, media_type_of, require_teacher
from server.routes import problems
from server.schemas import FrameView, NewVideo, NewVideoAnswer, ShownFaces, Video
from server.videos.refusals import NotPieces

router = APIRouter(
    prefix="/api/v1/videos",
    tags=["recordings"],
    dependencies=[Depends(require_teacher)],
    responses=problems(401, 403, 422, 503),
)

PIECE_TYPES = ("application/octet-stream", "application/offset+octet-stream")
MOST_INDEX = 2**31 - 1

UploadOffset = Annotated[
    int,
    Header(
        alias="Upload-Offset",
        ge=0,
        le=2**63 - 1,
        description="Where this piece begins in the file, bytes from 0: as `received_bytes` says.",
        examples=[0],
    ),
]
VideoKey = Annotated[
    str | None,
    Header(
        alias="Video-Key",
        description="The `view_key` that the uploader was given.",
        examples=["0c7b3f5de1a94b6c8e2f0d4a6b8c1e3f5a7d9b20"],
    ),
]
FrameIndex = Annotated[int, Path(ge=0, le=MOST_INDEX, description="As listed.", examples=[12])]

PIECE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}} for kind in PIECE_TYPES
        },
    }
}
OFFSET_HEADER: dict[str, Any] = {
    "Upload-Offset": {
        "description": "How many bytes are here: where the next piece begins.",
        "schema": {"type": "integer"},
    }
}
KEPT_BY_NOBODY = {"Cache-Control": "no-store"}
PICTURE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The frame, at most 960 pixels wide.",
        "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("", status_code=201, responses=problems(408, 409, 413, 429, 507))
def post_video(new: NewVideo, service: ServiceOf) -> NewVideoAnswer:
    """Announce a recording; send its bytes then by PATCH. Nothing of its name is kept.

    The same `upload_key` and words again are the same upload.
    """
    told, view_key = service.recordings.announce(new)
    return NewVideoAnswer(**told.model_dump(), view_key=view_key)


@router.get("")
def get_videos(service: ServiceOf) -> list[Video]:
    """List all recordings, newest first."""
    return service.recordings.list_all()


@router.get("/{video_id}", responses=problems(404) | {200: {"headers": OFFSET_HEADER}})
def get_video(video_id: str, service: ServiceOf, response: Response) -> Video:
    """Tell how far a recording is."""
    return _with_offset(service.recordings.find(video_id), response)


@router.patch(
    "/{video_id}",
    responses=problems(404, 408, 409, 413, 415, 507) | {200: {"headers": OFFSET_HEADER}},
    openapi_extra=PIECE,
)
async def patch_video(
    video_id: str,
    offset: UploadOffset,
    request: Request,
    service: ServiceOf,
    response: Response,
) -> Video:
    """Send a piece of the file, of any length. What arrives before it breaks off is kept.

    A piece that begins elsewhere than the last one ended is answered 409, with the offset that is
    wanted in `Upload-Offset`. Once all bytes are here the recording waits to be read.
    """
    media_type = media_type_of(request)
    if media_type and media_type not in PIECE_TYPES:
        raise NotPieces(media_type)
    told = request.headers.get("content-length", "")
    declared = int(told) if told.isdecimal() else 0
    parts = request.stream()
    return _with_offset(
        await service.recordings.take_piece(video_id, offset, declared, parts), response
    )


@router.post("/{video_id}/cancel", responses=problems(404))
def post_cancel(video_id: str, service: ServiceOf) -> Video:
    """Stop a recording: file and session are erased. One that is read stays as it is."""
    return service.recordings.cancel(video_id)


@router.delete("/{video_id}", status_code=204, responses=problems(404))
def erase_video(video_id: str, service: ServiceOf) -> Response:
    """Erase a recording with its file and frames; its session only where it is not read yet."""
    service.recordings.delete(video_id)
    return Response(status_code=204)


@router.get("/{video_id}/frames", responses=problems(404, 410))
def get_frames(
    video_id: str,
    service: ServiceOf,
    response: Response,
    key: VideoKey = None,
    first: Annotated[
        int, Query(ge=0, le=MOST_INDEX, description="Number of the first frame to list.")
    ] = 0,
) -> FrameView:
    """List the analysed frames, for the uploader and as long as the visit lasts.

    2000 at most; where `complete` is false, ask again from the number after the last one.
    """
    response.headers.update(KEPT_BY_NOBODY)
    return service.recordings.list_frames(video_id, key, first)


@router.get("/{video_id}/frames/{index}", responses=problems(404, 410))
def get_frame(
    video_id: str,
    index: FrameIndex,
    service: ServiceOf,
    response: Response,
    key: VideoKey = None,
) -> ShownFaces:
    """Tell every face of one frame, for the uploader only."""
    response.headers.update(KEPT_BY_NOBODY)
    return service.recordings.tell_frame_faces(video_id, key, index)


@router.get(
    "/{video_id}/frames/{index}/picture",
    responses=PICTURE | problems(404, 410),
    response_class=Response,
)
def get_frame_picture(
    video_id: str, index: FrameIndex, service: ServiceOf, key: VideoKey = None
) -> Response:
    """Send one frame's picture, for the uploader only."""
    jpeg = service.recordings.read_picture(video_id, key, index)
    return Response(jpeg, media_type="image/jpeg", headers=KEPT_BY_NOBODY)


@router.delete("/{video_id}/frames", status_code=204, responses=problems(404))
def end_visit(video_id: str, service: ServiceOf, key: VideoKey = None) -> Response:
    """End the visit: the frames are let go. The recording is read on."""
    service.recordings.end_visit(video_id, key)
    return Response(status_code=204)


def _with_offset(told: Video, response: Response) -> Video:
    response.headers["Upload-Offset"] = str(told.received_bytes)
    return told
