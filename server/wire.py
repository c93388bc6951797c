"""Readings, stored sessions and tallies turned into the wire contract. Pure."""

import json
from typing import Any

from model.emotions import EMOTIONS
from model.pipeline import FrameReading
from server.schemas import Analysis, Face, Outcome, PoseAngles, Session, SessionOrigin, zero_counts
from server.store.sessions import StoredSession


def faces_of_reading(reading: FrameReading) -> list[Face]:
    """Tell each face of a reading, for whoever sent the frame."""
    faces = reading.faces
    return [
        Face(
            box=tuple(round(float(v), 1) for v in faces.boxes[i]),
            landmarks=[(round(float(x), 1), round(float(y), 1)) for x, y in faces.landmarks[i]],
            score=round(float(min(faces.scores[i], 1.0)), 4),
            emotion=emotion,
            probabilities={
                name: round(float(p), 6)
                for name, p in zip(EMOTIONS, reading.probabilities[i], strict=True)
            },
            pose=PoseAngles(yaw=pose.yaw, pitch=pose.pitch, roll=pose.roll),
        )
        for i, (emotion, pose) in enumerate(zip(reading.emotions, reading.poses, strict=True))
    ]


def write_frame_answer(
    outcome: Outcome, seq: int, reading: FrameReading | None, network_version: str
) -> bytes:
    """Write a `FrameAnswer` as JSON; without a reading it tells no faces.

    Written by hand: making the model and writing it took five times as long for one face.
    """
    faces, counts = _list_faces(reading) if reading else [], zero_counts()
    for face in faces:
        counts[face["emotion"]] += 1
    told = {
        "outcome": outcome.value,
        "seq": seq,
        "faces": faces,
        "counts": counts,
        "network_version": network_version,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _list_faces(reading: FrameReading) -> list[dict[str, Any]]:
    """Tell each face as `faces_of_reading` does, as plain numbers.

    Not by numpy: its functions let other threads in, and the event loop then waits for its turn.
    """
    found = reading.faces
    rows = zip(
        found.boxes.tolist(),
        found.landmarks.tolist(),
        found.scores.tolist(),
        reading.probabilities.tolist(),
        reading.poses,
        strict=True,
    )
    return [
        {
            "box": [round(v, 1) for v in box],
            "landmarks": [(round(x, 1), round(y, 1)) for x, y in landmarks],
            "score": round(min(score, 1.0), 4),
            "emotion": EMOTIONS[probabilities.index(max(probabilities))],
            "probabilities": {
                name: round(p, 6) for name, p in zip(EMOTIONS, probabilities, strict=True)
            },
            "pose": {"yaw": pose.yaw, "pitch": pose.pitch, "roll": pose.roll},
        }
        for box, landmarks, score, probabilities, pose in rows
    ]


def analysis_of_reading(reading: FrameReading, network_version: str) -> Analysis:
    """Tell everything of a picture that is not stored."""
    return Analysis(
        width=reading.width,
        height=reading.height,
        faces=faces_of_reading(reading),
        counts=reading.counts,
        network_version=network_version,
    )


def session_of_stored(stored: StoredSession, public_url: str) -> Session:
    """Tell a session as the teacher sees it."""
    return Session(
        session_id=stored.id,
        title=stored.title,
        course=stored.course,
        origin=SessionOrigin(stored.origin),
        join_code=stored.join_code,
        join_url=f"{public_url}/join/{stored.join_code}",
        expected_students=stored.expected_students,
        bucket_seconds=stored.bucket_seconds,
        simulated=stored.simulated,
        send_seconds=stored.send_seconds,
        camera=stored.camera,
        self_report=stored.self_report,
        started_at=stored.started_at,
        ended_at=stored.ended_at,
        joined=stored.joined,
        present=stored.present,
        frames=stored.frames,
        faces=stored.faces,
        network_version=stored.network_version,
    )
