"""Recordings on their way in: pieces, offsets, limits, and what is left of those that end early."""

from datetime import timedelta

import pytest

from tests.recordings import MP4


def test_pieces_of_any_length_make_the_whole_file(uploader, lecture):
    data = lecture.read_bytes()
    video = uploader.announce(len(data))
    for at in range(0, len(data), 10_000):
        answer = uploader.send(video, data[at : at + 10_000], at)
        assert answer.status_code == 200
        assert answer.json()["received_bytes"] == int(answer.headers["upload-offset"])
        assert int(answer.headers["upload-offset"]) == min(at + 10_000, len(data))
    assert uploader.wait_for(video)["state"] == "done"


def test_a_piece_that_is_sent_twice_is_answered_with_the_offset_that_is_wanted(uploader):
    video = uploader.announce(len(MP4))
    uploader.send(video, MP4[:5000])
    again = uploader.send(video, MP4[:5000])
    assert again.status_code == 409
    assert again.headers["upload-offset"] == "5000"
    assert "5000" in again.json()["detail"]
    gap = uploader.send(video, MP4[6000:], 6000)
    assert (gap.status_code, gap.headers["upload-offset"]) == (409, "5000")
    (file,) = uploader.folder.iterdir()
    assert file.read_bytes() == MP4[:5000]
    assert uploader.look(video)["received_bytes"] == 5000


def test_more_than_was_announced_is_refused_and_not_kept(uploader):
    video = uploader.announce(5000)
    assert uploader.send(video, MP4).status_code == 413
    assert uploader.send(video, iter([MP4[:4000], MP4[4000:]])).status_code == 413  # no length told
    assert uploader.look(video)["received_bytes"] == 0
    assert uploader.send(video, MP4[:4999]).status_code == 200


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"size_bytes": 2 * 1024**3 + 1}, 413),
        ({"size_bytes": 0}, 422),
        ({"frames_per_second": -1}, 422),
        ({"frames_per_second": 0.001}, 422),
        ({"frames_per_second": 61}, 422),
        ({"started_at": "0001-01-01T00:00:00+14:00"}, 422),
        ({"upload_key": "short"}, 422),
        ({"file_name": "lesson.mp4"}, 422),
    ],
)
def test_a_wish_that_can_t_be_met_is_refused_in_a_sentence(uploader, wish, status):
    answer = uploader.call("POST", json={"title": "x", "size_bytes": 10, **wish})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].endswith(".")
    assert uploader.files == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Offset": "-1"}, 422),
        ({"Upload-Offset": "many"}, 422),
        ({"Upload-Offset": str(10**30)}, 422),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": "video/mp4"}, 415),
    ],
)
def test_a_piece_that_is_no_piece_is_refused(uploader, headers, status):
    video = uploader.announce(len(MP4))
    assert uploader.send(video, MP4, **headers).status_code == status
    assert uploader.look(video)["received_bytes"] == 0


def test_only_the_teacher_uploads(classroom, uploader, session, token):
    video = uploader.announce(100)["video_id"]
    calls = [
        ("POST", ""), ("GET", ""), ("GET", f"/{video}"), ("PATCH", f"/{video}"),
        ("POST", f"/{video}/cancel"), ("DELETE", f"/{video}"), ("GET", f"/{video}/frames"),
        ("DELETE", f"/{video}/frames"), ("GET", f"/{video}/frames/0"),
        ("GET", f"/{video}/frames/0/picture"),
    ]  # fmt: skip
    for method, path in calls:
        address = f"/api/v1/videos{path}"
        assert classroom.client.request(method, address).status_code == 401
        assert classroom.client.request(method, address, headers=token).status_code == 403


def test_what_is_not_there_is_404(uploader):
    nothing = {"video_id": "nothing"}
    uploader.keys["nothing"] = "any"
    assert uploader.send(nothing, MP4).status_code == 404
    assert uploader.call("GET", "/nothing").status_code == 404
    assert uploader.call("DELETE", "/nothing").status_code == 404
    assert uploader.call("POST", "/nothing/cancel").status_code == 404
    assert uploader.view(nothing).status_code == 404


