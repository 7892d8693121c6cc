"""Widgets without a kernel: what each shows, as plain HTML."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from stadtlabor.render.map import map_svg
from stadtlabor.ui.texts import text

__all__ = ["widget_html"]

State = Mapping[str, Mapping[str, Any]]
_REFERENCE = "IPY_MODEL_"


def widget_html(state: State, model: str) -> str:
    """Return what a widget and its children show.

    A choice is told with what is chosen, a group of buttons and a list box become a list, a map a
    drawing. What
    only makes sense with a kernel is left out with a sentence that says where it is.

    Parameters
    ----------
    state
        Models by id, as Jupyter stores them in a notebook.
    model
        Id of the widget.
    """
    found = state.get(model, {})
    kind, now = str(found.get("model_name", "")), found.get("state", {})
    if kind in ("HTMLModel", "HTMLMathModel"):
        return f"<div>{now.get('value', '')}</div>"
    if kind == "LabelModel":
        return f"<p>{html.escape(str(now.get('value', '')))}</p>"
    if kind in ("VBoxModel", "HBoxModel", "BoxModel", "GridBoxModel"):
        return _box(state, now)
    if kind == "ButtonModel":
        return f"<p>{html.escape(str(now.get('description', '')))}</p>"
    if kind == "SelectModel":
        return _list([str(label) for label in now.get("_options_labels", [])])
    if kind in ("DropdownModel", "RadioButtonsModel", "ToggleButtonsModel"):
        return _choice(now)
    if kind == "OutputModel":
        return "".join(_data(output.get("data", {})) for output in now.get("outputs", []))
    if kind == "LeafletMapModel":
        return map_svg(state, now) or f"<p>{text('page.live_only')}</p>"
    return f"<p>{text('page.live_only')}</p>"


def _box(state: State, now: Mapping[str, Any]) -> str:
    children = [str(child).removeprefix(_REFERENCE) for child in now.get("children", [])]
    row = ["stadtlabor-row"] if now.get("_model_name") == "HBoxModel" else []
    classes = " ".join([*now.get("_dom_classes", []), *row])
    kinds = {state.get(child, {}).get("model_name") for child in children}
    if kinds == {"ButtonModel"}:
        names = [str(state[child]["state"].get("description", "")) for child in children]
        return _list(names)
    inner = "".join(widget_html(state, child) for child in children)
    return f'<div class="{html.escape(classes)}">{inner}</div>'


def _list(names: list[str]) -> str:
    items = "".join(f"<li>{html.escape(name)}</li>" for name in names)
    return f'<ul class="stadtlabor-list">{items}</ul>' if names else ""


def _choice(now: Mapping[str, Any]) -> str:
    labels, index = now.get("_options_labels", []), now.get("index")
    if index is None or not labels:
        return ""
    label = html.escape(str(now.get("description", "")).removesuffix(":"))
    return f"<p>{label}: <strong>{html.escape(str(labels[index]))}</strong></p>"


def _data(data: Mapping[str, Any]) -> str:
    shown = data.get("text/html") or data.get("image/svg+xml")
    return str(shown) if shown else f"<pre>{html.escape(str(data.get('text/plain', '')))}</pre>"
