"""What goes wrong with cameras, codes, sessions and tokens, said in words."""

import pytest

from tests.client.page.conftest import answer, counted, wait_until

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("camera", "words"), [("denied", "keeps the camera from this page"), ("none", "No camera was")]
)
def test_without_a_camera_nothing_joins_until_the_student_says_so(start, student, camera, words):
    lesson = start()
    page = student(lesson.url, camera=camera)
    page.press("agree")
    page.waits_for("no-camera")
    assert words in page.reads("camera-trouble-words")
    page.page.wait_for_timeout(1000)
    assert lesson.tell()["joined"] == 0
    page.press("camera-again")
    page.waits_for("no-camera")
    page.press("camera-switch")
    page.waits_for("reporting")
    wait_until(lambda: lesson.tell()["joined"] == 1)
    page.press("answer-lost")
    wait_until(lambda: lesson.count("open_self_report") == 1)


def test_an_answer_is_heard_although_the_camera_is_denied(start, student):
    lesson = start()
    page = student(lesson.url, camera="denied")
    page.press("agree")
    page.waits_for("no-camera")
    page.press("answer-lost")
    wait_until(lambda: lesson.count("open_self_report") == 1)
    assert page.state == "no-camera"


def test_leaving_before_joining_sends_nothing(start, student):
    lesson = start()
    page = student(lesson.url, camera="none")
    page.press("agree")
    page.waits_for("no-camera")
    page.press("leave")
    page.waits_for("left")
    assert "Nothing was sent" in page.reads("over-words")
    assert lesson.tell()["joined"] == 0


def test_a_camera_that_is_pulled_out_is_said_and_can_be_started_again(start, student):
    page = student(start().url)
    page.page.evaluate("""() => {
      const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (wish) => (window.pulled = await open(wish));
    }""")
    page.agrees()
    page.page.evaluate("pulled.getVideoTracks()[0].dispatchEvent(new Event('ended'))")
    page.waits_for("no-camera")
    assert "may have been unplugged" in page.reads("camera-trouble-words")
    page.press("camera-again")
    page.waits_for("sending")


def test_a_camera_that_goes_dark_is_said_and_sending_goes_on_by_itself(start, student):
    page = student(start().url)
    page.page.evaluate("""() => {
      const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (wish) => {
        const stream = await open(wish);
        const [track] = stream.getVideoTracks();
        let muted = false;
        Object.defineProperty(track, "muted", { get: () => muted });
        window.mute = (now) => {
          muted = now;
          track.dispatchEvent(new Event(now ? "mute" : "unmute"));
        };
        return stream;
      };
    }""")
    page.agrees()
    page.page.evaluate("mute(true)")
    page.waits_for("no-camera")
    assert "Sending goes on when the camera does" in page.reads("camera-trouble-words")
    page.page.evaluate("mute(false)")
    page.waits_for("sending")


def test_a_wrong_code_is_typed_again_and_leads_on(start, student):
    lesson = start()
    page = student(f"{lesson.server.url}/join/ZZZZ-ZZZZ")
    assert page.state == "wrong-code"
    page.page.locator("#code").fill(lesson.code.lower().replace("-", " "))
    page.page.keyboard.press("Enter")
    page.waits_for("asking")
    assert page.page.url.split("?")[0] == lesson.url


def test_the_end_of_the_session_stops_the_page(start, student):
    lesson = start()
    page = student(lesson.url)
    page.agrees()
    page.sends(1)
    lesson.end()
    page.waits_for("ended")
    assert page.page.evaluate("document.getElementById('video').srcObject") is None
    assert page.page.locator("#over-heading").evaluate("e => e === document.activeElement")
    told = page.download()
    assert len(counted(told)) == lesson.tell()["frames"]
    asked = len(page.requests)
    page.page.wait_for_timeout(2000)
    assert len(page.requests) == asked
    page.page.reload()
    assert page.state == "ended"


def test_a_pausing_student_learns_of_the_end_too(start, student):
    lesson = start()
    page = student(lesson.url)
    page.agrees()
    page.press("pause")
    lesson.end()
    page.waits_for("ended", seconds=15)


def test_a_deleted_session_and_an_expired_token_are_said(start, student):
    lesson = start()
    page = student(lesson.url)
    page.agrees()
    page.page.route("**/frames", answer(401))
    page.waits_for("asking")
    assert "has expired" in page.reads("refusal")
    page.page.unroute("**/frames")
    page.agrees()
    lesson.delete()
    page.waits_for("ended")
    assert "The teacher has deleted it" in page.reads("over-words")


def test_what_could_not_be_erased_is_not_called_erased(start, student):
    page = student(start().url)
    page.agrees()
    page.sends(1)
    page.page.route("**/leave", answer(401))
    page.press("leave")
    page.waits_for("left")
    page.page.wait_for_selector("#over-words:has-text('nothing could be erased')")


def test_a_simulated_session_takes_answers_and_no_pictures(start, student):
    lesson = start(simulated=True)
    page = student(lesson.url)
    assert not page.page.locator("#agree").is_visible()
    page.press("agree-without-camera")
    page.waits_for("reporting")
    assert not page.page.locator("#camera-switch").is_visible()
    page.press("answer-bored")
    wait_until(lambda: lesson.count("open_self_report") == 1)


def test_over_plain_http_from_elsewhere_the_camera_is_not_offered(start, student):
    lesson = start()
    port = lesson.server.url.rsplit(":", 1)[1]
    page = student(f"http://[::ffff:127.0.0.1]:{port}/join/{lesson.code}")
    assert not page.page.evaluate("window.isSecureContext")
    assert page.page.locator("#insecure").is_visible()
    assert not page.page.locator("#agree").is_visible()
    page.press("agree-without-camera")
    page.waits_for("reporting")
