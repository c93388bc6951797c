"""Recordings that are stopped: cancelled, erased, or by a server that goes and comes again."""

import threading

import pytest

from server.store.tables import session, tally, video
from server.videos import recording_reader
from tests.server.videos.conftest import wait_until


def begin(uploader, gated, lecture, frames, **wish):
    """Upload a recording and read so many of its frames; return it as it is then."""
    video_ = uploader.upload(lecture, frames_per_second=0, bucket_seconds=1, **wish)
    gated.let(frames)
    wait_until(lambda: uploader.look(video_)["frames_read"] >= frames - 4)
    return uploader.look(video_)


def upload_later(uploader, lecture):
    """Upload a recording a second after the last one."""
    uploader.classroom.clock.now += 1
    return uploader.upload(lecture)


def counted(uploader):
    """Return what is counted of every bucket."""
    return sorted(
        (row.bucket_start, row.frames, row.faces, round(row.sum_happy, 6), round(row.weight, 6))
        for row in uploader.classroom.rows(tally)
    )


def test_one_at_a_time_the_others_have_a_place(gated, open_uploader, lecture):
    uploader = open_uploader(gated)
    first, second, third = (upload_later(uploader, lecture) for _ in range(3))
    wait_until(lambda: uploader.look(first)["state"] == "analyzing")
    assert [uploader.look(each)["ahead"] for each in (first, second, third)] == [None, 1, 2]
    gated.let()
    for each in (first, second, third):
        assert uploader.wait_for(each)["state"] == "done"


@pytest.mark.parametrize("how", ["cancel", "delete"])
def test_one_that_is_stopped_leaves_nothing(gated, open_uploader, lecture, how):
    uploader = open_uploader(gated)
    told = begin(uploader, gated, lecture, 20)
    assert uploader.classroom.rows(session)
    if how == "cancel":
        stopped = uploader.call("POST", f"/{told['video_id']}/cancel").json()
        assert (stopped["state"], stopped["session_id"]) == ("cancelled", None)
    else:
        assert uploader.call("DELETE", f"/{told['video_id']}").status_code == 204
        assert uploader.call("GET").json() == []
    assert told["video_id"] not in uploader.files
    assert uploader.classroom.rows(session) == uploader.classroom.rows(tally) == []
    gated.let()
    after = uploader.upload(lecture)  # the next is read
    assert uploader.wait_for(after)["state"] == "done"
    assert len(uploader.classroom.rows(session)) == 1
    uploader.wait_for_empty_folder()


def test_erasing_the_session_stops_its_recording(gated, open_uploader, lecture):
    uploader = open_uploader(gated)
    told = begin(uploader, gated, lecture, 20)
    address = f"/api/v1/sessions/{told['session_id']}"
    client, teacher = uploader.classroom.client, uploader.classroom.teacher
    assert client.delete(address, headers=teacher).status_code == 204
    gated.let()
    uploader.wait_for_empty_folder()
    assert uploader.classroom.rows(video) == uploader.classroom.rows(tally) == []


def test_ending_its_session_changes_nothing(gated, open_uploader, lecture):
    uploader = open_uploader(gated)
    told = begin(uploader, gated, lecture, 20)
    ended = uploader.classroom.end(told)
    assert ended.status_code == 200
    gated.let()
    assert uploader.wait_for(told)["frames_read"] == 40


def test_one_that_is_done_stays_and_goes_with_its_session(uploader, lecture):
    told = uploader.wait_for(uploader.upload(lecture))
    assert uploader.call("POST", f"/{told['video_id']}/cancel").json()["state"] == "done"
    assert len(uploader.classroom.rows(session)) == 1
    address = f"/api/v1/sessions/{told['session_id']}"
    uploader.classroom.client.delete(address, headers=uploader.classroom.teacher)
    assert uploader.call("GET").json() == []


def test_deleting_one_that_is_done_leaves_its_session(uploader, lecture):
    told = uploader.wait_for(uploader.upload(lecture))
    assert uploader.call("DELETE", f"/{told['video_id']}").status_code == 204
    assert uploader.call("GET").json() == []
    assert len(uploader.classroom.rows(session)) == 1


