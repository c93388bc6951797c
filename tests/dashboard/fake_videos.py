"""The fake server's recordings and single pictures, by the rules of the contract.

A recording is "read" as fast as a test lets it: `pace` frames each time it is looked at.
"""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

import cv2
import numpy as np
from fastapi import Header, Request, Response

from model.emotions import EMOTIONS
from server.schemas import (
    Analysis,
    Face,
    FrameView,
    NewVideo,
    NewVideoAnswer,
    PoseAngles,
    ShownFaces,
    ShownFrame,
    Video,
    VideoState,
)

AT = "/api/v1/videos"
SIZE = (320, 180)


def make_face(emotion, sure=0.7, box=(40.0, 30.0, 60.0, 80.0)):
    rest = (1 - sure) / (len(EMOTIONS) - 1)
    shares = {each: sure if each == emotion else rest for each in EMOTIONS}
    return Face(
        box=box, landmarks=[(50.0, 50.0)] * 5, score=0.9, emotion=emotion, probabilities=shares,
        pose=PoseAngles(yaw=0, pitch=0, roll=0),
    )  # fmt: skip


def count(faces):
    return {e: sum(1 for face in faces if face.emotion == e) for e in EMOTIONS}


@dataclass
class Recording:
    video: Video
    wish: NewVideo
    view_key: str | None
    body: bytearray = field(default_factory=bytearray)
    visited: bool = True

    def change(self, **what):
        self.video = self.video.model_copy(update=what)


@dataclass
class Films:
    """The recordings of a fake server.

    frames: how many a recording has; pace: how many are read at a look; most_piece: bytes taken of
    a piece before the line breaks, if it is to break; seen: number -> faces of a frame.
    """

    frames: int = 12
    pace: int = 100
    most_piece: int | None = None
    full: bool = False
    changes: list = field(default_factory=list)
    recordings: dict = field(default_factory=dict)
    pieces: list = field(default_factory=list)
    pictures: list = field(default_factory=list)
    in_picture: list = field(default_factory=list)
    busy: bool = False

    def seen(self, number):
        emotion = "happy" if number < 5 else "surprise"
        return [make_face(emotion), make_face("neutral", 0.5, (180.0, 40.0, 50.0, 60.0))]

    def shown(self, number):
        faces = self.seen(number)
        return ShownFrame(index=number, at_seconds=float(number), faces=len(faces),
                          counts=count(faces))  # fmt: skip

    @property
    def received(self):
        return sum(each.video.received_bytes for each in self.recordings.values())

    def only(self):
        [found] = self.recordings.values()
        return found


def paint(number):
    """Return a JPEG whose grey tells which frame it is."""
    picture = np.full((SIZE[1], SIZE[0], 3), 40 + number * 10 % 200, np.uint8)
    return cv2.imencode(".jpg", picture)[1].tobytes()


def add_videos(app, fake, refuse):
    """Add the calls to the fake server's app. `refuse` makes the error of a status and a detail."""
    films = fake.films

    def find(video_id):
        if video_id not in films.recordings:
            raise refuse(404, "There is no such recording.")
        return films.recordings[video_id]

    _add_announcements(app, films, find, refuse)
    _add_uploads(app, films, find, refuse)
    _add_readings(app, fake, find)
    _add_frames(app, fake, find, refuse)
    _add_analysis(app, films, refuse)


def _add_announcements(app, films, find, refuse):
    @app.post(AT, status_code=201)
    def post_video(wish: NewVideo) -> NewVideoAnswer:
        for known in films.recordings.values():
            if wish.upload_key and known.wish.upload_key == wish.upload_key:
                return NewVideoAnswer(**known.video.model_dump(), view_key=known.view_key)
        if films.full:
            raise refuse(507, "The server's disk has no room for this recording.")
        video = Video(
            video_id=secrets.token_hex(12), title=wish.title, state=VideoState.UPLOADING,
            size_bytes=wish.size_bytes, received_bytes=0, seconds_total=None, seconds_read=0,
            frames_per_second=wish.frames_per_second, frames_read=0, seconds_left=None,
            session_id=None, fault=None, problems=[], ahead=None,
        )  # fmt: skip
        key = secrets.token_hex(8) if wish.show_frames else None
        films.recordings[video.video_id] = Recording(video, wish, key)
        return NewVideoAnswer(**video.model_dump(), view_key=key)

    @app.delete(AT + "/{video_id}", status_code=204)
    def erase_video(video_id: str) -> Response:
        find(video_id)
        del films.recordings[video_id]
        return Response(status_code=204)

    @app.post(AT + "/{video_id}/cancel")
    def cancel_video(video_id: str) -> Video:
        recording = find(video_id)
        recording.change(state=VideoState.CANCELLED)
        recording.body.clear()
        return recording.video