def test_the_same_key_and_words_are_the_same_upload(uploader):
    wish = {"upload_key": "lesson-3-by-me", "show_frames": True}
    first = uploader.announce(len(MP4), **wish)
    uploader.send(first, MP4[:1000])
    again = uploader.announce(len(MP4), **wish)
    assert again["video_id"] == first["video_id"]
    assert again["view_key"] == first["view_key"]
    assert again["received_bytes"] == 1000
    other = uploader.call("POST", json={"title": "Other", "size_bytes": 9, **wish})
    assert other.status_code == 409
    assert len(uploader.call("GET").json()) == 1


def test_after_a_cancelled_upload_its_key_is_free(uploader):
    first = uploader.announce(len(MP4), upload_key="lesson-3-by-me")
    assert uploader.call("POST", f"/{first['video_id']}/cancel").json()["state"] == "cancelled"
    assert uploader.files == []
    assert uploader.send(first, MP4).status_code == 409
    second = uploader.announce(len(MP4), upload_key="lesson-3-by-me")
    assert second["video_id"] != first["video_id"]


def test_what_a_file_is_is_read_from_its_bytes(uploader):
    for data, kind in [
        (b"hello, I am a text", "text file"),
        (b"%PDF-1.7" + bytes(9000), "PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(9000), "PNG"),
        (b"ID3" + bytes(9000), "sound file"),
        (bytes(9000), "no video"),
    ]:
        video = uploader.announce(len(data), title="lecture.mp4")
        answer = uploader.send(video, data)
        assert answer.status_code == 415
        assert kind in answer.json()["detail"]
        told = uploader.look(video)
        assert (told["state"], told["fault"]) == ("failed", answer.json()["detail"])
    assert uploader.files == []


def test_two_uploads_at_once_do_not_touch_each_other(uploader, lecture, tmp_path):
    data = lecture.read_bytes()
    one, other = (uploader.announce(len(data)) for _ in range(2))
    half = len(data) // 2
    for at, piece in ((0, data[:half]), (half, data[half:])):
        for video in (one, other):
            assert uploader.send(video, piece, at).status_code == 200
    told = [uploader.wait_for(video) for video in (one, other)]
    assert [each["state"] for each in told] == ["done", "done"]
    assert told[0]["frames_read"] == told[1]["frames_read"] == 8
    assert uploader.files == []


def test_an_upload_that_nobody_goes_on_with_is_erased_after_a_day(uploader):
    video = uploader.announce(len(MP4))
    uploader.send(video, MP4[:5000])
    uploader.classroom.clock.now += timedelta(hours=23).total_seconds()
    uploader.recordings.tidy()
    assert uploader.files == [video["video_id"]]
    uploader.classroom.clock.now += timedelta(hours=2).total_seconds()
    uploader.recordings.tidy()
    assert uploader.files == []
    assert uploader.call("GET").json() == []


def test_why_one_failed_is_told_for_a_day(uploader):
    video = uploader.announce(4)
    uploader.send(video, b"text")
    uploader.recordings.tidy()
    assert uploader.look(video)["state"] == "failed"
    uploader.classroom.clock.now += timedelta(hours=25).total_seconds()
    uploader.recordings.tidy()
    assert uploader.call("GET").json() == []


def test_files_of_no_recording_are_erased(uploader):
    video = uploader.announce(len(MP4))
    (uploader.folder / "0123456789abcdef01234567").write_bytes(MP4)
    (uploader.folder / "0123456789abcdef01234567.tries").write_bytes(b".")
    uploader.recordings.tidy()
    assert uploader.files == [video["video_id"]]


def test_nobody_else_on_the_machine_can_read_a_recording(uploader):
    video = uploader.announce(len(MP4))
    uploader.send(video, MP4[:100])
    assert uploader.folder.stat().st_mode & 0o077 == 0
    assert (uploader.folder / video["video_id"]).stat().st_mode & 0o077 == 0