def test_a_server_that_comes_again_goes_on_and_counts_nothing_twice(
    gated, pipeline, open_uploader, lecture
):
    wish = {"started_at": "2026-03-02T10:15:00Z"}
    uploader = open_uploader(gated)
    told = begin(uploader, gated, lecture, 27, **wish)
    threading.Timer(0.3, gated.let).start()  # it waits for the frames that are being read
    uploader.recordings._queue.close()  # as at the end of a process
    so_far = sum(row.frames for row in uploader.classroom.rows(tally))
    assert so_far < 40
    later = open_uploader(pipeline)
    done = later.wait_for(told)
    assert (done["state"], done["frames_read"]) == ("done", 40)
    whole = counted(later)
    at_once = later.wait_for(later.upload(lecture, frames_per_second=0, bucket_seconds=1, **wish))
    assert at_once["session_id"] != done["session_id"]
    assert counted(later) == sorted(whole + whole)  # the same lesson read without a break
    later.wait_for_empty_folder()


def test_one_whose_file_is_gone_says_so(gated, pipeline, open_uploader, lecture):
    uploader = open_uploader(gated)
    first = uploader.upload(lecture)
    second = uploader.upload(lecture)
    wait_until(lambda: uploader.look(first)["state"] == "analyzing")
    (uploader.folder / second["video_id"]).unlink()
    gated.let()
    told = uploader.wait_for(second)
    assert told["state"] == "failed"
    assert "Upload the recording again" in told["fault"]


def test_one_that_brings_the_server_down_is_not_tried_for_ever(gated, open_uploader, lecture):
    uploader = open_uploader(gated)
    blocking = uploader.upload(lecture)
    wait_until(lambda: uploader.look(blocking)["state"] == "analyzing")
    fatal = uploader.upload(lecture)
    (uploader.folder / f"{fatal['video_id']}.tries").write_bytes(b"....")
    gated.let()
    told = uploader.wait_for(fatal)
    assert told["state"] == "failed"
    assert "stopped the server" in told["fault"]
    assert uploader.wait_for(blocking)["state"] == "done"
    uploader.wait_for_empty_folder()


def test_one_that_can_t_even_be_opened_keeps_no_other_waiting(uploader, lecture, monkeypatch):
    def run_out_of_memory(path):
        monkeypatch.undo()
        raise MemoryError

    monkeypatch.setattr(recording_reader, "open_clip", run_out_of_memory)
    first = uploader.upload(lecture)
    told = uploader.wait_for(first)
    assert told["state"] == "failed"
    assert "the log of the server says" in told["fault"]
    assert uploader.wait_for(uploader.upload(lecture))["state"] == "done"
    uploader.wait_for_empty_folder()


def test_one_whose_last_byte_came_before_the_server_was_killed_is_read(
    pipeline, open_uploader, lecture
):
    data = lecture.read_bytes()
    before = open_uploader(pipeline)
    video_ = before.announce(len(data))
    before.send(video_, data[:5000])
    with (before.folder / video_["video_id"]).open("ab") as file:  # and then it was killed
        file.write(data[5000:])
    assert open_uploader(pipeline).wait_for(video_)["state"] == "done"


def test_a_reader_that_fails_keeps_what_was_read(pipeline, gated, open_uploader, lecture):
    class Failing:
        network_version, estimators = pipeline.network_version, pipeline.estimators
        thorough = pipeline.thorough
        left = 20

        def read_picture(self, picture):
            self.left -= 1
            if self.left < 0:
                raise RuntimeError("the network is ill")
            return pipeline.read_picture(picture)

    uploader = open_uploader(Failing())
    told = uploader.wait_for(uploader.upload(lecture, frames_per_second=0))
    assert told["state"] == "done"
    assert told["frames_read"] > 0
    assert "the log of the server says" in told["problems"][0]
    uploader.wait_for_empty_folder()
