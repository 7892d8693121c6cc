"""What a pupil reads when Python gives up: a German sentence and what to try, no traceback.

The output stays an error for programs that run notebooks, so a broken lesson is found by tests.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from stadtlabor.ui.texts import text

__all__ = ["explain", "install"]


@cache
def _rules() -> list[dict[str, str]]:
    words = files("stadtlabor.learning").joinpath("trouble.de.toml").read_text("utf-8")
    rules: list[dict[str, str]] = tomllib.loads(words)["rule"]
    return rules


def explain(error: BaseException) -> str:
    """Return German sentences on an error: what it means and what to try.

    Errors that our own library raises are German already and are passed on.
    """
    name, message = type(error).__name__, str(error)
    if type(error).__module__.startswith("stadtlabor") and message:
        return message
    line = ""
    if isinstance(error, SyntaxError) and error.lineno is not None:
        line = f" {text('trouble.line', number=error.lineno)}"
    for rule in _rules():
        if rule["error"] not in {cls.__name__ for cls in type(error).__mro__}:
            continue
        found = re.search(rule.get("message", ""), message)
        if found:
            return rule["says"].format(*found.groups()) + line
    return text("trouble.unknown", name=name) + line


def install() -> None:
    """Let the running kernel explain errors in German; does nothing outside a kernel."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None or getattr(shell, "stadtlabor_trouble", False):
        return

    def told(_: Any, kind: type[BaseException], error: BaseException, *__: Any, **___: Any) -> None:
        shell._showtraceback(kind, error, [explain(error)])

    def syntax(*_: Any, **__: Any) -> None:
        import sys

        kind, error, _trace = sys.exc_info()
        if kind is not None and error is not None:
            shell._showtraceback(kind, error, [explain(error)])

    shell.set_custom_exc((Exception,), told)
    shell.showsyntaxerror = syntax
    shell.showindentationerror = syntax
    shell.stadtlabor_trouble = True