def _add_uploads(app, films, find, refuse):
    @app.patch(AT + "/{video_id}")
    async def patch_video(video_id: str, request: Request, upload_offset: int = Header()) -> Video:
        recording = find(video_id)
        if recording.video.state is not VideoState.UPLOADING:
            raise refuse(409, "This recording takes no more pieces.")
        if upload_offset != len(recording.body):
            raise refuse(409, f"The next byte wanted is number {len(recording.body)}.")
        body = await request.body()
        if films.full:
            recording.change(state=VideoState.FAILED, fault="The server's disk is full.")
            raise refuse(507, "The server's disk has no room for this recording.")
        films.pieces.append(len(body))
        recording.body += body[: films.most_piece]
        recording.change(received_bytes=len(recording.body))
        if films.most_piece is not None:
            raise refuse(503, "The line broke.")
        if len(recording.body) == recording.video.size_bytes:
            recording.change(state=VideoState.WAITING)
        return recording.video


def read_on(fake, recording):
    """Read a recording a little further, if it is being read."""
    films, video = fake.films, recording.video
    if video.state is VideoState.WAITING:
        session = fake.add(video.title, minutes_ago=1, ended_minutes_ago=0, joined=0)
        recording.change(state=VideoState.ANALYZING, session_id=session.session_id,
                         seconds_total=float(films.frames))  # fmt: skip
    elif video.state is VideoState.ANALYZING:
        frames = min(films.frames, video.frames_read + films.pace)
        state = VideoState.DONE if frames == films.frames else VideoState.ANALYZING
        recording.change(frames_read=frames, seconds_read=float(frames), state=state,
                         seconds_left=float(films.frames - frames))  # fmt: skip
    return recording.video


def _add_readings(app, fake, find):
    @app.get(AT)
    def get_videos() -> list[Video]:
        return [read_on(fake, each) for each in reversed(fake.films.recordings.values())]

    @app.get(AT + "/{video_id}")
    def get_video(video_id: str) -> Video:
        return read_on(fake, find(video_id))


def _add_frames(app, fake, find, refuse):
    films = fake.films

    def visit(video_id, key):
        recording = find(video_id)
        if recording.view_key is None or key != recording.view_key:
            raise refuse(403, "The frames are shown to whoever uploads the recording.")
        if not recording.visited:
            raise refuse(410, "These frames were let go.")
        return recording

    @app.get(AT + "/{video_id}/frames")
    def get_frames(video_id: str, first: int = 0, video_key: str = Header("")) -> FrameView:
        read = read_on(fake, visit(video_id, video_key)).frames_read
        shown = [films.shown(number) for number in range(read)]
        done = find(video_id).video.state is VideoState.DONE
        return FrameView(
            video_id=video_id, frames=shown[first:], changes=films.changes if done else [],
            counts={e: sum(f.counts[e] for f in shown) for e in EMOTIONS}, complete=done,
            shown_every=1,
        )  # fmt: skip

    @app.get(AT + "/{video_id}/frames/{index}")
    def get_frame(video_id: str, index: int, video_key: str = Header("")) -> ShownFaces:
        visit(video_id, video_key)
        return ShownFaces(index=index, at_seconds=float(index), width=SIZE[0], height=SIZE[1],
                          faces=films.seen(index))  # fmt: skip

    @app.get(AT + "/{video_id}/frames/{index}/picture")
    def get_picture(video_id: str, index: int, video_key: str = Header("")) -> Response:
        visit(video_id, video_key)
        return Response(paint(index), media_type="image/jpeg")

    @app.delete(AT + "/{video_id}/frames", status_code=204)
    def end_visit(video_id: str, video_key: str = Header("")) -> Response:
        visit(video_id, video_key).visited = False
        return Response(status_code=204)


def _add_analysis(app, films, refuse):
    @app.post("/api/v1/analyze")
    async def analyze(request: Request) -> Analysis:
        body = await request.body()
        if films.busy:
            raise refuse(429, "Too many pictures at once. Wait a moment.")
        picture = cv2.imdecode(np.frombuffer(body, np.uint8), cv2.IMREAD_IGNORE_ORIENTATION)
        if picture is None:
            raise refuse(400, "This is no picture.")
        films.pictures.append(
            (request.headers["content-type"], picture.shape[:2], datetime.now(UTC))
        )
        return Analysis(width=picture.shape[1], height=picture.shape[0], faces=films.in_picture,
                        counts=count(films.in_picture), network_version="fer-1")  # fmt: skip
