"""The widgets that an app may use, operated in a browser: the one script knows them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from running import Lab, notebook, start

Visit = Callable[..., Page]

CONTROLS = """
import ipywidgets as w
said = w.HTML("nichts")
parts = {
    "Text": w.Text(description="Text", continuous_update=False),
    "Haken": w.Checkbox(description="Haken"),
    "Zahl": w.BoundedIntText(description="Zahl", max=9),
    "Wahl": w.RadioButtons(description="Wahl", options=["rot", "blau"]),
    "Tasten": w.ToggleButtons(description="Tasten", options=["ein", "aus"]),
    "Tag": w.DatePicker(description="Tag"),
    "Liste": w.SelectMultiple(description="Liste", options=["a", "b"]),
    "Farbe": w.ColorPicker(description="Farbe"),
    "Spanne": w.FloatRangeSlider(description="Spanne"),
}
for name, part in parts.items():
    part.observe(lambda c, n=name: setattr(said, "value", f"{n}: {c.new}"), "value")
w.VBox([said, w.Accordion([w.VBox(list(parts.values()))], titles=["Alles"], selected_index=0),
        w.Tab([w.Label("eins"), w.Label("zwei")], titles=["Erster", "Zweiter"]),
        w.FloatProgress(value=5), w.Valid(value=True), w.FileUpload(), w.Play()])
"""
INTERACT = """
import time
from ipywidgets import interact
from IPython.display import HTML, display
@interact(mal=(1, 9))
def rechne(mal=2):
    print("Ergebnis", mal * 7)
    display(HTML(f"<b id='fett'>{mal}</b>"))
    if mal == 3:
        time.sleep(2)
    if mal == 4:
        raise ValueError("geheimer Grund")
"""
MAP = """
import ipyleaflet as l, ipywidgets as w
said = w.Label("noch nichts")
here = (47.7267, 10.3139)
area = {"type": "Polygon", "coordinates": [[[10.30, 47.72], [10.33, 47.72], [10.33, 47.73]]]}
m = l.Map(center=here, zoom=13, layers=())
m.add(l.GeoJSON(data={"type": "Feature", "properties": {}, "geometry": area}))
m.add(l.Marker(location=here, title="Mitte"))
square = l.Rectangle(bounds=((47.7, 10.3), (47.71, 10.31)))
m.add(l.LayerGroup(layers=(l.Circle(location=here, radius=300), square)))
m.add(l.WidgetControl(widget=w.Button(description="Drück mich"), position="topright"))
m.controls[-1].widget.on_click(lambda _: setattr(said, "value", "gedrückt"))
m.add(l.LayersControl())
m.add(l.ScaleControl())
w.VBox([m, said])
"""

# The parts are there before a browser can have connected, the whole is built long after.
HALVES = """
import ipywidgets as w
said = w.Label("noch nichts")
parts = [w.Button(description=f"Teil {n}") for n in range(3)]
for part in parts:
    part.on_click(lambda each: setattr(said, "value", f"{each.description} gedrückt"))
"""
WHOLE = """
import time
time.sleep(6)
w.VBox([w.HBox(parts), said])
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("widgets")
    apps = {"felder": [CONTROLS], "rechnen": [INTERACT], "karte": [MAP], "halb": [HALVES, WHOLE]}
    for name, codes in apps.items():
        cells = [("markdown", f"# {name}"), *(("code", code) for code in codes)]
        notebook(folder / "notebooks" / "dcl" / f"{name}.ipynb", cells, kind="app", tier="live")
    running = start(folder, folder / "notebooks")
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def app(visit: Visit, course: Lab) -> Callable[[str], Page]:
    """Open an app and wait for its widgets; :func:`visit` fails where one is unknown."""

    def open_app(name: str) -> Page:
        page = visit(f"{course.address}/apps/{name}", {"width": 1366, "height": 768})
        expect(page.locator("main")).to_have_attribute("data-state", "live", timeout=60_000)
        return page

    return open_app


def test_fields_answer(app: Callable[[str], Page]) -> None:
    page = app("felder")
    said = page.locator(".widget-html-content").first
    page.get_by_label("Text", exact=True).fill("Hallo <b>Welt</b>")
    page.keyboard.press("Enter")
    expect(said).to_contain_text("Text: Hallo Welt")
    page.get_by_label("Haken").check()
    expect(said).to_have_text("Haken: True")
    page.get_by_label("Zahl").fill("12")
    page.keyboard.press("Tab")
    expect(said).to_have_text("Zahl: 9")
    page.get_by_label("blau").check()
    expect(said).to_have_text("Wahl: blau")
    page.get_by_role("button", name="aus", exact=True).click()
    expect(said).to_have_text("Tasten: aus")
    page.get_by_label("Tag").fill("2026-11-24")
    expect(said).to_have_text("Tag: 2026-11-24")
    page.get_by_label("Liste").select_option(["b"])
    expect(said).to_contain_text("Liste: ('b',)")
    page.get_by_text("Zweiter").click()
    expect(page.get_by_text("zwei", exact=True)).to_be_visible()


def test_what_python_prints_appears_and_a_traceback_does_not(app: Callable[[str], Page]) -> None:
    page = app("rechnen")
    expect(page.get_by_text("Ergebnis 14")).to_be_visible()
    handle = page.get_by_role("slider")
    expect(page.get_by_text("Rechnet …")).to_be_hidden()
    handle.press("ArrowRight")
    expect(page.get_by_text("Rechnet …")).to_be_visible()
    expect(page.get_by_text("Ergebnis 21")).to_be_visible()
    expect(page.get_by_text("Rechnet …")).to_be_hidden()
    expect(page.locator("#fett")).to_have_text("3")
    handle.press("ArrowRight")
    expect(page.get_by_text("Dieser Teil lässt sich gerade nicht anzeigen.")).to_be_visible()
    expect(page.get_by_text("geheimer Grund")).to_have_count(0)


def test_maps_show_shapes_and_buttons(app: Callable[[str], Page]) -> None:
    page = app("karte")
    expect(page.locator(".leaflet-interactive:visible")).to_have_count(4)
    page.get_by_role("button", name="Drück mich").click()
    expect(page.get_by_text("gedrückt")).to_be_visible()
    expect(page.locator(".leaflet-control-scale")).to_be_visible()


def test_widgets_made_before_the_page_connected_are_part_of_later_ones(
    app: Callable[[str], Page],
) -> None:
    page = app("halb")
    page.get_by_role("button", name="Teil 1").click()
    expect(page.get_by_text("Teil 1 gedrückt")).to_be_visible()
