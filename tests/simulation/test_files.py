from datetime import timedelta

import pandas as pd

from stadtlabor.city import city
from stadtlabor.simulation import Office
from stadtlabor.simulation.school import LARGEST_REGISTER


def test_files_are_written_once_then_daily_and_read_back(tmp_path, decoded, noon):
    alone = city().model_copy(update={"schools": city().schools[2:]})
    office = Office(alone, 2026, tmp_path)
    assert office.write(noon) == 2 * 14 + 2  # months that 400 days touch, waste and travel
    assert office.write(noon) == 0
    values = {}
    for path in sorted((tmp_path / "inbox").glob("*/*")):
        assert ".simuliert." in path.name
        if ".heat." not in path.name:
            found = decoded(path.parent.name, path.name, path.read_bytes())
            # The reset register is a fault that the simulation means; the import tells it.
            assert all("16777,215" in p.what for p in found.problems)
            for stream, part in found.frame.groupby("datastream"):
                values.setdefault(stream, []).append(part)
        path.unlink()
    power = pd.concat(values["school-energy/beispiel-gymnasium/electricity"])
    assert 0.97 * 400 * 96 < len(power) < 400 * 96 + 8
    assert not power.duplicated("time").any()
    assert (power["value"] == LARGEST_REGISTER).sum() >= 1
    assert power["time"].max() == pd.Timestamp("2026-11-21 22:45", tz="UTC")
    assert "school-waste/beispiel-gymnasium/paper" in values
    assert "school-travel/beispiel-gymnasium/car" in values
    assert office.write(noon + timedelta(days=1)) == 2 + 1  # a Sunday ends a week of waste
    # Another seed is another city: its history is written anew.
    assert Office(alone, 7, tmp_path).write(noon) == 2 * 14 + 2
