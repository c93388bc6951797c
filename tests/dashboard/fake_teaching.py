"""The fake server's calls of a lesson: frames of the window, markers, outline, profile.

They keep what they are told in the lesson, by the rules of the contract that the page can notice.
"""

import csv
import io
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fastapi import Header, Request, Response

from model.emotions import EMOTIONS
from server.engagement import SHIPPED, restore, revise
from server.schemas import (
    EngagementProfile,
    Face,
    FrameAnswer,
    Marker,
    MarkerChange,
    MarkerKind,
    NewEngagementProfile,
    NewMarker,
    OutlineEntry,
    PoseAngles,
)
from server.store.markers import SLACK

JPEG = b"\xff\xd8\xff"


@dataclass
class Teaching:
    """What the teacher did in a lesson. `busy` answers frames with 429, `most_bytes` with 413."""

    markers: list = field(default_factory=list)
    outline: list = field(default_factory=list)
    profile: EngagementProfile = SHIPPED
    frames: list = field(default_factory=list)
    last_seq: int = -1
    faces: int = 49
    busy: bool = False
    most_bytes: int = 5_000_000


AT = "/api/v1/sessions/{session_id}"


def add_teaching(app, fake, refuse):
    """Add the calls to the fake server's app. `refuse` makes the error of a status and a detail."""

    def find(session_id):
        lesson = fake.lesson(session_id)
        return lesson.session, lesson.teaching

    _add_frames(app, find, refuse)
    _add_markers(app, fake, find, refuse)
    _add_outline(app, fake, find, refuse)
    _add_profile(app, find)


def _add_frames(app, find, refuse):
    @app.post(f"{AT}/frames")
    async def post_frame(
        session_id: str, request: Request, frame_seq: int = Header()
    ) -> FrameAnswer:
        session, teaching = find(session_id)
        body = await request.body()
        if session.ended_at is not None:
            raise refuse(409, "This session has ended.")
        if teaching.busy:
            raise refuse(429, "Too many frames at once. Wait a moment.")
        if len(body) > teaching.most_bytes:
            raise refuse(413, "The body is larger than it may be.")
        if not body.startswith(JPEG):
            raise refuse(400, "This is no picture.")
        is_new = frame_seq > teaching.last_seq
        if is_new:
            teaching.last_seq = frame_seq
            teaching.frames.append(body)
        return _answer(frame_seq, teaching.faces if is_new else 0, is_new)


def _add_markers(app, fake, find, refuse):
    @app.post(f"{AT}/markers", status_code=201)
    def post_marker(session_id: str, new: NewMarker) -> Marker:
        session, teaching = find(session_id)
        moment = new.at or datetime.fromtimestamp(fake.now(), UTC)
        early, late = session.started_at - SLACK, datetime.fromtimestamp(fake.now(), UTC) + SLACK
        if not early <= moment <= late:
            raise refuse(422, "A marker lies between the start of the session and now.")
        return _drop(teaching, new.label, new.kind, moment)

    @app.patch(f"{AT}/markers/{{marker_id}}")
    def patch_marker(session_id: str, marker_id: str, change: MarkerChange) -> Marker:
        _, teaching = find(session_id)
        for place, marker in enumerate(teaching.markers):
            if marker.marker_id == marker_id:
                teaching.markers[place] = marker.model_copy(update={"label": change.label})
                return teaching.markers[place]
        raise refuse(404, "There is no such marker.")

    @app.delete(f"{AT}/markers/{{marker_id}}", status_code=204)
    def erase_marker(session_id: str, marker_id: str) -> Response:
        _, teaching = find(session_id)
        teaching.markers = [m for m in teaching.markers if m.marker_id != marker_id]
        return Response(status_code=204)


def _add_outline(app, fake, find, refuse):
    @app.put(f"{AT}/outline")
    async def put_outline(session_id: str, request: Request) -> list[OutlineEntry]:
        _, teaching = find(session_id)
        text = (await request.body()).decode(errors="replace")
        if "\0" in text or "," not in text:
            raise refuse(422, "Line 1 has no comma: write a time, a comma and a title.")
        teaching.outline = [
            OutlineEntry(
                position=at, kind=MarkerKind.SLIDE, title=row[1], begins_s=None, begun=False
            )
            for at, row in enumerate(csv.reader(io.StringIO(text)), 1)
        ]
        return teaching.outline

    @app.delete(f"{AT}/outline", status_code=204)
    def erase_outline(session_id: str) -> Response:
        find(session_id)[1].outline = []
        return Response(status_code=204)

    @app.post(f"{AT}/outline/{{position}}/begin")
    def post_begin(session_id: str, position: int) -> OutlineEntry:
        session, teaching = find(session_id)
        begun = datetime.fromtimestamp(fake.now(), UTC)
        entry = teaching.outline[position - 1].model_copy(
            update={"begins_s": (begun - session.started_at).total_seconds(), "begun": True}
        )
        teaching.outline[position - 1] = entry
        _drop(teaching, entry.title, entry.kind, begun)
        return entry

    @app.delete(f"{AT}/outline/{{position}}/begin")
    def take_back(session_id: str, position: int) -> OutlineEntry:
        _, teaching = find(session_id)
        entry = teaching.outline[position - 1]
        teaching.markers = [m for m in teaching.markers if m.label != entry.title]
        teaching.outline[position - 1] = entry.model_copy(update={"begins_s": None, "begun": False})
        return teaching.outline[position - 1]


def _add_profile(app, find):
    @app.put(f"{AT}/engagement-profile")
    def put_profile(session_id: str, new: NewEngagementProfile) -> EngagementProfile:
        _, teaching = find(session_id)
        teaching.profile = revise(teaching.profile, new)
        return teaching.profile

    @app.delete(f"{AT}/engagement-profile")
    def reset_profile(session_id: str) -> EngagementProfile:
        _, teaching = find(session_id)
        teaching.profile = restore(teaching.profile)
        return teaching.profile


def _drop(teaching, words, kind, moment):
    marker = Marker(marker_id=f"{len(teaching.markers):024x}", at=moment, kind=kind, label=words)
    teaching.markers = sorted([*teaching.markers, marker], key=lambda each: each.at)
    return marker


def _answer(seq, faces, is_new):
    shares = dict.fromkeys(EMOTIONS, 1 / 7)
    face = Face(box=(0, 0, 9, 9), landmarks=[(1, 1)] * 5, score=0.9, emotion=EMOTIONS[0],
                probabilities=shares, pose=PoseAngles(yaw=0, pitch=0, roll=0))  # fmt: skip
    return FrameAnswer(
        outcome="counted" if is_new else "duplicate",
        seq=seq,
        faces=[face] * faces,
        counts=dict.fromkeys(EMOTIONS, 0),
        network_version="fer-1",
    )
