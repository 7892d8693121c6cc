import numpy as np

from stadtlabor.city import city
from stadtlabor.simulation.footfall import MISSING, Street

DAY = 20_779  # a Sunday


def test_hours_are_sums_of_ten_seconds_and_faults_come(sky):
    street = Street(city(), 2026, sky)
    gaps = stuck = 0
    for day in range(DAY - 60, DAY):
        counts = street.counts("fischerstrasse", day)
        hours = street.hours("fischerstrasse", day)
        for hour, steps in zip(hours, counts.reshape(24, 360), strict=True):
            if hour is not None:
                assert hour == steps[steps != MISSING].sum()
        gaps += (counts == MISSING).any()
        stuck += any(np.ptp(counts[n : n + 600]) == 0 for n in range(2880, 6000, 60))
    assert gaps >= 1
    assert stuck >= 1


def test_more_people_at_noon_than_at_night_and_few_on_sundays(sky):
    street = Street(city(), 2026, sky)
    weeks = {day: street.hours("fischerstrasse", day) for day in range(DAY - 27, DAY + 1)}
    total = {day: sum(h or 0 for h in hours) for day, hours in weeks.items()}
    sundays = [n for day, n in total.items() if day % 7 == DAY % 7]
    saturdays = [n for day, n in total.items() if day % 7 == (DAY - 1) % 7]
    assert np.mean(saturdays) > 2 * np.mean(sundays)
    assert sum(h[11] or 0 for h in weeks.values()) > 5 * sum(h[2] or 0 for h in weeks.values())
