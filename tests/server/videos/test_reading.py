"""A recording becomes a session; what can't be read says why, and nothing stays behind."""

import pytest

from model.clips import open_clip
from model.pipeline import FrameReading
from server.store.tables import report, session, tally
from tests.pictures import gallery
from tests.recordings import film, film_gallery, film_nobody, film_sound
from tests.server.videos.conftest import wait_until


def lesson_of(uploader, told):
    answer = uploader.classroom.client.get(
        f"/api/v1/sessions/{told['session_id']}", headers=uploader.classroom.teacher
    )
    assert answer.status_code == 200
    return answer.json()


def test_it_becomes_a_session_like_any_other(uploader, lecture):
    video = uploader.upload(
        lecture,
        title="Osmosis",
        course="Biology 9b",
        started_at="2026-03-02T11:15:02+01:00",
        expected_students=24,
    )
    told = uploader.wait_for(video)
    assert (told["state"], told["fault"], told["problems"]) == ("done", None, [])
    assert (told["frames_read"], told["seconds_read"], told["seconds_total"]) == (8, 8.0, 8.0)
    lesson = lesson_of(uploader, told)
    assert (lesson["title"], lesson["course"], lesson["origin"]) == (
        "Osmosis",
        "Biology 9b",
        "recording",
    )
    assert lesson["started_at"] == "2026-03-02T10:15:02Z"
    assert lesson["ended_at"] == "2026-03-02T10:15:10Z"
    assert (lesson["frames"], lesson["faces"], lesson["joined"]) == (8, 48, 0)
    uploader.wait_for_empty_folder()


def test_its_mood_and_report_tell_what_was_read(uploader, lecture):
    told = uploader.wait_for(uploader.upload(lecture))
    mood = uploader.classroom.mood(told)
    assert {point["visible"] for point in mood["series"]} == {6}
    assert mood["series"][0]["shares"]
    address = f"/api/v1/sessions/{told['session_id']}/report"
    made = uploader.classroom.client.get(address, headers=uploader.classroom.teacher).json()
    assert made["session"]["origin"] == "recording"
    assert made["whole"]["visible"] == 6
    wait_until(lambda: uploader.classroom.rows(report))  # made without being asked


def test_its_buckets_are_those_of_a_window_that_showed_the_same(uploader, pipeline, lecture):
    told = uploader.wait_for(uploader.upload(lecture, started_at="2026-03-02T10:15:00Z"))
    readings: list[FrameReading] = [
        pipeline.read_picture(frame.picture) for frame in open_clip(lecture).frames(1.0)
    ]
    rows = sorted(uploader.classroom.rows(tally), key=lambda row: row.bucket_start)
    assert [(row.kind, row.frames, row.visible, row.sources) for row in rows] == [
        ("window", 5, 6.0, 1),
        ("window", 3, 6.0, 1),
    ]
    for row, own in zip(rows, (readings[:5], readings[5:]), strict=True):
        happy = sum(float(reading.probabilities[:, 3].sum()) for reading in own)
        assert row.sum_happy == pytest.approx(happy, rel=1e-6)
        assert row.share_sum_happy == pytest.approx(6 * happy / (6 * len(own)), rel=1e-6)
    assert told["frames_read"] == sum(row.frames for row in rows)


def test_without_a_time_it_ended_with_the_upload(uploader, lecture):
    lesson = lesson_of(uploader, uploader.wait_for(uploader.upload(lecture)))
    assert lesson["started_at"] == "2026-05-28T20:26:32Z"  # the clock stands at 20:26:40
    assert lesson["ended_at"] == "2026-05-28T20:26:40Z"


@pytest.mark.parametrize(("fps", "frames"), [(0, 40), (2, 16), (60, 40), (0.5, 4)])
def test_so_many_frames_a_second_as_wished(uploader, lecture, fps, frames):
    told = uploader.wait_for(uploader.upload(lecture, frames_per_second=fps))
    assert told["frames_read"] == frames


