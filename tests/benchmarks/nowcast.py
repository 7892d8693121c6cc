"""How good the champion is, and what it costs, beside the methods it has to beat.

    python tests/benchmarks/nowcast.py pixels   # CSI and MAE per lead, every method
    python tests/benchmarks/nowcast.py tiles    # "≥ T mm in the next hour somewhere in 8 × 8 km?"
    python tests/benchmarks/nowcast.py cost     # CPU on 256 × 256, Brier score beside STEPS-20
    python tests/benchmarks/nowcast.py stand    # storms that stand still: the unmoved frame's part

Real frames: RADKLIM-YW 2017-08-16 (issues 3, 4, 5; clutter kept, as the published figures do) and
MeteoSwiss 2016-07-11 (issues 8…26 step 3). Another folder of frames: ``--frames FOLDER --issues
8,11,14``. Scores are pooled over issue times, cells seen at all leads, forecast NaN counted as 0.
pysteps comes with ``pip install 'stadtlabor[research]'``; without it, our own methods are shown.
Goals at 30 min: CSI ≥ S-PROG − 0.005 at 1 mm/h and ≥ ANVIL − 0.005 at 10 mm/h, MAE ≤ 0.92 of LK.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import cv2
import numpy as np
import pandas as pd
import xarray as xr
from scipy.ndimage import gaussian_filter

from stadtlabor import rain
from stadtlabor.rain.nowcasting.champion import accumulated, still_share
from stadtlabor.rain.nowcasting.flow import motion

cv2.setNumThreads(1)

SHARED = Path(os.environ.get("STADTLABOR_SHARED", "../shared/data")) / "rain"
METHODS = (
    "persistence", "extrapolation", "lucaskanade", "proesmans", "sprog", "anvil", "champion",
)  # fmt: skip
THRESHOLDS = [1.0, 5.0, 10.0]
TILE_MM = (5, 10, 15, 25)
KEMPTEN = (47.727, 10.316)


def sequences(options: argparse.Namespace) -> dict[str, tuple[xr.DataArray, list[int], int]]:
    """Return name → frames, numbers of the newest frame at each issue, leads."""
    if options.frames:
        issues = [int(number) for number in options.issues.split(",")]
        return {options.frames.name: (rain.read(options.frames), issues, 12)}
    yw = rain.read(SHARED / "radklim_yw_20170816", keep_clutter=True)
    mch = rain.read(SHARED / "mch_20160711")
    return {
        "RADKLIM 2017-08-16": (yw, [3, 4, 5], 6),
        "MeteoSwiss 2016-07-11": (mch, list(range(8, 27, 3)), 12),
    }


def available() -> list[str]:
    """Return the methods that run on this machine."""
    try:
        import pysteps  # noqa: F401  # prints where its settings lie
    except ImportError:
        return ["persistence", "extrapolation", "champion"]
    return list(METHODS)


def forecasts(frames: xr.DataArray, issues: list[int], leads: int, method: str) -> list:
    return [
        rain.nowcast(frames.isel(time=slice(0, issue + 1)), leads=leads, method=method)
        for issue in issues
    ]


def pixels(options: argparse.Namespace) -> None:
    for name, (frames, issues, leads) in sequences(options).items():
        print(f"\n{name}: CSI at 5 / 15 / 30 / 60 min, MAE in mm/h")
        rows = {}
        for method in available():
            start = time.process_time()
            made = forecasts(frames, issues, leads, method)
            cpu = time.process_time() - start
            table = rain.verify(made, frames, THRESHOLDS, scales_km=()).reset_index()
            rows[method] = table
            shown = [lead for lead in (5, 15, 30, 60) if lead <= 5 * leads]
            parts = [
                f"{t:g}: " + " ".join(f"{value(table, t, lead, 'csi'):.3f}" for lead in shown)
                for t in THRESHOLDS
            ]
            mae = " ".join(f"{value(table, 1.0, lead, 'mae'):.3f}" for lead in shown)
            print(f"{method:14s} {' | '.join(parts)} | MAE {mae} | {cpu / len(issues):.1f} s CPU")
        if "sprog" in rows:
            judge(rows)


def value(table: pd.DataFrame, threshold: float, lead: int, column: str) -> float:
    chosen = table[(table["threshold"] == threshold) & (table["lead"] == lead)]
    return float(chosen[column].iloc[0])


def judge(rows: dict[str, pd.DataFrame]) -> None:
    ours = rows["champion"]
    light = value(ours, 1.0, 30, "csi") - value(rows["sprog"], 1.0, 30, "csi")
    heavy = value(ours, 10.0, 30, "csi") - value(rows["anvil"], 10.0, 30, "csi")
    error = value(ours, 1.0, 30, "mae") / value(rows["lucaskanade"], 1.0, 30, "mae")
    print(f"  30 min: 1 mm/h {light:+.3f} to S-PROG (goal ≥ −0.005), "
          f"10 mm/h {heavy:+.3f} to ANVIL (≥ −0.005), MAE {error:.3f} of LK (≤ 0.92)")  # fmt: skip
    leads = [lead for lead in (30, 60) if lead in set(ours["lead"])]
    worst = min(
        value(ours, t, lead, "csi")
        - max(value(rows[m], t, lead, "csi") for m in ("lucaskanade", "persistence"))
        for t in THRESHOLDS
        for lead in leads
    )
    print(
        f"  worst of champion minus the better of LK and persistence: {worst:+.3f} (goal ≥ −0.010)"
    )


def fallen(frames: xr.DataArray, issue: int) -> xr.DataArray:
    """Return the sum of the hour after an issue, mm; NaN where any frame misses the cell."""
    hour = frames.isel(time=slice(issue + 1, issue + 13))
    return (hour.sum("time", skipna=False) / 12).assign_attrs(frames.attrs, units="mm")


def tiles(options: argparse.Namespace) -> None:
    for name, (frames, issues, leads) in sequences(options).items():
        if leads < 12:
            continue
        print(f"\n{name}: tiles of 8 km, CSI/POD/FAR of the hour's sum")
        truth = {issue: fallen(frames, issue) for issue in issues}
        for method in available():
            made = forecasts(frames, issues, leads, method)
            sums = {
                i: rain.hourly_sum(f).where(truth[i].notnull())
                for i, f in zip(issues, made, strict=True)
            }
            parts = []
            for limit in TILE_MM:
                said = [
                    rain.tile_events(sums[i].assign_attrs(units="mm"), 8, limit) for i in issues
                ]
                fell = [rain.tile_events(truth[i], 8, limit) for i in issues]
                a, b = (np.concatenate([t.to_numpy().ravel() for t in c]) for c in (said, fell))
                hits, both = (a & b).sum(), (a | b).sum()
                far = 1 - hits / max(a.sum(), 1)
                parts.append(
                    f"{limit} mm: {hits / max(both, 1):.3f}/{hits / max(b.sum(), 1):.2f}/{far:.2f}"
                )
            print(f"{method:14s} {' | '.join(parts)}")
        print("Brier score × 1000 of tile_probability (climatology of the same tiles)")
        for limit in TILE_MM:
            p, o = chances(frames, truth, limit)
            print(f"  ≥ {limit} mm: {1000 * ((p - o) ** 2).mean():.2f} "
                  f"({1000 * o.mean() * (1 - o.mean()):.2f}), n = {int(o.sum())}")  # fmt: skip
            if limit == 10:
                table = rain.verification.reliability(p, o)
                print(table.to_string())


def chances(
    frames: xr.DataArray, truth: dict[int, xr.DataArray], limit: float
) -> tuple[np.ndarray, np.ndarray]:
    said, fell = [], []
    for issue, total in truth.items():
        p = rain.tile_probability(frames.isel(time=slice(0, issue + 1)), threshold_mm=limit)
        said.append(np.nan_to_num(p.to_numpy()).ravel())
        fell.append(rain.tile_events(total, 8, limit).to_numpy().ravel())
    return np.concatenate(said), np.concatenate(fell).astype(float)


def cost(options: argparse.Namespace) -> None:
    frames, issues, _ = list(sequences(options).values())[-1]
    row, column = rain.place_index(frames, *KEMPTEN)
    at = [min(max(0, middle - 128), size - 256)
          for middle, size in ((row, frames.sizes["y"]), (column, frames.sizes["x"]))]  # fmt: skip
    window = frames.isel(y=slice(at[0], at[0] + 256), x=slice(at[1], at[1] + 256)).load()
    history = {issue: window.isel(time=slice(0, issue + 1)) for issue in issues}
    rain.nowcast(history[issues[0]])  # what is made once is not counted
    spent = {}

    def timed(name: str, work: Callable[[xr.DataArray], object]) -> list:
        start = time.process_time()
        made = [work(history[issue]) for issue in issues]
        spent[name] = (time.process_time() - start) / len(issues)
        return made

    timed("champion", rain.nowcast)
    print(f"champion, motion + 12 steps, 256 × 256: {spent['champion']:.2f} s CPU (goal ≤ 0.5)")
    timed("tiles", lambda f: rain.tile_probability(f, threshold_mm=10))
    if "anvil" not in available():
        return
    many = timed("steps", lambda f: rain.nowcast(f, method="steps", members=20))
    ratio = spent["tiles"] / spent["steps"]
    print(f"tile probability {spent['tiles']:.3f} s, STEPS-20 {spent['steps']:.1f} s CPU: "
          f"ratio {ratio:.4f} (goal ≤ 0.2)")  # fmt: skip
    for limit in TILE_MM[:3]:
        ours = [rain.tile_probability(history[i], threshold_mm=limit) for i in issues]
        errors = {"ours": [], "STEPS": []}
        for issue, p, members in zip(issues, ours, many, strict=True):
            fell = rain.tile_events(fallen(window, issue), 8, limit).to_numpy()
            theirs = rain.tile_events(rain.hourly_sum(members), 8, limit).mean("member")
            errors["ours"].append((np.nan_to_num(p) - fell) ** 2)
            errors["STEPS"].append((theirs.to_numpy() - fell) ** 2)
        a, b = (1000 * np.mean(errors[k]) for k in ("ours", "STEPS"))
        print(f"Brier × 1000, ≥ {limit} mm: ours {a:.2f}, STEPS-20 {b:.2f} (goal: not worse)")


def stand(options: argparse.Namespace) -> None:
    """Make storms whose cells pass through a place that does not move, and look at both parts."""
    for name, (frames, issues, _) in sequences(options).items():
        values = np.nan_to_num(frames.to_numpy())
        parts = [still_share(values[: i + 1][-7:], motion(values[: i + 1])) for i in issues]
        print(f"{name}: part of the unmoved frame {max(parts):.2f} (goal 0: it moves)")
    chance = np.random.default_rng(1)
    size, count = 200, 40
    y, x = np.indices((size, size))
    place = np.exp(-(((y - 100) / 18) ** 2) - ((x - 90) / 25) ** 2)
    texture = gaussian_filter(chance.standard_normal((size, size + 400)), 3)
    texture = np.exp(0.8 * (texture / texture.std()))
    storm = np.stack([40 * place * texture[:, 2 * t : 2 * t + size] for t in range(count)])
    storm[storm < 0.1] = 0
    print("made storm, cells drift through a place that stands: MAE of the hour's sum over 5 mm")
    for issue in (10, 16, 22):
        seen = storm[: issue + 1][-7:].astype("float32")
        truth = storm[issue + 1 : issue + 13].sum(axis=0) / 12
        part = still_share(seen, motion(seen))
        where = truth >= 5
        errors = {
            label: np.abs(np.nan_to_num(field) - truth)[where].mean()
            for label, field in (
                ("carried", accumulated(seen, 12, 300, still=0.0)),
                ("unmoved", seen[-1]),
                ("champion", accumulated(seen, 12, 300, still=part)),
            )
        }
        print(f"  part {part:.2f}: " + ", ".join(f"{k} {v:.2f} mm" for k, v in errors.items()))


def main() -> None:
    commands = {"pixels": pixels, "tiles": tiles, "cost": cost, "stand": stand}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="*", default=list(commands), help=", ".join(commands))
    parser.add_argument("--frames", type=Path)
    parser.add_argument("--issues", default="8,11,14,17,20,23,26")
    options = parser.parse_args()
    for what in options.what or commands:
        commands[what](options)


if __name__ == "__main__":
    main()
