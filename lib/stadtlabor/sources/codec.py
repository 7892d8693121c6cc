"""Decode payloads of LoRaWAN devices with their makers' JavaScript codecs, locked away.

A codec is foreign code. It runs in QuickJS, which knows neither files nor the net, with limits of
time and memory, in a process of its own that may not write and holds no secret. An endless loop is
stopped there; if that process hangs or falls, it is ended and the next payload gets a fresh one.
The ingest only ever sees JSON.

Forms: ``decodeUplink(input)`` of The Things Stack (thethingsindustries.com/docs, "Payload
Formatters, JavaScript, Uplink") and ChirpStack v4, ``Decode(fPort, bytes, variables)`` of
ChirpStack v3 and ``Decoder(bytes, port)`` of The Things Network v2.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import subprocess
import sys
import threading
import time
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from stadtlabor.sources.http import SourceError

__all__ = ["CodecError", "Sandbox", "decode_payload", "sandbox"]

PATIENCE_S = 2.0
"""Longest wait for an answer; the codec itself has less, see :mod:`codec_child`."""
MOST_CODE = 500_000
CHILD = Path(__file__).with_name("codec_child.py")

REASONS = {
    "InternalError: interrupted": "Die Funktion rechnet zu lange und wurde angehalten.",
    "InternalError: out of memory": "Die Funktion braucht zu viel Speicher und wurde angehalten.",
    "MemoryError": "Die Funktion braucht zu viel Speicher und wurde angehalten.",
    "InternalError: stack overflow": "Die Funktion ruft sich endlos auf und wurde angehalten.",
    "no decoder": "Die Datei enthält keine der Funktionen decodeUplink, Decode oder Decoder.",
    "no answer": "Die Funktion liefert kein brauchbares Ergebnis.",
}


class CodecError(SourceError):
    """A payload could not be decoded; the message says in German why."""


class Sandbox:
    """The process that runs codecs; it is started when first needed, safe for threads."""

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def run(self, code: str, payload: bytes, port: int, received_at: datetime) -> Any:
        """Run a codec on one payload.

        Parameters
        ----------
        code
            The JavaScript.
        payload
            Bytes of the application (FRMPayload).
        port
            LoRaWAN port.
        received_at
            When the server received it.

        Returns
        -------
        Any
            What the codec returns, as JSON would hold it.

        Raises
        ------
        CodecError
            In German, if the codec fails, is stopped or returns nothing.
        """
        question = {
            "code": code,
            "bytes": list(payload),
            "port": port,
            "time": received_at.isoformat(),
        }
        with self._lock:
            answer = self._ask(json.dumps(question).encode() + b"\n")
        if "fault" in answer:
            fault = str(answer["fault"])
            raise CodecError(REASONS.get(fault, f"Die Funktion meldet einen Fehler ({fault})."))
        return answer["answer"]

    def close(self) -> None:
        """End the process."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            for pipe in (self._child.stdin, self._child.stdout):
                if pipe:
                    pipe.close()
            self._child = None

    def _ask(self, line: bytes) -> dict[str, Any]:
        child = self._started()
        try:
            assert child.stdin is not None  # noqa: S101 - it is a pipe
            child.stdin.write(line)
            child.stdin.flush()
            told: dict[str, Any] = json.loads(self._line(child))
        except (OSError, ValueError, TimeoutError) as error:
            self.close()
            if isinstance(error, TimeoutError):
                return {"fault": "InternalError: interrupted"}
            return {"fault": "MemoryError"}  # it fell: what a codec can do is use up memory
        return told

    def _line(self, child: subprocess.Popen[bytes]) -> bytes:
        assert child.stdout is not None  # noqa: S101 - it is a pipe
        until, parts = time.monotonic() + self._patience_s, b""
        while not parts.endswith(b"\n"):
            wait = until - time.monotonic()
            if wait <= 0 or not select.select([child.stdout], [], [], wait)[0]:
                raise TimeoutError
            part = os.read(child.stdout.fileno(), 1 << 16)
            if not part:
                raise ValueError("it is gone")
            parts += part
        return parts

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self.close()
            self._child = subprocess.Popen(
                # Isolated: neither this folder nor the user's packages are on its path.
                [sys.executable, "-I", str(CHILD)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"LANG": "C.UTF-8"},
                cwd="/",
                start_new_session=True,
                bufsize=0,
            )
        return self._child


@lru_cache(maxsize=1)
def sandbox() -> Sandbox:
    """Return the sandbox of this process."""
    found = Sandbox()
    atexit.register(found.close)
    return found


def decode_payload(path: Path, payload: bytes, port: int, received_at: datetime) -> dict[str, Any]:
    """Return the fields that a codec reads from a payload.

    Parameters
    ----------
    path
        File of the codec.
    payload, port, received_at
        As in :meth:`Sandbox.run`.

    Raises
    ------
    CodecError
        In German, with the name of the file, if it cannot be read, fails or reports errors.
    """
    try:
        code = _code(path, path.stat().st_mtime_ns)
        told = sandbox().run(code, payload, port, received_at)
    except (OSError, UnicodeDecodeError) as error:
        raise CodecError(
            f"{path.name}: Die Dekodierfunktion ist nicht lesbar. Bitte Datei und Namen prüfen."
        ) from error
    except CodecError as error:
        raise CodecError(f"{path.name}: {error} Bitte die Funktion prüfen.") from None
    if not isinstance(told, dict):
        raise CodecError(f"{path.name}: Die Funktion liefert kein Objekt. Bitte prüfen.")
    if told.get("errors"):
        said = "; ".join(map(str, told["errors"])) if isinstance(told["errors"], list) else "?"
        raise CodecError(f"{path.name}: Die Funktion lehnt die Nachricht ab ({said[:200]}).")
    data = told.get("data")
    if not isinstance(data, dict):
        raise CodecError(f"{path.name}: Die Funktion liefert keine Felder. Bitte prüfen.")
    return data


@lru_cache(maxsize=32)
def _code(path: Path, changed: int) -> str:
    code = path.read_text(encoding="utf-8")
    if len(code) > MOST_CODE:
        raise CodecError(f"Die Datei ist länger als {MOST_CODE} Zeichen.")
    return code
