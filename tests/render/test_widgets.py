from __future__ import annotations

import re

import pytest

from stadtlabor.render.widgets import widget_html

STYLE = {"radius": 12, "color": "#123456", "weight": 2, "fillColor": "#123456", "fillOpacity": 0.5}


def point(lat):
    place = {"type": "Point", "coordinates": [10.31, lat]}
    return {"type": "Feature", "geometry": place, "properties": {"id": "x", "style": STYLE}}


CHILDREN = ("html", "choice", "list", "long", "map", "odd")
STATE = {
    "box": {
        "model_name": "VBoxModel",
        "state": {
            "_dom_classes": ["stadtlabor-app"],
            "children": [
                f"IPY_MODEL_{name}" for name in ("html", "choice", "list", "long", "map", "odd")
            ],
        },
    },
    "html": {"model_name": "HTMLModel", "state": {"value": "<p>31 Menschen</p>"}},
    "choice": {
        "model_name": "DropdownModel",
        "state": {"description": "Ort", "_options_labels": ["Kempten", "A & B"], "index": 1},
    },
    "list": {"model_name": "VBoxModel", "state": {"children": ["IPY_MODEL_a", "IPY_MODEL_b"]}},
    "long": {"model_name": "SelectModel", "state": {"_options_labels": ["Nord", "Süd <3"]}},
    "a": {"model_name": "ButtonModel", "state": {"description": "Markt: <5"}},
    "b": {"model_name": "ButtonModel", "state": {"description": "Gasse: 7"}},
    "map": {
        "model_name": "LeafletMapModel",
        "state": {"layers": ["IPY_MODEL_north", "IPY_MODEL_sign"]},
    },
    "north": {
        "model_name": "LeafletGeoJSONModel",
        "state": {"data": {"features": [point(47.73), point(47.72)]}},
    },
    "sign": {
        "model_name": "LeafletMarkerModel",
        "state": {"location": [47.73, 10.31], "icon": "IPY_MODEL_icon"},
    },
    "icon": {
        "model_name": "LeafletDivIconModel",
        "state": {"html": "<span style='x'>Markt &amp; Platz</span>", "icon_anchor": [-20, 10]},
    },
    "odd": {"model_name": "IntSliderModel", "state": {"value": 3}},
}


def test_each_widget_shows_what_it_can_without_a_kernel():
    shown = widget_html(STATE, "box")
    assert shown.startswith('<div class="stadtlabor-app"><div><p>31 Menschen</p></div>')
    assert "<p>Ort: <strong>A &amp; B</strong></p>" in shown
    assert "<li>Markt: &lt;5</li><li>Gasse: 7</li></ul>" in shown
    assert "<li>Nord</li><li>Süd &lt;3</li></ul>" in shown
    assert "Das Bedienfeld finden Sie in der Live-Ansicht." in shown


@pytest.mark.parametrize("index", [None, 0])
def test_a_choice_without_options_says_nothing(index):
    state = {"x": {"model_name": "DropdownModel", "state": {"_options_labels": [], "index": index}}}
    assert widget_html(state, "x") == ""


def test_what_is_not_in_the_notebook_is_no_error():
    assert "Live-Ansicht" in widget_html({}, "gone")


def test_a_map_becomes_a_drawing_with_north_above():
    drawn = widget_html(STATE, "map")
    assert 'role="img"' in drawn
    heights = [float(y) for y in re.findall(r'<circle cx="0.0" cy="([0-9.]+)"', drawn)]
    assert len(heights) == 2
    assert 30 <= heights[0] < heights[1] <= 310
    assert sum(heights) == pytest.approx(340)
    assert "Markt &amp; Platz</text>" in drawn


def test_a_map_without_places_is_found_elsewhere():
    assert "Live-Ansicht" in widget_html({"m": {"model_name": "LeafletMapModel", "state": {}}}, "m")


def test_areas_of_a_map_are_outlined():
    ring = [[10.30, 47.72], [10.32, 47.72], [10.32, 47.74], [10.30, 47.72]]
    style = {"color": "#171a2b", "weight": 2, "dashArray": "6 6", "fillOpacity": 0.0}
    area = {
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"style": style},
    }
    route = {"geometry": {"type": "LineString", "coordinates": ring}, "properties": {}}
    layer = {
        "model_name": "LeafletGeoJSONModel",
        "state": {"data": {"features": [area, point(47.73), route]}},
    }
    state = {"m": {"model_name": "LeafletMapModel", "state": {"layers": ["IPY_MODEL_l"]}}}
    drawn = widget_html(state | {"l": layer}, "m")
    (path,) = re.findall(r'<path d="(M[^"]*Z)" stroke="#171a2b"', drawn)
    assert path.count("L") == 3
    assert 'stroke-dasharray="6 6"' in drawn
    assert drawn.count("<circle") == 1
