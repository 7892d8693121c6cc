"""Layouts of other providers, and files that are broken in every way."""

from __future__ import annotations

import gzip
import io
import warnings
from pathlib import Path

import h5py
import numpy as np
import pytest
from pyproj import CRS, Transformer

from stadtlabor.rain.grid import place_index
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.radar_files import parse_file
from stadtlabor.sources.radar_quality import Quality

# No recorded file of these providers is here: the files below follow their specifications.
LAEA = (
    "+proj=laea +lat_0=55.0 +lon_0=10.0 +x_0=1950000.0 +y_0=-2100000.0 +units=m +ellps=WGS84 "
    "+no_defs"
)


def odim(quantity: str, raw: np.ndarray, gain: float = 1.0, **span: str) -> bytes:
    """A composite as EUMETNET OPERA lays it out; its lower left edge lies at 8° E, 47° N."""
    crs = CRS.from_proj4(LAEA)
    to_grid = Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True)
    left, lower = to_grid.transform(8.0, 47.0)
    out = io.BytesIO()
    with h5py.File(out, "w") as file:
        file.attrs["Conventions"] = np.bytes_("ODIM_H5/V2_3")
        for path, attributes in {
            "what": {
                "object": np.bytes_("COMP"),
                "date": np.bytes_("20260701"),
                "time": np.bytes_("121500"),
                "source": np.bytes_("ORG:247,CMT:OPERA"),
            },
            "where": {
                "projdef": np.bytes_(LAEA),
                "LL_lon": 8.0,
                "LL_lat": 47.0,
                "xscale": 2000.0,
                "yscale": 2000.0,
                "xsize": raw.shape[1],
                "ysize": raw.shape[0],
            },
            "dataset1/what": {k: np.bytes_(v) for k, v in span.items()},
            "dataset1/data1/what": {
                "quantity": np.bytes_(quantity),
                "gain": gain,
                "offset": 0.0,
                "nodata": -9999000.0,
                "undetect": -8888000.0,
            },
        }.items():
            file.require_group(path).attrs.update(attributes)
        file["dataset1/data1/data"] = raw
    assert left < to_grid.transform(9.0, 47.0)[0]
    assert lower < to_grid.transform(8.0, 48.0)[1]
    return out.getvalue()


QUARTER = {
    "startdate": "20260701",
    "starttime": "120000",
    "enddate": "20260701",
    "endtime": "121500",
}


@pytest.fixture
def raw() -> np.ndarray:
    field = np.full((120, 90), -8888000.0)
    field[0] = -9999000.0  # the northern row is not seen
    field[-1, :5] = 4.0
    return field


def test_opera_rates_and_sums(raw: np.ndarray) -> None:
    (rate,) = parse_file(odim("RATE", raw, **QUARTER), "opera.h5")
    assert rate.attrs["interval_s"] == 900
    assert str(rate["time"].values[0]).startswith("2026-07-01T12:00")
    assert np.isnan(rate.to_numpy()[0, -1]).all()
    assert (rate.to_numpy()[0, 0, :5] == 4).all()
    assert (rate.to_numpy()[0, 1] == 0).all()
    assert Quality.NODATA.of(rate["quality"]).sum() == 90
    assert np.all(np.diff(rate["y"]) == 2000)
    (sums,) = parse_file(odim("ACRR", raw, 0.5, **QUARTER), "opera.h5")
    assert float(sums.max()) == 4 * 0.5 * 4
    (echo,) = parse_file(odim("DBZH", raw * 10, **QUARTER), "opera.h5")
    assert float(echo.max()) == pytest.approx((10**4 / 200) ** (1 / 1.6), rel=1e-6)
    (snapshot,) = parse_file(odim("RATE", raw), "opera.h5")
    assert (snapshot.attrs["interval_s"], snapshot.attrs["interval_assumed"]) == (300, True)