def test_buckets_are_long_enough_for_a_frame_in_each(uploader, lecture):
    told = uploader.wait_for(uploader.upload(lecture, frames_per_second=0.25, bucket_seconds=1))
    assert lesson_of(uploader, told)["bucket_seconds"] == 4
    assert len(uploader.classroom.rows(tally)) == 2


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".webm", ".mkv", ".avi", ".flv", ".gif"])
def test_every_kind_of_file_is_read(uploader, tmp_path, suffix):
    told = uploader.wait_for(uploader.upload(film_gallery(tmp_path / f"x{suffix}", seconds=2)))
    assert (told["state"], told["frames_read"]) == ("done", 2)
    uploader.wait_for_empty_folder()


def test_frames_come_at_the_times_that_the_file_tells(uploader, tmp_path):
    picture = gallery(2, 3, width=320, height=180)
    path = film(tmp_path / "x.mkv", [picture] * 5, times=[0, 0.1, 4.0, 4.1, 12.0])
    told = uploader.wait_for(
        uploader.upload(path, frames_per_second=0, started_at="2026-03-02T10:15:00Z")
    )
    starts = {row.bucket_start % 60: row.frames for row in uploader.classroom.rows(tally)}
    assert starts == {0: 4, 10: 1}
    assert told["frames_read"] == 5


def test_a_lesson_without_any_face_is_told_as_such(uploader, tmp_path):
    told = uploader.wait_for(uploader.upload(film_nobody(tmp_path / "x.mp4")))
    assert (told["state"], told["frames_read"]) == ("done", 3)
    assert {(p["visible"], p["shares"]) for p in uploader.classroom.mood(told)["series"]} == {
        (0, None)
    }


def test_nobody_can_join_it_or_send_into_it(uploader, gated, open_uploader, lecture, portrait):
    uploader = open_uploader(gated)
    video = uploader.upload(lecture, frames_per_second=0)
    gated.let(5)
    told = wait_until(lambda: t if (t := uploader.look(video))["session_id"] else None)
    assert told["state"] == "analyzing"
    lesson = lesson_of(uploader, told)
    client, teacher = uploader.classroom.client, uploader.classroom.teacher
    joined = client.post("/api/v1/join", json={"join_code": lesson["join_code"]})
    assert joined.status_code == 409
    sent = uploader.classroom.send(lesson, teacher, 1, portrait)
    assert sent.status_code == 409
    gated.let()
    uploader.wait_for(video)
    assert lesson_of(uploader, told)["frames"] == 40


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (film_sound, "sound but no video"),
        (lambda path: write(path, b"\0\0\0\x18ftypmp42" + bytes(9000)), "can't be read"),
        (lambda path: write(path, b"\x1aE\xdf\xa3" + bytes(9000)), "can't be read"),
        (lambda path: write(path, b"GIF89a" + bytes(9000)), "can't be read"),
        (lambda path: write(path, b"RIFF\0\0\0\0AVI " + bytes(9000)), "can't be read"),
        (lambda path: write(path, b"FLV\x01" + bytes(9000)), "can't be read"),
    ],
)
def test_what_can_t_be_read_fails_with_a_sentence(uploader, tmp_path, make, sentence):
    told = uploader.wait_for(uploader.upload(make(tmp_path / "x.mp4")))
    assert told["state"] == "failed"
    assert sentence in told["fault"]
    assert told["video_id"] not in told["fault"]
    assert "upload it again" in told["fault"]
    assert told["session_id"] is None
    uploader.wait_for_empty_folder()
    assert uploader.classroom.rows(session) == []


def test_of_a_file_that_breaks_off_is_kept_what_was_read(uploader, tmp_path):
    data = film_gallery(tmp_path / "x.mkv", seconds=12).read_bytes()
    told = uploader.wait_for(uploader.upload(data[: len(data) // 2]))
    assert told["state"] == "done"
    assert 2 < told["frames_read"] < 12
    assert any("breaks off after" in each for each in told["problems"])
    assert lesson_of(uploader, told)["frames"] == told["frames_read"]
    uploader.wait_for_empty_folder()


def test_the_next_one_is_read_after_one_that_fails(uploader, lecture):
    bad = uploader.upload(b"GIF89a" + bytes(9000))
    good = uploader.upload(lecture)
    assert uploader.wait_for(bad)["state"] == "failed"
    assert uploader.wait_for(good)["state"] == "done"


def write(path, data):
    path.write_bytes(data)
    return path
