"""Radar files become one grid in mm/h; wradlib is the reader of record."""

from __future__ import annotations

import gzip
import io
import tarfile
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest

from stadtlabor.rain.grid import place_index, regrid
from stadtlabor.rain.quality import Quality, shares, without
from stadtlabor.rain.reading import read
from stadtlabor.rain.units import RATE, UnitError, add, need, to_rate, to_sum, total
from stadtlabor.sources.http import SourceError

SAMPLES = {
    "RW": "dwd_samples/raa01-rw_10000-1408102050-dwd---bin.gz",
    "RY": "dwd_samples/raa01-ry_10000-1408102050-dwd---bin.gz",
    "WX": "dwd_samples/raa01-wx_10000-1408102050-dwd---bin.gz",
    "RQ 0": "dwd_rv_20221018/RQ2210180700_000.gz",
    "RQ 60": "dwd_rv_20221018/RQ2210180700_060.gz",
    "RQ 120": "dwd_rv_20221018/RQ2210180700_120.gz",
}


@pytest.fixture
def rain(shared_data: Path) -> Path:
    return shared_data / "rain"


def wradlib_reads(body: bytes):
    from wradlib.io import read_radolan_composite

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return read_radolan_composite(io.BytesIO(body), missing=-9999)


def assert_same_as_wradlib(body: bytes, grid) -> None:
    """Every number and every flag, bit by bit."""
    data, told = wradlib_reads(body)
    ours, bits = grid.to_numpy()[0], grid["quality"].to_numpy()[0]
    nodata = np.zeros(data.size, dtype=bool)
    nodata[told["nodatamask"]] = True
    nodata = nodata.reshape(data.shape)
    np.testing.assert_array_equal(np.isnan(ours), nodata)
    factor = 3600 / told["intervalseconds"]
    expected = (data * factor).astype("float32")
    np.testing.assert_array_equal(ours[~nodata], expected[~nodata])
    for name, flag in (
        ("nodatamask", Quality.NODATA),
        ("secondary", Quality.SECONDARY),
        ("cluttermask", Quality.CLUTTER),
    ):
        marked = np.flatnonzero(flag.of(bits))
        np.testing.assert_array_equal(marked, told.get(name, []), err_msg=name)
    assert not Quality.NEGATIVE.of(bits).any()


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s != "WX"])
def test_samples_are_bit_exact(rain: Path, sample: str) -> None:
    path = rain / SAMPLES[sample]
    grid = read(path, keep_clutter=True)
    assert grid.attrs["units"] == RATE
    assert_same_as_wradlib(gzip.decompress(path.read_bytes()), grid)


def test_whole_archives_are_bit_exact(rain: Path) -> None:
    grid = read(rain / "radklim_yw_20170816", keep_clutter=True)
    for index, path in enumerate(sorted((rain / "radklim_yw_20170816").glob("*.gz"))):
        assert_same_as_wradlib(gzip.decompress(path.read_bytes()), grid[index : index + 1])
    archive = rain / "dwd_rv_20221018/DE1200_RV2210180700.tar.bz2"
    grid = read(archive, keep_clutter=True)
    with tarfile.open(archive) as packed:
        for index, member in enumerate(sorted(packed.getmembers(), key=lambda m: m.name)):
            body = packed.extractfile(member).read()
            assert_same_as_wradlib(body, grid[index : index + 1])
    assert index == 24


def test_clutter_is_not_seen_unless_asked_for(rain: Path) -> None:
    folder = rain / "radklim_yw_20170816"
    plain, kept = read(folder), read(folder, keep_clutter=True)
    clutter = Quality.CLUTTER.of(plain["quality"])
    assert clutter.sum() > 1000
    assert np.isnan(plain.to_numpy()[clutter]).all()
    assert (kept.to_numpy()[clutter] > 0).any()
    np.testing.assert_array_equal(plain.to_numpy()[~clutter], kept.to_numpy()[~clutter])


def test_reflectivity_becomes_rain(rain: Path) -> None:
    path = rain / SAMPLES["WX"]
    grid = read(path)
    data, told = wradlib_reads(gzip.decompress(path.read_bytes()))
    ours, bits = grid.to_numpy()[0], grid["quality"].to_numpy()[0]
    for name, flag in (("nodatamask", Quality.NODATA), ("cluttermask", Quality.CLUTTER)):
        np.testing.assert_array_equal(np.flatnonzero(flag.of(bits)), told[name])
    wet = (data > 0) & (data < 249)
    back = 10 * np.log10(256.0 * ours[wet].astype("float64") ** 1.42)
    np.testing.assert_allclose(back, np.minimum(data[wet] / 2 - 32.5, 55.0), atol=1e-4)
    assert (ours[data == 0] == 0).all()
    assert Quality.CAPPED.of(bits).sum() == (data[wet] / 2 - 32.5 > 55).sum()
    assert (grid.attrs["zr_a"], grid.attrs["zr_b"], grid.attrs["product"]) == (256.0, 1.42, "WX")


