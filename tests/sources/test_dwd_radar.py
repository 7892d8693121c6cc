import bz2
import gzip
import io
import tarfile
from datetime import UTC, datetime

import numpy as np
import pytest
import wradlib

from stadtlabor.sources import DecodeError, decode
from stadtlabor.sources.dwd_radar import frame
from stadtlabor.sources.radar_grid import axes
from stadtlabor.sources.radolan import write_radolan

ISSUED = "2022-10-18T07:00:00+00:00"


@pytest.fixture
def rain(shared_data):
    return shared_data / "rain"


def test_radklim_sequence(delivery, rain):
    files = sorted((rain / "radklim_yw_20170816").glob("*.gz"))
    frames = [decode(delivery("dwd-radar", path)) for path in files]
    assert len(frames) == 12
    assert max(float(f.max()) for f in frames) == pytest.approx(11.91 * 12, abs=0.001)
    first = frames[0]
    assert first.dims == ("time", "y", "x")
    assert (first.dtype, first.name) == (np.float32, "precipitation_mm_h")
    # The file is named 00:55, the end of its five minutes.
    assert str(first["time"].values[0]).startswith("2017-08-16T00:50")
    assert first.attrs["dataset"] == "rain-radar"
    assert not first.attrs["simulated"]
    for f in frames:
        assert 2500 < int((f > 10).sum()) < 3200
        assert 0.38 < float(f.isnull().mean()) < 0.395


def test_every_value_agrees_with_wradlib(delivery, rain):
    path = next((rain / "radklim_yw_20170816").glob("*0120-*.gz"))
    data, told = wradlib.io.read_radolan_composite(io.BytesIO(gzip.decompress(path.read_bytes())))
    ours = decode(delivery("dwd-radar", path)).to_numpy()[0]
    clutter = np.zeros(data.size, dtype=bool)
    clutter[told["cluttermask"]] = True
    known = (data != told["nodataflag"]) & ~clutter.reshape(data.shape)
    np.testing.assert_allclose(ours[known], data[known] * 12, rtol=1e-6)
    assert np.isnan(ours[~known]).all()
    assert decode(delivery("dwd-radar", path)).attrs["clutter_cells"] == clutter.sum()


def test_grid_axes_are_wradlibs_cell_centres():
    for shape in ((900, 900), (1100, 900)):
        corner = wradlib.georef.get_radolan_grid(*shape) * 1000
        x, y = axes(*shape)
        np.testing.assert_allclose(x, corner[0, :, 0] + 500, atol=0.01)
        np.testing.assert_allclose(y, corner[:, 0, 1] + 500, atol=0.01)


def test_hourly_sums_are_rates_already(delivery, rain):
    old = decode(delivery("dwd-radar", rain / "dwd_samples/raa01-rw_10000-1408102050-dwd---bin.gz"))
    assert float(old.max()) == pytest.approx(38.6)
    assert old.attrs["dataset"] == "rain-radar-hourly"
    new = decode(
        delivery("dwd-radar", rain / "dwd_samples/raa01-rw_10000-20250922T0540-dwd---bin.hdf5")
    )
    assert new.shape == (1, 1200, 1100)
    assert str(new["time"].values[0]).startswith("2025-09-22T04:40")


def test_reflectivity_is_no_rain(delivery, rain):
    path = rain / "dwd_samples/raa01-wx_10000-1408102050-dwd---bin.gz"
    with pytest.raises(DecodeError, match="WX ist keine Regenmenge"):
        decode(delivery("dwd-radar", path))


def test_forecast_stays_apart_and_says_when_it_was_made(delivery, rain):
    forecast = decode(delivery("dwd-radar", rain / "dwd_rv_20221018/DE1200_RV2210180700.tar.bz2"))
    assert forecast.sizes["time"] == 25
    assert (forecast.attrs["dataset"], forecast.attrs["issued"]) == ("rain-forecast", ISSUED)
    modern = decode(delivery("dwd-radar", rain / "dwd_samples/composite_rv_20250923_0855.tar"))
    assert [str(t)[11:16] for t in modern["time"].values] == ["08:50", "09:40"]
    assert float(modern.min()) == 0.0


def test_forecast_and_truth_share_their_clock(delivery, rain):
    """The leads 55 to 110 minutes are the hour that RW 08:50 observed (published: CSI .583)."""
    folder = rain / "dwd_rv_20221018"
    forecast = decode(delivery("dwd-radar", folder / "DE1200_RV2210180700.tar.bz2"))
    truth = decode(delivery("dwd-radar", folder / "RW-20221018.tar.gz"))
    hour = forecast.sel(time=slice("2022-10-18T07:50", "2022-10-18T08:45"))
    observed = truth.sel(time="2022-10-18T07:50")
    assert hour.sizes["time"] == 12
    to_forecast = _transformer(truth.attrs["crs_wkt"], forecast.attrs["crs_wkt"])
    x, y = to_forecast.transform(*np.meshgrid(truth["x"].values, truth["y"].values))
    column = np.rint((x - forecast["x"].values[0]) / 1000).astype(int)
    row = np.rint((y - forecast["y"].values[0]) / 1000).astype(int)
    inside = (row >= 0) & (row < 1200) & (column >= 0) & (column < 1100)
    predicted = np.where(
        inside,
        (hour.to_numpy().mean(axis=0))[row.clip(0, 1199), column.clip(0, 1099)],
        np.nan,
    )
    seen = observed.to_numpy()
    valid = ~np.isnan(predicted) & ~np.isnan(seen)
    hit = ((predicted >= 1) & (seen >= 1) & valid).sum()
    either = (((predicted >= 1) | (seen >= 1)) & valid).sum()
    assert hit / either == pytest.approx(0.583, abs=0.01)


def _transformer(source, target):
    import pyproj

    return pyproj.Transformer.from_crs(source, target, always_xy=True)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress])
def test_written_file_is_read_back_exactly(delivery, pack):
    sums = np.zeros((1100, 900))
    sums[500:520, 400:430] = np.linspace(0, 40.95, 600).reshape(20, 30).round(2)
    sums[:100] = np.nan
    end = datetime(2026, 11, 22, 12, 5, tzinfo=UTC)
    made = frame(sums, "YW", end, simulated=True)
    body = pack(write_radolan(made))
    back = decode(delivery("dwd-radar", body, "raa01-yw_10000-2611221205-dwd---bin"))
    np.testing.assert_array_equal(back.to_numpy(), made.to_numpy())
    assert back["time"].equals(made["time"])
    assert back.attrs == made.attrs


def test_values_beyond_the_format_are_refused():
    made = frame(np.full((1100, 900), 41.0), "YW", datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="between 0 and"):
        write_radolan(made)


def test_damaged_files_end_in_a_german_sentence(delivery, rain):
    whole = next((rain / "radklim_yw_20170816").glob("*.gz")).read_bytes()
    plain = gzip.decompress(whole)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w"):
        pass
    for body in (b"", whole[:-100], plain[:1000], plain[:-7], b"BZhkaputt", packed.getvalue()):
        with pytest.raises(DecodeError, match=r"^radar.*[.]$"):
            decode(delivery("dwd-radar", body, "radar.gz"))
