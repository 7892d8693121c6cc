from datetime import UTC, datetime
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stadtlabor.sources import DECODERS, DecodeError, Delivery, decode

RECEIVED = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize("target", DECODERS.values(), ids=list(DECODERS))
def test_every_decoder_exists(target):
    module, _, name = target.partition(":")
    assert callable(getattr(import_module(module), name))


def test_unknown_kind():
    with pytest.raises(DecodeError, match="Die Art „fax“ ist nicht bekannt"):
        decode(Delivery("fax", "brief", b"", RECEIVED))


# An answer of no lines at all is a good one there; tests of its own look at the rest.
STRICT = sorted(DECODERS.keys() - {"tts-storage"})


@given(st.sampled_from(STRICT), st.binary(max_size=200))
@settings(max_examples=150)
def test_no_bytes_bring_a_decoder_down(kind, body):
    with pytest.raises(DecodeError, match=r"[.?]$"):
        decode(Delivery(kind, "datei", body, RECEIVED))