def test_flag_bits_are_no_rain(rain: Path) -> None:
    """Who takes bit 0x1000 for rain reads 409.6 mm in 18,951 dry cells of this very file."""
    grid = read(rain / SAMPLES["RW"])
    assert float(grid.max()) == pytest.approx(38.6)
    secondary = Quality.SECONDARY.of(grid["quality"])
    assert secondary.sum() == 23_032
    assert (secondary & (grid.to_numpy() == 0)).sum() == 18_951
    assert shares(grid)["secondary"] == pytest.approx(secondary.mean())
    assert np.isnan(without(grid, Quality.SECONDARY).to_numpy()[secondary]).all()


def test_nothing_is_shifted_by_a_hundredth(rain: Path) -> None:
    """A dry cell is 0, not -0.01 mm; a raining one is a whole number of hundredths."""
    for path in (rain / SAMPLES["RY"], rain / "radklim_yw_20170816"):
        sums = to_sum(read(path)).to_numpy()
        seen = np.isfinite(sums)
        assert sums[seen].min() == 0.0
        assert (sums[seen] == 0).mean() > 0.5
        np.testing.assert_allclose(sums[seen] * 100, np.rint(sums[seen] * 100), atol=1e-3)
    body = gzip.decompress((rain / SAMPLES["RY"]).read_bytes())
    raw = np.frombuffer(body[body.index(b"\x03") + 1 :], "<u2")
    known = (raw & 0x2000) == 0
    ours = to_sum(read(rain / SAMPLES["RY"])).to_numpy().ravel()
    np.testing.assert_array_equal(np.rint(ours[known] * 100), raw[known] & 0x0FFF)


def test_sums_and_rates_never_mix(rain: Path) -> None:
    path = rain / "radklim_yw_20170816"
    rates = read(path)[:3]
    sums = to_sum(rates)
    with pytest.raises(UnitError, match="lassen sich nicht addieren"):
        add(rates, sums)
    with pytest.raises(UnitError, match="to_rate"):
        need(sums, RATE)
    with pytest.raises(UnitError, match="to_sum"):
        to_rate(rates)
    with pytest.raises(UnitError, match="ohne Einheit"):
        need(rates + sums, RATE)  # plain arithmetic loses the unit
    np.testing.assert_allclose(to_rate(sums), rates, rtol=1e-6)
    assert float(rates.max()) == pytest.approx(12 * float(sums.max()))
    fell = total(rates)
    assert (fell.attrs["units"], fell.attrs["interval_s"]) == ("mm", 900)
    np.testing.assert_allclose(add(sums[0], add(sums[1], sums[2])), fell, rtol=1e-5)
    with pytest.raises(UnitError, match="verschiedenen Gittern"):
        add(sums[0], sums[0, 1:])


def test_swiss_maps(rain: Path) -> None:
    grid = read(rain / "mch_20160711")
    assert grid.shape == (40, 640, 710)
    assert grid.dtype == np.float32
    steps = np.diff(grid["time"].to_numpy())
    assert (steps == np.timedelta64(5, "m")).all()
    assert str(grid["time"].values[0]).startswith("2016-07-11T20:40")
    assert float(grid.isnull().mean()) == pytest.approx(0.296, abs=0.001)
    row, column = place_index(grid, 47.727, 10.316)
    assert (639 - row, column) == (189, 560)
    near = grid[:, row - 4 : row + 4, column - 4 : column + 4]
    assert float(near.max()) == pytest.approx(10.7, abs=0.01)
    values = np.unique(grid.to_numpy()[grid.to_numpy() > 1])
    assert np.diff(np.log(values)).min() == pytest.approx(np.log(10) / 30, rel=1e-3)


def test_newest_hdf5(rain: Path) -> None:
    import h5py

    path = rain / "dwd_samples/raa01-rw_10000-20250922T0540-dwd---bin.hdf5"
    grid = read(path)
    with h5py.File(path) as file:
        raw = file["dataset1/data1/data"][()][::-1]
        where = dict(file["where"].attrs)
    ours = grid.to_numpy()[0]
    np.testing.assert_array_equal(np.isnan(ours), raw == 65535)
    np.testing.assert_array_equal(
        ours[raw != 65535], (raw[raw != 65535] * np.float64(0.1)).astype("float32")
    )
    # The corners that the file states are the outer edges of our outermost cells.
    from pyproj import CRS, Transformer

    crs = CRS.from_wkt(grid.attrs["crs_wkt"])
    to_grid = Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True)
    for corner, iy, ix, dy, dx in (("LL", 0, 0, -500, -500), ("UR", -1, -1, 500, 500)):
        x, y = to_grid.transform(where[f"{corner}_lon"], where[f"{corner}_lat"])
        assert float(grid["x"][ix]) + dx == pytest.approx(x, abs=1)
        assert float(grid["y"][iy]) + dy == pytest.approx(y, abs=1)
    forecast = read(rain / "dwd_samples/composite_rv_20250923_0855.tar")
    assert forecast.attrs["issued"].startswith("2025-09-23T08:55")
    assert forecast.sizes["time"] == 2


