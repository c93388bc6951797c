"""What `dashboard.plain` tells, as the components it was drawn of, for tests that read words."""

import json

NAMES = {"class": "className"}


def unfold(tree):
    """Return a tree of Dash's JSON with every plain box in place of its elements."""
    if isinstance(tree, list):
        return [unfold(each) for each in tree]
    if not isinstance(tree, dict):
        return tree
    told = tree.get("props", tree).get("data-plain")
    if told is not None:
        return [_open(each) for each in json.loads(told)]
    return {name: unfold(value) for name, value in tree.items()}


def _open(told):
    if isinstance(told, str):
        return told
    tag, attributes, *children = told
    props = {NAMES.get(name, name): value for name, value in attributes.items()}
    kind = "Link" if "data-goes" in props else tag.capitalize()
    return {"type": kind, "props": {**props, "children": [_open(each) for each in children]}}
