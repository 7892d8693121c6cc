from datetime import date

import numpy as np

from stadtlabor.city import city
from stadtlabor.simulation.school import electricity, heat


def test_school_days_and_free_days_differ():
    school = city().schools[2]
    lesson = np.nansum(electricity(2026, school, date(2026, 11, 16), "Europe/Berlin")[1])
    sunday = np.nansum(electricity(2026, school, date(2026, 11, 15), "Europe/Berlin")[1])
    assert lesson > 2 * sunday
    assert len(heat(2026, school, date(2026, 10, 25), "Europe/Berlin")[0]) == 25
