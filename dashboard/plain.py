"""Many elements as one component of Dash, for lists and tables that grow with a lesson.

Each of Dash's components hears of every change on the page: a list of two hundred markers made of
them stops the browser for seconds. So such a list is drawn as always, of `dash.html`, and told as
the JSON of its elements, which `assets/plain.js` makes without Dash.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

_NAMES = {"className": "class", "htmlFor": "for"}
_CAPITAL = re.compile("([A-Z])")


@dataclass(frozen=True)
class Element:
    """An element that `dash.html` does not have, such as an input; without children."""

    tag: str
    attributes: Mapping[str, str]


PROPERTY = "data-plain"
"""Of a component without children: what it holds, as `write_plain` writes it."""


def write_plain(drawn: Component | Sequence[Any]) -> str:
    """Write what was drawn of `dash.html` and `dcc.Link`, for `PROPERTY` of a component.

    Nothing in it can be the input or output of a callback. What has a `data-key` is known again by
    it, and keeps the focus while others come and go.
    """
    return write_told(tell(drawn))


def write_told(told: Sequence[Any]) -> str:
    """Write elements that are told as `tell` tells them."""
    return json.dumps(told, ensure_ascii=False)


def plain(drawn: Component | Sequence[Any]) -> html.Div:
    """Return a component of its own for what is drawn once.

    Dash takes it out for the next one; what is drawn again and again belongs into `PROPERTY`.
    """
    written: dict[str, Any] = {PROPERTY: write_plain(drawn)}
    return html.Div(className="plain", **written)


def tell(drawn: Any) -> list[Any]:  # noqa: ANN401  whatever may be a component's children
    """Return elements as `[tag, attributes, *children]` and texts as strings.

    Raises `TypeError` for a component that is no HTML.
    """
    if drawn is None:
        return []
    if isinstance(drawn, list | tuple):
        return [told for each in drawn for told in tell(each)]
    if isinstance(drawn, Element):
        return [[drawn.tag, dict(drawn.attributes)]]
    return [_tell_element(drawn) if isinstance(drawn, Component) else str(drawn)]


def _tell_element(drawn: Component) -> list[Any]:
    told: dict[str, Any] = drawn.to_plotly_json()  # type: ignore[no-untyped-call]
    given = dict(told["props"])
    children = tell(given.pop("children", None))
    if isinstance(drawn, dcc.Link):
        return ["a", {**_tell_attributes(given), "data-goes": ""}, *children]
    if told["namespace"] != "dash_html_components" or isinstance(given.get("id"), dict):
        message = f"{told['type']} can't be drawn without Dash."
        raise TypeError(message)
    return [told["type"].lower(), _tell_attributes(given), *children]


def _tell_attributes(given: Mapping[str, Any]) -> dict[str, str]:
    return {_name(n): _write(v) for n, v in given.items() if v is not None and v is not False}


def _name(name: str) -> str:
    return _NAMES.get(name, name if "-" in name else name.lower())


def _write(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{_kebab(name)}: {each}" for name, each in value.items())
    return "" if value is True else str(value)


def _kebab(name: str) -> str:
    return _CAPITAL.sub(r"-\1", name).lower()
