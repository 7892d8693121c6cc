"""Runs codecs, one line of JSON in, one out; started by :mod:`stadtlabor.sources.codec` as a file.

It stands alone so that it starts in a moment and holds nothing of the city: no data, no settings,
no environment, no file that it could write. What a codec does to it ends with it.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

import quickjs

MEMORY = 32 * 2**20
"""Bytes that a codec may use."""
STACK = 512 * 1024
CPU_S = 0.5
MOST_ANSWER = 200_000
ADDRESS_SPACE = 512 * 2**20
OPEN_FILES = 16

# The forms of a decoder: The Things Stack and ChirpStack v4, ChirpStack v3, The Things Network v2.
RUN = """
(function () {
  const given = %s;
  const when = new Date(given.time);
  if (typeof decodeUplink === "function")
    return JSON.stringify(decodeUplink({
      bytes: given.bytes, fPort: given.port, recvTime: when, variables: {}}));
  if (typeof Decode === "function")
    return JSON.stringify({data: Decode(given.port, given.bytes, {})});
  if (typeof Decoder === "function")
    return JSON.stringify({data: Decoder(given.bytes, given.port)});
  return null;
})()
"""


def run(question: dict[str, Any]) -> dict[str, Any]:
    """Run a codec once, in a context of its own: nothing of one device reaches the next."""
    context = quickjs.Context()
    context.set_memory_limit(MEMORY)
    context.set_max_stack_size(STACK)
    context.set_time_limit(CPU_S)
    try:
        context.eval(question["code"])
        given = {name: question[name] for name in ("bytes", "port", "time")}
        told = context.eval(RUN % json.dumps(given))
    except quickjs.JSException as error:
        return {"fault": str(error).strip().splitlines()[0][:300] if str(error).strip() else "?"}
    if told is None:
        return {"fault": "no decoder"}
    if not isinstance(told, str) or len(told) > MOST_ANSWER:
        return {"fault": "no answer"}
    return {"answer": json.loads(told)}


def confine() -> None:
    """Give up what a decoder does not need, for good."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Answer until nobody asks any more."""
    confine()
    for line in sys.stdin:
        try:
            answer = run(json.loads(line))
        except (MemoryError, RecursionError, ValueError) as error:
            answer = {"fault": type(error).__name__}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
