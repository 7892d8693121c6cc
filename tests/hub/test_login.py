"""Logging in, and what the cookies of it never reach."""

import httpx
import pytest

from running import Lab


@pytest.mark.parametrize("name", ["biber-07", "a", "0" * 30])
def test_any_plain_name_with_the_password_gets_in(lab: Lab, name: str) -> None:
    assert f'class="account-name">{name}<' in lab.login(name).get("/labor/hub/home").text


@pytest.mark.parametrize("name", ["a b", "a" * 31, "ä", "../x", "a/b", ""])
def test_other_names_are_told_what_is_allowed(lab: Lab, name: str) -> None:
    client = httpx.Client(base_url=lab.address, follow_redirects=True)
    token = client.get("/labor/hub/login").text.split('name="_xsrf" value="')[1].split('"')[0]
    form = {"username": name, "password": lab.password, "_xsrf": token}
    answer = client.post("/labor/hub/login", data=form)
    assert answer.status_code == 403
    assert "Kleinbuchstaben" in answer.text


def test_wrong_password_stays_outside(lab: Lab) -> None:
    client = httpx.Client(base_url=lab.address, follow_redirects=True)
    token = client.get("/labor/hub/login").text.split('name="_xsrf" value="')[1].split('"')[0]
    form = {"username": "biber-07", "password": "falsch", "_xsrf": token}
    answer = client.post("/labor/hub/login", data=form)
    assert answer.status_code == 403
    assert "Name oder Passwort passen nicht" in answer.text


def test_the_password_is_kept_for_the_owner_alone(lab: Lab) -> None:
    assert (lab.home / "development-password").stat().st_mode & 0o777 == 0o600
    assert len(lab.password) == 10


def test_no_cookie_of_the_hub_is_valid_outside_the_hub(lab: Lab) -> None:
    client = lab.login("biber-07")
    assert client.cookies.jar
    assert {cookie.path.startswith("/labor/") for cookie in client.cookies.jar} == {True}


@pytest.mark.parametrize("path", ["/labor/hub/login", "/labor/hub/nix", "/labor/nix"])
def test_pages_of_the_hub_are_german(lab: Lab, path: str) -> None:
    text = httpx.get(lab.address + path, follow_redirects=True).text
    assert '<html lang="de"' in text
    assert text.count("<h1") == 1
    assert "<main" in text


def test_who_logs_in_is_told_that_all_share_one_system_user(lab: Lab) -> None:
    # Its files lie in a folder that is closed to others, so even root cannot separate people.
    assert 'id="shared-warning"' in httpx.get(f"{lab.address}/labor/hub/login").text
    assert "Alle Personen teilen sich einen Systemnutzer" in lab.greeting
    assert "WARNUNG: Alle Personen" in (lab.home / "logs" / "hub.log").read_text(encoding="utf-8")
