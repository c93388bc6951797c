"""Many students at once, for tests of what a whole class is told."""


def fill_a_bucket(classroom, session, faces, *, turned=None, sources=None):
    """Let students each send one invented reading now; return their tickets to send more with."""
    sources = sources or [classroom.join(session) for _ in faces]
    for source, face in zip(sources, faces, strict=True):
        body = {"faces": [face]} if turned is None else {"faces": [face], "turned": turned}
        answer = send_reading(classroom, session, source, body)
        assert answer.status_code == 200, answer.text
    return sources


def send_reading(classroom, session, source, body):
    """Send one invented reading, numbered by the clock."""
    return classroom.client.post(
        f"/api/v1/sessions/{session['session_id']}/readings",
        json=body,
        headers={**source, "Frame-Seq": str(int(classroom.clock.now * 1000))},
    )


def say(classroom, session, source, answer):
    """Send one self-report, numbered by the clock."""
    return classroom.client.post(
        f"/api/v1/sessions/{session['session_id']}/self-reports",
        json={"answer": answer},
        headers={**source, "Frame-Seq": str(int(classroom.clock.now * 1000))},
    )


def leave(classroom, session, source):
    return classroom.client.post(f"/api/v1/sessions/{session['session_id']}/leave", headers=source)
