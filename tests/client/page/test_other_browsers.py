"""A student takes part in Firefox and in WebKit, the engine of Safari, each with a fake camera.

Wants Debian's `firefox-esr`, or `webkit2gtk-driver` and `xvfb`, and `pip install
marionette-driver selenium`; skips, and says so, where they are missing.
"""

import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.client.page.conftest import wait_until

pytestmark = pytest.mark.browser

FIREFOX, WEBKIT = shutil.which("firefox-esr"), shutil.which("WebKitWebDriver")
START_SECONDS = 60


class Firefox:
    """Debian's Firefox, by Marionette, which it speaks without a driver beside it."""

    def __init__(self, folder):
        package = pytest.importorskip("marionette_driver.marionette")
        if FIREFOX is None:
            pytest.skip("Firefox is not installed: apt-get install firefox-esr.")
        self._marionette = package.Marionette(
            bin=FIREFOX,
            headless=True,
            prefs={
                "media.navigator.permission.disabled": True,
                "media.navigator.streams.fake": True,
            },
            startup_timeout=START_SECONDS,
            gecko_log=str(folder / "gecko.log"),  # it is replaced: never the null device
        )
        self._marionette.start_session()

    def open(self, url):
        self._marionette.navigate(url)

    def run(self, script):
        return self._marionette.execute_script(script)

    def close(self):
        self._marionette.quit()


class WebKit:
    """WebKitGTK's small browser on a display of its own, by WebDriver."""

    def __init__(self, _folder):
        webdriver = pytest.importorskip("selenium.webdriver")
        display = pytest.importorskip("pyvirtualdisplay")
        browsers = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
        if WEBKIT is None or not browsers:
            pytest.skip("WebKit is not installed: apt-get install webkit2gtk-driver xvfb.")
        self._display = display.Display(size=(1400, 1000))
        self._display.start()
        options = webdriver.WebKitGTKOptions()
        options.binary_location = str(browsers[-1])
        options.page_load_strategy = "none"
        options.add_argument("--automation")
        options.add_argument("--enable-mock-capture-devices=true")
        options.add_argument("--enable-media-stream=true")
        service = webdriver.webkitgtk.service.Service(WEBKIT)
        self._driver = webdriver.WebKitGTK(options=options, service=service)

    def open(self, url):
        self._driver.get(url)

    def run(self, script):
        return self._driver.execute_script(script)

    def close(self):
        self._driver.quit()
        self._display.stop()


@contextmanager
def opened(kind, folder):
    browser = kind(folder)
    try:
        yield browser
    finally:
        browser.close()


@pytest.mark.parametrize("kind", [Firefox, WebKit])
def test_a_student_joins_sends_answers_pauses_and_leaves(start, kind, tmp_path):
    lesson = start()
    with opened(kind, tmp_path) as browser:

        def state():
            return browser.run("return document.body && document.body.dataset.state")

        def press(name):
            there = f"return document.getElementById('{name}').matches(':enabled')"
            wait_until(lambda: browser.run(there), seconds=30)
            browser.run(f"document.getElementById('{name}').click()")

        browser.open(lesson.url)
        wait_until(lambda: state() == "asking", seconds=30)
        press("agree")
        wait_until(lambda: state() == "sending", seconds=30)
        wait_until(lambda: lesson.frames >= 2, seconds=30)
        press("pause")
        wait_until(lambda: state() == "paused")
        press("leave")
        wait_until(lambda: state() == "left")
        wait_until(lambda: lesson.tell()["present"] == 0)
        assert lesson.tell()["joined"] == 1