def test_opera_corner_is_an_edge(raw: np.ndarray) -> None:
    (rate,) = parse_file(odim("RATE", raw, **QUARTER), "opera.h5")
    project = Transformer.from_crs("EPSG:4326", rate.attrs["crs_wkt"], always_xy=True)
    left, lower = project.transform(8.0, 47.0)
    assert float(rate["x"][0]) - 1000 == pytest.approx(left)
    assert float(rate["y"][0]) - 1000 == pytest.approx(lower)
    assert place_index(rate, 47.0, 8.0) == (0, 0)


def test_odim_without_rain_or_span_is_refused(raw: np.ndarray) -> None:
    with pytest.raises(SourceError, match="enthält VRADH, keine Regenmenge"):
        parse_file(odim("VRADH", raw), "wind.h5")
    with pytest.raises(SourceError, match="keine Zeitspanne"):
        parse_file(odim("ACRR", raw), "opera.h5")


def knmi(raw: np.ndarray, projection: str, **calibration: object) -> bytes:
    """A field as the Dutch weather service lays it out, on its own grid."""
    out = io.BytesIO()
    with h5py.File(out, "w") as file:
        for path, attributes in {
            "overview": {
                "product_datetime_start": np.bytes_("26-AUG-2010;00:00:00.000"),
                "product_datetime_end": np.bytes_("26-AUG-2010;00:05:00.000"),
            },
            "geographic": {
                "geo_column_offset": np.float32([0.0]),
                "geo_row_offset": np.float32([3649.98193359375]),
                "geo_pixel_size_x": np.float32([1.000003457069397]),
                "geo_pixel_size_y": np.float32([-1.000004768371582]),
            },
            "geographic/map_projection": {"projection_proj4_params": np.bytes_(projection)},
            "image1": {"image_geo_parameter": np.bytes_("PRECIP_[MM]")},
            "image1/calibration": {
                "calibration_formulas": np.bytes_("GEO=0.01*PV+0.0"),
                "calibration_out_of_image": np.int32([65535]),
                **calibration,
            },
        }.items():
            file.require_group(path).attrs.update(attributes)
        file.create_dataset("image1/image_data", data=raw, compression="gzip")
    return out.getvalue()


KM = "+proj=stere +lat_0=90 +lon_0=0 +lat_ts=60 +a=6378.14 +b=6356.75 +x_0=0 y_0=0"
METRES = KM.replace("6378.14", "6378137").replace("6356.75", "6356752") + " +units=km"


@pytest.mark.parametrize("projection", [KM, METRES])
@pytest.mark.parametrize("missing", [0, 65534])
def test_dutch_sums(projection: str, missing: int) -> None:
    raw = np.zeros((765, 700), dtype="uint16")
    raw[:10] = 65535
    raw[100, 50] = 245
    raw[200, 60] = missing
    body = knmi(raw, projection, calibration_missing_data=np.int32([missing]))
    (rain,) = parse_file(body, "RAD_NL25_RAP_5min_201008260005.h5")
    assert rain.attrs["interval_s"] == 300
    assert str(rain["time"].values[0]).startswith("2010-08-26T00:00")
    ours = rain.to_numpy()[0][::-1]
    assert ours[100, 50] == np.float32(2.45 * 12)
    assert np.isnan(ours[:10]).all()
    assert np.isnan(ours[200, 60]) == (missing == 65534)
    # The corners of this grid, as KNMI publishes them (degrees east and north).
    project = Transformer.from_crs("EPSG:4326", rain.attrs["crs_wkt"], always_xy=True)
    for lon, lat, iy, ix in ((0.0, 49.362, 0, 0), (10.856, 55.389, -1, -1)):
        x, y = project.transform(lon, lat)
        side = 500 if ix else -500
        assert float(rain["x"][ix]) + side == pytest.approx(x, abs=600)
        assert float(rain["y"][iy]) + side == pytest.approx(y, abs=600)


