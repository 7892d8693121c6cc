"""A full house seen by the one who waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from running import Lab, small_course, start

Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def small_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A Stadtlabor with one place for visitors."""
    folder: Path = tmp_path_factory.mktemp("house")
    lab = start(folder, small_course(folder / "notebooks"), max_sessions=1)
    yield lab
    lab.stop()


def test_the_app_opens_by_itself_when_a_place_is_free(
    visit: Visit,
    axe: Callable[[Page], list[str]],
    shot: Callable[[Page, str], None],
    size: dict[str, int],
    small_house: Lab,
) -> None:
    first = visit(f"{small_house.address}/apps/regler", size)
    expect(first.get_by_text("Noch niemand")).to_be_visible()
    second = visit(f"{small_house.address}/apps/regler", size)
    state = second.get_by_role("status").first
    expect(state).to_contain_text("Sie sind Nummer 1 in der Warteschlange.")
    second.evaluate("renew()")  # as the page does by itself after minutes
    expect(state).to_contain_text("Sie sind Nummer 1 in der Warteschlange.")
    shot(second, "warteschlange")
    assert axe(second) == []
    assert second.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    third = visit(f"{small_house.address}/apps/regler", size)
    expect(third.get_by_role("status").first).to_contain_text("Sie sind Nummer 2")
    first.goto(f"{small_house.address}/")
    expect(second.get_by_text("Noch niemand")).to_be_visible()
    expect(third.get_by_role("status").first).to_contain_text("Sie sind Nummer 1")
    second.goto(f"{small_house.address}/")
    expect(third.get_by_text("Noch niemand")).to_be_visible()
    third.goto("about:blank")  # or it would complain that the server goes
