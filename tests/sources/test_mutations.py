"""A few of the 10,000 files of ``tests/benchmarks/import.py``, and proof that the judge judges."""

import numpy as np
import pytest

from sources.judge import bad_refusal, wrong
from sources.mutations import mutate
from sources.rendering import render
from sources.samples import LAYOUTS, draw, workbook
from stadtlabor.sources import SourceError, meter

FILES = 100


@pytest.mark.parametrize("layout", LAYOUTS, ids=[x.__name__ for x in LAYOUTS])
@pytest.mark.parametrize("as_book", [False, True], ids=["csv", "xlsx"])
def test_valid_files_are_read_whole(layout, as_book):
    rng = np.random.default_rng(3)
    sample = layout(rng)
    if as_book and sample.delimiter != ";":
        pytest.skip("written with points")
    sample = workbook(sample) if as_book else sample
    reading = meter.read_bytes(render(sample, rng), sample.name)
    assert not wrong(sample, reading)
    assert not reading.report.rejected
    assert not reading.report.gaps
    said = [value for row in sample.truth.values() for *_, value in row]
    true = said[-1] - said[0] if sample.counter else sum(said)
    assert reading.data["value"].sum() == pytest.approx(true)


def verdict(sample, body):
    try:
        reading = meter.read_bytes(body, sample.name)
    except SourceError as error:
        return bad_refusal(sample, error)
    return wrong(sample, reading)


def test_no_mutated_file_is_silently_wrong():
    for number in range(FILES):
        rng = np.random.default_rng([11, number])
        sample = draw(rng)
        names = mutate(sample, rng)
        assert not verdict(sample, render(sample, rng)), (number, names)


@pytest.mark.parametrize("layout", LAYOUTS, ids=[x.__name__ for x in LAYOUTS])
def test_the_judge_sees_loss_gain_and_change(layout):
    rng = np.random.default_rng(5)
    sample = layout(rng)
    body = render(sample, rng)

    def judged(change):
        reading = meter.read_bytes(body, sample.name)
        reading.data = change(reading.data)
        return wrong(sample, reading)

    assert not judged(lambda d: d)
    assert judged(lambda d: d.assign(value=d["value"].where(d.index != 2, d["value"] * 1.01)))
    assert judged(lambda d: d.assign(start=d["start"] + (d["end"] - d["start"])))
    if not sample.counter:  # a counter's periods without gap follow from the differences
        assert judged(lambda d: d.drop(index=2))