def test_dutch_snapshot_takes_its_span_from_the_name() -> None:
    body = knmi(np.ones((765, 700), dtype="uint16"), KM)
    with h5py.File(changed := io.BytesIO(body), "r+") as file:
        overview = file["overview"].attrs
        overview["product_datetime_start"] = overview["product_datetime_end"]
    (rain,) = parse_file(changed.getvalue(), "RAD_NL25_RAP_5min_201008260005.h5")
    assert str(rain["time"].values[0]).startswith("2010-08-26T00:00")
    assert float(rain.max()) == np.float32(0.12)
    with pytest.raises(SourceError, match="keine Zeitspanne"):
        parse_file(changed.getvalue(), "regen.h5")


def test_dutch_echoes_are_refused() -> None:
    body = knmi(np.zeros((765, 700), dtype="uint16"), KM)
    with h5py.File(changed := io.BytesIO(body), "r+") as file:
        file["image1"].attrs["image_geo_parameter"] = np.bytes_("REFLECTIVITY_[DBZ]")
    with pytest.raises(SourceError, match="keine Regensumme"):
        parse_file(changed.getvalue(), "x.h5")


@pytest.fixture(scope="module")
def originals(shared_data: Path) -> list[tuple[str, bytes]]:
    rain = shared_data / "rain"
    paths = [
        next((rain / "radklim_yw_20170816").glob("*.gz")),
        rain / "dwd_samples/raa01-rw_10000-1408102050-dwd---bin.gz",
        rain / "dwd_samples/raa01-wx_10000-1408102050-dwd---bin.gz",
        rain / "dwd_samples/raa01-rw_10000-20250922T0540-dwd---bin.hdf5",
        next((rain / "mch_20160711").glob("*.gif")),
    ]
    found = [(p.name, p.read_bytes()) for p in paths]
    found += [(name, gzip.decompress(body)) for name, body in found if name.endswith(".gz")]
    found.append(("knmi.h5", knmi(np.zeros((765, 700), dtype="uint16"), KM)))
    import zipfile

    with zipfile.ZipFile(rain / "dx_tur_fbg_20080602/recipe1_data.zip") as packed:
        name = packed.namelist()[3]
        found.append((name, packed.read(name)))
    return found


def parts_or_sentence(body: bytes, name: str) -> list | str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return parse_file(body, name)
        except SourceError as error:
            return str(error)


def test_three_hundred_broken_files(originals: list[tuple[str, bytes]]) -> None:
    """A broken file gives a German sentence or a grid that is whole; never anything else."""
    rng = np.random.default_rng(6)
    refused = 0
    for turn in range(300):
        name, whole = originals[turn % len(originals)]
        body = bytearray(whole)
        kind = turn // len(originals) % 4
        if kind == 0:
            del body[int(rng.integers(len(body))) :]
        elif kind == 1:  # in the header, where it hurts most
            for place in rng.integers(0, min(len(body), 300), 3):
                body[place] ^= 1 << int(rng.integers(8))
        elif kind == 2:
            start = int(rng.integers(len(body)))
            del body[start : start + int(rng.integers(1, 500))]
        else:
            for place in rng.integers(0, len(body), 20):
                body[place] = int(rng.integers(256))
        parts = parts_or_sentence(bytes(body), name)
        if isinstance(parts, str):
            refused += 1
            assert parts.endswith(".")
            assert name in parts
            continue
        for part in parts:
            assert part.dims == ("time", "y", "x")
            assert part.attrs["units"] == "mm/h"
            assert part["quality"].shape == part.shape
            assert not np.isinf(part.to_numpy()).any()
    assert refused > 150


def test_archives_in_archives_end(tmp_path: Path) -> None:
    body = b"x"
    import zipfile

    for depth in range(8):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as packed:
            packed.writestr(f"{depth}.zip", body)
        body = out.getvalue()
    with pytest.raises(SourceError, match="nicht lesbar"):
        parse_file(body, "matrjoschka.zip")
