import json

import pytest

from stadtlabor import data
from stadtlabor.sources import DecodeError, ckan, decode


def package(name="abfall", **changes):
    return {
        "id": "0815",
        "name": name,
        "title": "Abfall je Schule",
        "notes": "Gewogen an den Tonnen.",
        "license_title": "Datenlizenz Deutschland Namensnennung 2.0",
        "organization": {"title": "Stadt Musterstadt"},
        "metadata_modified": "2026-11-01T00:00:00",
        "resources": [
            {"id": "r1", "name": "Tabelle", "format": "csv", "url": "http://x/abfall.csv"},
            {"id": "r2", "name": "Bericht", "format": "PDF", "url": "http://x/abfall.pdf"},
        ],
    } | changes


def found(*results, count=None):
    result = {"count": len(results) if count is None else count, "results": list(results)}
    return json.dumps({"success": True, "result": result}).encode()


PIVEAU = {
    "id": "baeume-musterstadt",
    "title": {"de": "Bäume", "en": "Trees"},
    "description": {"en": "Trees of the city"},
    "publisher": {"name": "Stadt Musterstadt", "type": "Agent"},
    "modified": "2026-10-01T00:00:00Z",
    "distributions": [
        {
            "id": "d1",
            "title": {"de": "Baumliste"},
            "format": {"id": "CSV", "label": "CSV"},
            "access_url": ["http://x/seite"],
            "download_url": ["http://x/baeume.csv"],
            "license": {"id": "cc-by", "label": "CC BY 4.0"},
        }
    ],
}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>", "nicht den Aufbau eines Portals"),
        (b'{"success": false, "result": {}}', "meldet einen Fehler"),
        (b'{"success": true}', "fehlt das Feld „result“"),
        (b'{"result": {"count": 1, "results": 3}}', "keine Liste"),
        (found({"id": 1}), "fehlt das Feld „title“"),
    ],
)
def test_changed_form_is_told(delivery, body, said):
    with pytest.raises(DecodeError, match=said):
        decode(delivery("portal-json", body, "https://portal.example/api"))


def portal(base, software, tables=""):
    return (
        '[[feeds.portals]]\nid = "land"\nname = "Landesportal"\n'
        f'software = "{software}"\nurl = "{base}"\nquery = "Musterstadt"\n{tables}'
    )


def test_offers_of_ckan(provider, place):
    place.feeds(portal(provider.base, "ckan"))
    provider.pages["/api/3/action/package_search"] = found(package(), package("leer", resources=[]))
    health = place.once(portals="live")
    assert health["dead"] == 0
    assert any("„leer“ nennt keine Datei" in p for p in health["problems"])
    assert "q=Musterstadt" in provider.asked[0]
    table = ckan.offers(place.memory(), "land")
    assert table["resource"].tolist() == ["Tabelle", "Bericht", ""]
    first = table.iloc[0]
    assert (first["id"], first["format"], first["publisher"]) == (
        "abfall", "CSV", "Stadt Musterstadt",
    )  # fmt: skip
    assert data.read("open-data-portal")["value"].tolist() == [2.0]


def test_offers_of_piveau(provider, place):
    place.feeds(portal(provider.base, "piveau"))
    provider.pages["/api/hub/search/search"] = found(PIVEAU)
    assert place.once(portals="live")["dead"] == 0
    assert "filter=dataset" in provider.asked[0]
    first = ckan.offers(place.memory(), "land").iloc[0]
    assert first.to_dict() == {
        "id": "baeume-musterstadt", "title": "Bäume", "description": "Trees of the city",
        "publisher": "Stadt Musterstadt", "licence": "CC BY 4.0",
        "modified": "2026-10-01T00:00:00Z", "resource": "Baumliste", "format": "CSV",
        "url": "http://x/baeume.csv",
    }  # fmt: skip


def test_further_pages_are_fetched_once_the_number_is_known(provider, place, monkeypatch):
    monkeypatch.setattr(ckan, "ROWS", 1)
    place.feeds(portal(provider.base, "ckan"))
    first = "/api/3/action/package_search?q=Musterstadt&rows=1&start=0"
    second = "/api/3/action/package_search?q=Musterstadt&rows=1&start=1"
    provider.pages |= {first: found(package(), count=2), second: found(package("b"), count=2)}
    place.once(portals="live")
    place.once(portals="live")
    assert set(ckan.offers(place.memory(), "land")["id"]) == {"abfall", "b"}


def test_table_of_a_portal_is_read_like_an_upload(provider, place):
    table = '[[feeds.portals.tables]]\ndataset = "zaehlung"\nresource = "Stunden"\n'
    place.feeds(portal(provider.base, "ckan", table + 'kind = "hystreet-csv"\n'))
    rows = (
        "timestamp;location_name;pedestrians_count;weather_condition;temperature\n"
        "2026-11-20T10:00:00+01:00;Hauptstraße;120;cloudy;4\n"
        "2026-11-20T11:00:00+01:00;Hauptstraße;150;cloudy;5\n"
    )
    address = f"{provider.base}/download/zaehlung.csv"
    resources = [{"id": "r", "name": "Stunden", "format": "CSV", "url": address}]
    shown = {"success": True, "result": package("zaehlung", resources=resources)}
    provider.pages |= {
        "/api/3/action/package_search": found(),
        "/api/3/action/package_show": json.dumps(shown).encode(),
        "/download/zaehlung.csv": rows.encode(),
    }
    health = place.once(portals="live")
    assert health["polls"]["Portal Landesportal"]["error"] == ""
    assert sorted(data.read("footfall")["value"]) == [120.0, 150.0]


def test_table_that_is_gone_is_told_with_what_there_is(provider, place):
    table = '[[feeds.portals.tables]]\ndataset = "abfall"\nresource = "Stunden"\nkind = "meter"\n'
    place.feeds(portal(provider.base, "ckan", table))
    provider.pages["/api/3/action/package_search"] = found()
    shown = {"success": True, "result": package()}
    provider.pages["/api/3/action/package_show"] = json.dumps(shown).encode()
    said = place.once(portals="live")["polls"]["Portal Landesportal"]["error"]
    assert (
        "Die Datei „Stunden“ gibt es dort nicht. Es gibt: „Tabelle“ (csv)".lower() in said.lower()
    )
    assert "Bitte in city.toml ändern" in said
