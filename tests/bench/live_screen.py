"""The live page in headless Chromium: when it showed which number of frames, and drew its chart."""

from bisect import bisect_left
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from playwright.async_api import async_playwright

from tests.servers import TOKEN

_WATCH = """() => {
  const now = () => (performance.timeOrigin + performance.now()) / 1000;
  const read = () => {
    const name = [...document.querySelectorAll("#facts dt")]
      .find((each) => each.textContent.startsWith("Frames"));
    return name ? Number(name.nextElementSibling.textContent.replace(/\\D/g, "")) : 0;
  };
  window.shown = { numbers: [], charts: [] };
  const everything = { subtree: true, childList: true, characterData: true, attributes: true };
  new MutationObserver(() => window.shown.numbers.push([read(), now()]))
    .observe(document.getElementById("facts"), everything);
  new MutationObserver(() => window.shown.charts.push(now()))
    .observe(document.querySelector("#mood .scatterlayer").parentNode, everything);
}"""


@dataclass(frozen=True)
class ScreenFigures:
    """Milliseconds from a reading's answer to the page that counts it, and to its chart."""

    samples: int
    text_p50_ms: float
    text_p95_ms: float
    chart_p50_ms: float
    chart_p95_ms: float


class Screen:
    """One open page that notes its own changes."""

    def __init__(self, url: str, session_id: str) -> None:
        self._address = f"{url}/dashboard/session/{session_id}?token={TOKEN}"
        self._playwright = async_playwright()

    async def __aenter__(self) -> Self:
        playwright = await self._playwright.start()
        self._browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        self._page = await self._browser.new_page(viewport={"width": 1280, "height": 900})
        await self._page.goto(self._address)
        await self._page.wait_for_selector("#mood .scatterlayer .trace", state="attached")
        await self._page.evaluate(_WATCH)
        return self

    async def read(self) -> dict[str, Any]:
        """Return what was noted: pairs of number and Unix seconds, and seconds of the chart."""
        noted: dict[str, Any] = await self._page.evaluate("window.shown")
        return noted

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        await self._browser.close()
        await self._playwright.__aexit__(kind, error, trace)


def find_latencies(answered: dict[int, float], shown: dict[str, Any]) -> ScreenFigures:
    """Return how long after each answer its number, and then a chart, was on the page."""
    numbers, charts = shown["numbers"], sorted(shown["charts"])
    texts, drawn = [], []
    for count, at in answered.items():
        seen = next((moment for number, moment in numbers if number >= count), None)
        if seen is None:
            continue  # the last ones, not yet shown when the page was read
        texts.append(max(seen - at, 0.0))
        after = bisect_left(charts, seen - 0.02)
        if after < len(charts):
            drawn.append(max(charts[after] - at, 0.0))
    return ScreenFigures(len(texts), *_tell(texts), *_tell(drawn))


def _tell(seconds: list[float]) -> tuple[float, float]:
    if not seconds:
        return float("nan"), float("nan")
    ordered = sorted(seconds)
    return 1e3 * ordered[len(ordered) // 2], 1e3 * ordered[int(len(ordered) * 0.95)]
