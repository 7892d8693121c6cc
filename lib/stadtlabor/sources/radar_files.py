"""Any radar file as rain: what a file is decides who reads it."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from bz2 import decompress

import xarray as xr

from stadtlabor.sources.dx import parse_dx
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.odim import parse_odim
from stadtlabor.sources.radar_binary import parse_ascii, parse_binary
from stadtlabor.sources.radar_gif import parse_gif
from stadtlabor.sources.radar_knmi import parse_knmi
from stadtlabor.sources.radar_netcdf import parse_netcdf

__all__ = ["parse_file"]

HDF5 = b"\x89HDF"

DAMAGE = (
    OSError,
    EOFError,
    ValueError,  # UnicodeDecodeError among them
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    SyntaxError,  # Pillow's word for a broken header
    ArithmeticError,
    RuntimeError,  # pyproj and h5py
    MemoryError,
    struct.error,
    zlib.error,
    tarfile.TarError,
    zipfile.BadZipFile,
    NotImplementedError,
)
"""What readers raise on damaged files."""


def parse_file(
    body: bytes, name: str, reflectivity: bool = True, keep_clutter: bool = False
) -> list[xr.DataArray]:
    """Read one radar file of any known format, single or as archive.

    Parameters
    ----------
    body
        The file, packed or not: RADOLAN binary, ESRI ASCII, ODIM_H5, KNMI's HDF5, OpenSense
        netCDF, MeteoSwiss GIF, DX scans.
    name
        Its name, for messages.
    reflectivity
        Also take products of echo strength (WX, RX, DX) and convert them to rain.
    keep_clutter
        Leave the numbers of cells flagged as clutter (RADOLAN binary only).

    Returns
    -------
    list of xarray.DataArray
        Radar grids in mm/h, dims (``time``, ``y``, ``x``), one per field.

    Raises
    ------
    SourceError
        In German, if the file is damaged or holds no rain.
    """
    try:
        members = _members(body, name)
        parts = [part for label, b in members for part in _parts(b, label, keep_clutter)]
    except SourceError:
        raise
    except DAMAGE as error:
        raise SourceError(
            f"{name}: Die Radardatei ist nicht lesbar oder unvollständig. Bitte neu laden."
        ) from error
    if not parts:
        raise SourceError(f"{name}: Das Archiv enthält keine Radardatei.")
    for part in parts:
        if "zr_a" in part.attrs and not reflectivity:
            raise SourceError(
                f"{name}: Das Produkt {part.attrs['product']} ist keine Regenmenge, die hier "
                "gelesen wird. Bitte ein Regenprodukt wählen."
            )
    return parts


def _members(body: bytes, name: str, depth: int = 0) -> list[tuple[str, bytes]]:
    """Unpack gzip, bzip2, tar and zip, in whatever nesting providers ship them."""
    if depth > 4:
        raise ValueError("archives nested too deep")
    if body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    elif body[:3] == b"BZh":
        body = decompress(body)
    found = []
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            for entry in packed.infolist():
                if not entry.is_dir():
                    found += _members(packed.read(entry), entry.filename, depth + 1)
        return found
    if body[257:262] != b"ustar":
        return [(name, body)]
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        for member in archive.getmembers():
            stream = archive.extractfile(member) if member.isfile() else None
            if stream is not None:
                found += _members(stream.read(), member.name, depth + 1)
    return found


def _parts(body: bytes, name: str, keep_clutter: bool) -> list[xr.DataArray]:
    if body[:4] == HDF5:
        import h5py

        with h5py.File(io.BytesIO(body)) as file:
            groups = set(file)
        if "rainfall_amount" in groups:
            return parse_netcdf(body, name)
        return [parse_knmi(body, name) if "image1" in groups else parse_odim(body, name)]
    if body[:4] == b"GIF8":
        return [parse_gif(body, name)]
    if body[:5].lower() == b"ncols":
        return [parse_ascii(body, name)]
    if body[:2] == b"DX":
        return [parse_dx(body, name)]
    return [parse_binary(body, name, keep_clutter)]
