import pandas as pd
import pytest
from ipywidgets.widgets.widget import _instances

from stadtlabor.ui.maps import CHOSEN_PX, TILES, ThemeMap

COLUMNS = {"name": "Name"}


def places(n=3, shift=0.0):
    return pd.DataFrame(
        {
            "name": [f"Ort {i} <b>" for i in range(n)],
            "says": [f"Ort {i}, 84 m²" for i in range(n)],
            "lat": [47.72 + 0.001 * i + shift for i in range(n)],
            "lon": [10.31] * n,
            "meaning": ["pedestrians"] * n,
        },
        index=[f"ort-{i}" for i in range(n)],
    )


@pytest.fixture
def themed():
    chosen = []
    view = ThemeMap("Orte", chosen.append)
    view.seen = chosen
    view.show(places(), "Drei Orte", COLUMNS)
    return view


def test_map_list_and_table_hold_the_same_in_the_same_order(themed):
    ids = [f["properties"]["id"] for f in themed.theme.data["features"]]
    assert ids == [i for _, i in themed.list.options] == ["ort-0", "ort-1", "ort-2"]
    assert themed.table.value.index("Ort 0") < themed.table.value.index("Ort 2")
    assert "<b>" not in themed.table.value + themed.summary.value


def test_a_choice_marks_says_and_calls(themed):
    themed.list.value = "ort-1"  # by keyboard
    (ring,) = themed.selection.data["features"]
    assert ring["properties"]["style"]["radius"] == CHOSEN_PX
    assert "Ort 1, 84 m²" in themed.spoken.value
    themed.theme._handle_mouse_events(
        None, {"event": "click", "feature": themed.theme.data["features"][2]}, []
    )
    assert themed.list.value == "ort-2"
    assert themed.seen == ["ort-1", "ort-2"]


def test_the_choice_outlives_an_update_and_goes_with_its_place(themed):
    themed.select("ort-2")
    themed.show(places(4), "Vier", COLUMNS)
    assert (themed.chosen, themed.list.value) == ("ort-2", "ort-2")
    themed.show(places(1), "Einer", COLUMNS)
    assert themed.chosen == ""
    assert themed.selection.data["features"] == []
    assert themed.seen == ["ort-2"]


def test_two_hundred_updates_leave_no_widget_behind(themed):
    themed.show(places(3), "Orte", COLUMNS)
    before = len(_instances)
    for n in range(200):
        themed.show(places(2 + n % 5), "Orte", COLUMNS)
        themed.select("ort-1")
    themed.show(places(3), "Orte", COLUMNS)
    assert len(_instances) == before
    assert len(themed.map.layers) == 3 + 3  # background, theme, selection; three names


def test_many_places_bear_no_names_on_the_map(themed):
    themed.show(places(13), "Orte", COLUMNS)
    assert len(themed.map.layers) == 3


def test_the_list_may_say_more_than_the_name_and_size_may_mean_something(themed):
    more = places().assign(entry=["7", "8", "9"], radius=[12, 20, 30])
    themed.show(more, "Orte", COLUMNS)
    assert [label for label, _ in themed.list.options] == ["7", "8", "9"]
    assert [f["properties"]["style"]["radius"] for f in themed.theme.data["features"]] == [
        12,
        20,
        30,
    ]
    themed.select("ort-2")
    assert themed.selection.data["features"][0]["properties"]["style"]["radius"] > 30


def test_places_without_a_position_stand_in_the_list_only(themed):
    frame = places()
    frame.loc["ort-1", ["lat", "lon"]] = None
    themed.show(frame, "Drei Orte", COLUMNS)
    assert len(themed.theme.data["features"]) == 2
    assert len(themed.list.options) == 3
    themed.select("ort-1")
    assert themed.selection.data["features"] == []
    assert "Ort 1" in themed.spoken.value


def test_tiles_are_our_own(themed):
    assert themed.map.layers[0].url == TILES
    assert TILES.startswith("/")


def test_nothing_to_show(themed):
    themed.show(places(0), "Keine Orte", COLUMNS)
    assert themed.list.options == ()


def test_names_that_would_cover_each_other_are_left_to_the_list(themed):
    near = pd.DataFrame(
        {
            "name": ["Bahnhofstraße 1", "Bahnhofstraße 3", "Residenzplatz 8"],
            "says": ["a", "b", "c"],
            "lat": [47.7200, 47.7201, 47.7267],
            "lon": [10.3140, 10.3141, 10.3139],
            "meaning": ["pedestrians"] * 3,
        },
        index=["a", "b", "c"],
    )
    themed.show(near, "Drei Läden.", {"name": "Laden"})
    shown = [layer.icon.html for layer in themed.map.layers if hasattr(layer, "icon")]
    assert len(shown) == 2
    assert "Bahnhofstraße 1" in shown[0]
    assert "Residenzplatz 8" in shown[1]
