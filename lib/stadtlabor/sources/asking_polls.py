"""Which open services are asked, and how often: what ``[feeds]`` names and the operator allows."""

from __future__ import annotations

from stadtlabor.city import City
from stadtlabor.settings import Settings
from stadtlabor.sources.asking_memory import Memory
from stadtlabor.sources.delivery import Poll

__all__ = ["feed_polls"]

HOUR_S = 3600.0


def feed_polls(city: City, settings: Settings, memory: Memory) -> list[Poll]:
    """Return the polls of the open services.

    Parameters
    ----------
    city
        ``feeds`` says what to ask for.
    settings
        ``sources`` says whom to ask at all.
    memory
        Where each goes on after a restart.
    """
    feeds, wanted, window = city.feeds, settings.sources, city.city.bounding_box
    found: list[Poll] = []
    # Each is imported only where it is used: most cities ask few of them.
    if wanted.mosmix == "live" and feeds.mosmix:
        from stadtlabor.sources import mosmix

        runs = mosmix.Runs(feeds.mosmix.station, memory, mosmix.BASE)
        found.append(Poll("Wettervorhersage MOSMIX", HOUR_S / 2, runs))
    if wanted.alerts == "live" and feeds.alerts:
        from stadtlabor.sources import dwd_alerts

        status = dwd_alerts.Status(feeds.alerts, dwd_alerts.BASE)
        found.append(Poll("Amtliche Wetterwarnungen", 300, status))
    if wanted.smard == "live":
        from stadtlabor.sources import smard

        for series in feeds.smard:
            chunks = smard.Chunks(series, memory, smard.BASE)
            name = f"Strommarkt SMARD {series.filter} {series.region} {series.resolution}"
            found.append(Poll(name, HOUR_S, chunks))
    if wanted.energy_charts == "live" and feeds.energy_charts:
        from stadtlabor.sources import energy_charts

        questions = energy_charts.Questions(feeds.energy_charts, memory, energy_charts.BASE)
        found.append(Poll("Strommarkt Energy-Charts", HOUR_S, questions))
    if wanted.opensensemap == "live" and feeds.opensensemap:
        from stadtlabor.sources import opensensemap

        boxes = opensensemap.Boxes(feeds.opensensemap, window, memory, opensensemap.BASE)
        found.append(Poll("openSenseMap", HOUR_S / 4, boxes))
    if wanted.overpass == "live" and feeds.overpass:
        from stadtlabor.sources import overpass

        selections = overpass.Selections(feeds.overpass, window, memory, overpass.BASE)
        # Looks every hour, asks once a day: a restart does not ask again.
        found.append(Poll("Orte aus OpenStreetMap", HOUR_S, selections))
    if wanted.timetables == "live" and feeds.timetables:
        from stadtlabor.sources import gtfs, gtfs_rt

        for timetable in feeds.timetables:
            found.append(Poll(f"Fahrplan {timetable.name}", 6 * HOUR_S, gtfs.Feed(timetable)))
            if timetable.realtime:
                delays = gtfs_rt.Delays(timetable)
                found.append(Poll(f"Verspätungen {timetable.name}", 120, delays))
    if wanted.portals == "live" and feeds.portals:
        from stadtlabor.sources import ckan

        for portal in feeds.portals:
            found.append(Poll(f"Portal {portal.name}", 24 * HOUR_S, ckan.Portal(portal, memory)))
    return found