def test_forecasts_on_both_grids_tell_the_same_rain(rain: Path) -> None:
    """RQ lies on the ellipsoid: read as on the sphere, only 97 % of its hour match RV's."""
    folder = rain / "dwd_rv_20221018"
    steps = read(folder / "DE1200_RV2210180700.tar.bz2")
    hour = total(steps.sel(time=slice("2022-10-18T07:00", "2022-10-18T07:55")))
    sums = to_sum(read(folder / "RQ2210180700_060.gz"))[0]
    moved = regrid(hour, sums).to_numpy()
    seen = np.isfinite(moved) & np.isfinite(sums.to_numpy())
    both = np.corrcoef(moved[seen], sums.to_numpy()[seen])[0, 1]
    assert both > 0.9995


def test_local_scans(rain: Path) -> None:
    from wradlib.io import read_dx

    path = rain / "dx_tur_fbg_20080602/recipe1_data.zip"
    with pytest.raises(SourceError, match=r"mischen Produkte \(DX-FBG, DX-TUR\)"):
        read(path)
    grid = read(path, "dx-tur")
    assert grid.shape == (25, 256, 256)
    row, column = place_index(grid, 47.727, 10.316)
    # Kempten: 103 km from the radar at azimuth 157 degrees.
    north, east = float(grid["y"][row]) / 1000, float(grid["x"][column]) / 1000
    assert np.hypot(north, east) == pytest.approx(103, abs=1)
    assert np.degrees(np.arctan2(east, north)) == pytest.approx(157, abs=1)
    clutter = Quality.CLUTTER.of(grid["quality"])
    assert 0.002 < clutter.mean() < 0.2
    assert np.isnan(grid.to_numpy()[clutter]).all()
    # Ground echoes stay where they are, rain moves on: what echoes in all 25 scans must go.
    steady = np.ones((360, 128), dtype=bool)
    with zipfile.ZipFile(path) as packed:
        for name in packed.namelist():
            if "fbg" in name:
                steady &= read_dx(io.BytesIO(packed.read(name)))[0] > 23  # about 1 mm/h
    assert steady.sum() > 5
    assert not (read(path, "DX-FBG").to_numpy() > 1).all(axis=0).any()
    assert float(grid.max()) <= 150.5  # 55 dBZ


def test_opensense_netcdf(rain: Path) -> None:
    grid = read(rain / "openmrg_20150827/openMRG_Radar_180minutes.nc")
    assert grid.shape == (36, 48, 37)
    assert (np.diff(grid["y"]) == 2000).all()
    assert float(grid.max()) == pytest.approx(68.7, abs=0.05)
    assert place_index(grid, 57.70, 11.97)[0] in range(10, 40)
    assert "by-sa" in grid.attrs["licence"]
    with pytest.raises(SourceError, match="keine Felder mit Regen"):
        read(rain / "openmrg_20150827/openMRG_smhi_gauge_20150827.nc")


def test_product_is_chosen_from_a_mixed_folder(rain: Path) -> None:
    folder = rain / "dwd_samples"
    with pytest.raises(SourceError, match="mischen Produkte"):
        read([rain / SAMPLES["RW"], rain / SAMPLES["RY"]])
    chosen = read([rain / SAMPLES["RW"], rain / SAMPLES["RY"]], "ry")
    assert chosen.attrs["product"] == "RY"
    with pytest.raises(SourceError, match="keine Radardatei des Produkts XY"):
        read(rain / SAMPLES["RW"], "XY")
    with pytest.raises(SourceError, match="gibt es nicht"):
        read(folder / "nowhere.gz")


def test_frames_are_sorted_and_told_once(rain: Path, tmp_path: Path) -> None:
    files = sorted((rain / "mch_20160711").glob("*.gif"))[:4]
    grid = read([files[2], files[0], files[3], files[1], files[0]])
    assert grid["time"].to_index().is_monotonic_increasing
    assert grid.sizes["time"] == 4
    gap = read([files[0], files[3]])
    assert gap.sizes["time"] == 2  # nothing is made up between
    # A map of another time under a known stamp: one of the two lies.
    forged = files[1].read_bytes().replace(b"PRDT=AQC161932050", b"PRDT=AQC161932045")
    (tmp_path / "x.gif").write_bytes(forged)
    with pytest.raises(SourceError, match="zwei verschiedene Bilder"):
        read([files[0], tmp_path / "x.gif"])
