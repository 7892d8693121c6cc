"""What a notebook's ``parameters`` cell lets others choose, with its types."""

from __future__ import annotations

import ast
import difflib
import io
import json
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from stadtlabor.promotion.errors import PromotionError

__all__ = ["Parameter", "checked", "read_parameters"]

_TYPES: dict[str, Any] = {
    "str": str, "int": int, "float": float, "bool": bool, "list": list, "dict": dict,
    "Any": Any, "None": None,
}  # fmt: skip
_WORDS = {
    str: "ein Text", int: "eine ganze Zahl", float: "eine Zahl", bool: "true oder false",
    list: "eine Liste", dict: "eine Tabelle",
}  # fmt: skip


@dataclass(frozen=True)
class Parameter:
    """One name of the ``parameters`` cell.

    Attributes
    ----------
    name
        As in the cell.
    type
        From its annotation; without one, the type of its default.
    default
        Value in the cell.
    help
        Comment behind it.
    """

    name: str
    type: Any
    default: Any
    help: str = ""

    def read(self, value: Any, *, words: bool = False) -> Any:
        """Return a value of this parameter's type.

        Parameters
        ----------
        value
            As given.
        words
            True where it was typed on a command line: ``"60"`` is a number then.

        Raises
        ------
        PromotionError
            German, if it is of another type.
        """
        try:
            if words and isinstance(value, str):
                return self._from_words(value)
            return TypeAdapter(self.type).validate_python(value, strict=True)
        except ValidationError:
            wanted = _WORDS.get(self.type) or f"vom Typ {_name(self.type)}"
            raise PromotionError(
                f"„{self.name}“ muss {wanted} sein, angegeben ist {value!r}. Bitte so schreiben "
                f"wie im Notebook: {self.name} = {self.default!r}."
            ) from None

    def _from_words(self, value: str) -> Any:
        adapter = TypeAdapter(self.type)
        try:
            return adapter.validate_python(value, strict=self.type is Any)
        except ValidationError:
            return adapter.validate_json(value)


def read_parameters(source: str, name: str) -> dict[str, Parameter]:
    """Return the parameters of a notebook.

    Parameters
    ----------
    source
        The notebook as it lies on the disk, JSON.
    name
        Its name, for messages.

    Raises
    ------
    PromotionError
        German, if it is no whole notebook, has no cell tagged ``parameters``, or a value there is
        not a plain one.
    """
    try:
        notebook = json.loads(source)
        cells = [
            "".join(cell["source"])
            for cell in notebook["cells"]
            if cell["cell_type"] == "code" and "parameters" in cell["metadata"].get("tags", [])
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise PromotionError(
            f"{name} ist kein vollständiges Notebook. Bitte in JupyterLab öffnen und speichern."
        ) from None
    if not notebook.get("metadata", {}).get("kernelspec", {}).get("language"):
        raise PromotionError(
            f"{name} nennt keine Sprache. Bitte in JupyterLab mit dem Kern „Python 3“ öffnen "
            "und speichern."
        )
    if len(cells) != 1:
        raise PromotionError(
            f"{name} hat {len(cells)} Zellen mit dem Etikett „parameters“, nötig ist genau eine. "
            "Bitte in JupyterLab setzen: Zahnrad → Zellen-Tags."
        )
    try:
        return {each.name: each for each in _assigned(cells[0])}
    except (SyntaxError, ValueError, KeyError, tokenize.TokenError) as error:
        raise PromotionError(
            f"{name}: Die Zelle „parameters“ darf nur Zeilen wie tage = 60 enthalten, mit einem "
            f"einfachen Wert ({error})."
        ) from None


def checked(
    known: Mapping[str, Parameter], given: Mapping[str, Any], name: str, *, words: bool = False
) -> dict[str, Any]:
    """Return the given values with their types; nothing is started with wrong ones.

    Parameters
    ----------
    known
        The notebook's parameters.
    given
        Values by name.
    name
        Name of the notebook, for messages.
    words
        True for values from a command line.

    Raises
    ------
    PromotionError
        German, if a name is unknown or a value of the wrong type.
    """
    unknown = sorted(set(given) - set(known))
    if unknown:
        near = difflib.get_close_matches(unknown[0], known, 1)
        raise PromotionError(
            f"{name} kennt diese Angaben nicht: {', '.join(unknown)}. "
            f"Bekannt sind: {', '.join(sorted(known)) or 'keine'}."
            + (f" Vielleicht „{near[0]}“?" if near else "")
        )
    return {each: known[each].read(value, words=words) for each, value in given.items()}


def _assigned(cell: str) -> list[Parameter]:
    comments = {
        token.start[0]: token.string.lstrip("# ").strip()
        for token in tokenize.generate_tokens(io.StringIO(cell).readline)
        if token.type == tokenize.COMMENT
    }
    found = []
    for line in ast.parse(cell).body:
        if isinstance(line, ast.AnnAssign) and line.value is not None:
            target: ast.expr = line.target
            kind = _type(line.annotation)
            default = ast.literal_eval(line.value)
        elif isinstance(line, ast.Assign) and len(line.targets) == 1:
            target, default = line.targets[0], ast.literal_eval(line.value)
            kind = Any if default is None else type(default)
        else:
            raise ValueError(f"Zeile {line.lineno}")
        if not isinstance(target, ast.Name):
            raise ValueError(f"Zeile {line.lineno}")
        help_ = comments.get(line.end_lineno or line.lineno, "")
        found.append(Parameter(target.id, kind, default, help_))
    return found


def _type(node: ast.expr) -> Any:
    """Read an annotation made of plain types, without running any of it."""
    if isinstance(node, ast.Constant) and node.value is None:
        return None
    if isinstance(node, ast.Name):
        return _TYPES[node.id]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return reduce(or_, (_type(node.left), _type(node.right)))
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if node.value.id == "Literal":
            return Literal[tuple(ast.literal_eval(part) for part in parts)]
        return _TYPES[node.value.id][tuple(_type(part) for part in parts)]
    raise ValueError(f"Typ {ast.unparse(node)}")


def _name(kind: Any) -> str:
    return kind.__name__ if isinstance(kind, type) else str(kind).replace("typing.", "")
