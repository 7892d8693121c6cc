from __future__ import annotations

import pytest

from stadtlabor.render.widgets import widget_html

STATE = {
    "box": {
        "model_name": "VBoxModel",
        "state": {
            "_dom_classes": ["stadtlabor-app"],
            "children": [f"IPY_MODEL_{name}" for name in ("html", "choice", "list", "map", "odd")],
        },
    },
    "html": {"model_name": "HTMLModel", "state": {"value": "<p>31 Menschen</p>"}},
    "choice": {
        "model_name": "DropdownModel",
        "state": {"description": "Ort", "_options_labels": ["Kempten", "A & B"], "index": 1},
    },
    "list": {"model_name": "VBoxModel", "state": {"children": ["IPY_MODEL_a", "IPY_MODEL_b"]}},
    "a": {"model_name": "ButtonModel", "state": {"description": "Markt: <5"}},
    "b": {"model_name": "ButtonModel", "state": {"description": "Gasse: 7"}},
    "map": {"model_name": "LeafletMapModel", "state": {}},
    "odd": {"model_name": "IntSliderModel", "state": {"value": 3}},
}


def test_each_widget_shows_what_it_can_without_a_kernel():
    shown = widget_html(STATE, "box")
    assert shown.startswith('<div class="stadtlabor-app"><div><p>31 Menschen</p></div>')
    assert "<p>Ort: <strong>A &amp; B</strong></p>" in shown
    assert "<ul><li>Markt: &lt;5</li><li>Gasse: 7</li></ul>" in shown
    assert "Die Karte zum Bewegen finden Sie in der Live-Ansicht." in shown
    assert "Das Bedienfeld finden Sie in der Live-Ansicht." in shown


@pytest.mark.parametrize("index", [None, 0])
def test_a_choice_without_options_says_nothing(index):
    state = {"x": {"model_name": "DropdownModel", "state": {"_options_labels": [], "index": index}}}
    assert widget_html(state, "x") == ""


def test_what_is_not_in_the_notebook_is_no_error():
    assert "Live-Ansicht" in widget_html({}, "gone")
