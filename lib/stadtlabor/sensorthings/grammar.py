"""Read ``$filter``: words → expression, with every field and type checked on the way.

Known libraries for OData read neither ``substringof`` nor ``st_within`` nor nested options, and do
not know the fields; a reader of our own says in German what is wrong and where.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime

from stadtlabor.sensorthings.fields import path
from stadtlabor.sensorthings.functions import FUNCTIONS, NOT_OFFERED
from stadtlabor.sensorthings.geometry import from_text
from stadtlabor.sensorthings.lexing import Token, tokens
from stadtlabor.sensorthings.model import Kind
from stadtlabor.sensorthings.refusal import refuse, words
from stadtlabor.sensorthings.syntax import (
    And,
    Call,
    Compare,
    Expression,
    Literal,
    Not,
    Or,
    Path,
)

__all__ = ["instant", "kind_of", "parse"]

MOST_LEVELS = 30
COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
ARITHMETIC = ("add", "sub", "mul", "div", "mod")
NO_ORDER = ("flag", "geometry", "object")


def parse(text: str, kind: Kind, option: str = "$filter") -> Expression:
    """Read an expression about entities of a kind; it is true or false of each.

    Raises
    ------
    Refusal
        400 if it cannot be read, 501 if it asks for what this service does not do.
    """
    reader = _Reader(text, kind, option)
    found = reader.disjunction(0)
    end = reader.token
    if end.kind != "end":
        if end.text in ARITHMETIC:
            raise refuse("filter.arithmetic", 501, option=option, name=end.text)
        raise refuse("filter.rest", option=option, at=end.at, text=end.text)
    if kind_of(found) not in ("flag", "any"):
        raise refuse("filter.truth", option=option)
    return found


def kind_of(expression: Expression) -> str:
    """Return the type of what an expression gives."""
    if isinstance(expression, Literal | Path | Call):
        return expression.kind
    return "flag"


def instant(text: str, option: str) -> datetime:
    """Read a time with zone, or a day: its start in UTC."""
    try:
        # An address may have turned the plus of the zone into a space.
        stated = datetime.fromisoformat(text.replace(" ", "+"))
        zoned = stated if stated.tzinfo else stated.replace(tzinfo=UTC)
        return zoned.astimezone(UTC)
    except (ValueError, OverflowError):
        raise refuse("filter.time", option=option, text=text) from None


class _Reader:
    def __init__(self, text: str, kind: Kind, option: str) -> None:
        self._tokens = tokens(text, option)
        self._at = 0
        self._kind, self._option = kind, option

    @property
    def token(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self.token
        if token.kind == "end":
            raise refuse("filter.end", option=self._option)
        self._at += 1
        return token

    def _word(self, *texts: str) -> bool:
        """Take a word if it is one of these."""
        if self.token.kind in ("name", "mark") and self.token.text in texts:
            self._at += 1
            return True
        return False

    def _expect(self, mark: str) -> None:
        if not self._word(mark):
            if self.token.kind == "end":
                raise refuse("filter.end", option=self._option)
            if self.token.text in ARITHMETIC:
                raise refuse("filter.arithmetic", 501, option=self._option, name=self.token.text)
            raise refuse(
                "filter.expected",
                option=self._option,
                at=self.token.at,
                wanted=mark,
                text=self.token.text,
            )

    def disjunction(self, level: int) -> Expression:
        if level > MOST_LEVELS:
            raise refuse("filter.deep", option=self._option, most=MOST_LEVELS)
        parts = [self._conjunction(level)]
        while self._word("or"):
            parts.append(self._conjunction(level))
        return parts[0] if len(parts) == 1 else Or(tuple(map(self._true, parts)))

    def _conjunction(self, level: int) -> Expression:
        parts = [self._negation(level)]
        while self._word("and"):
            parts.append(self._negation(level))
        return parts[0] if len(parts) == 1 else And(tuple(map(self._true, parts)))

    def _negation(self, level: int) -> Expression:
        opposite = False
        while self._word("not"):
            opposite = not opposite
        found = self._comparison(level)
        return Not(self._true(found)) if opposite else found

    def _comparison(self, level: int) -> Expression:
        left = self._value(level)
        if not (self.token.kind == "name" and self.token.text in COMPARISONS):
            return left
        op = self._take().text
        right = self._value(level)
        self._check(op, left, right)
        return Compare(op, left, right)

    def _value(self, level: int) -> Expression:
        if self._word("("):
            found = self.disjunction(level + 1)
            self._expect(")")
            return found
        token = self._take()
        if token.kind == "name":
            return self._named(token, level)
        if token.kind in ("duration", "interval"):
            raise refuse(f"filter.{token.kind}", 501, option=self._option)
        if token.kind == "mark":
            raise refuse("filter.sign", option=self._option, at=token.at, text=token.text)
        return self._literal(token)

    def _named(self, token: Token, level: int) -> Expression:
        if token.text in ("true", "false"):
            return Literal("flag", token.text == "true")
        if token.text == "null":
            return Literal("null", None)
        if self.token.kind == "mark" and self.token.text == "(":
            return self._call(token.text, level)
        if token.text in (*COMPARISONS, "and", "or", *ARITHMETIC):
            raise refuse("filter.sign", option=self._option, at=token.at, text=token.text)
        return path(token.text, self._kind, self._option)

    def _literal(self, token: Token) -> Literal:
        option, text = self._option, token.text
        if token.kind == "text":
            return Literal("text", text[1:-1].replace("''", "'"))
        if token.kind == "number":
            number = float(text)
            if not math.isfinite(number):
                raise refuse("filter.number", option=option, text=text)
            return Literal("number", number)
        if token.kind == "geometry":
            inner = text.partition("'")[2][:-1].replace("''", "'")
            return Literal("geometry", from_text(inner, option))
        if token.kind == "wrong":
            raise refuse("filter.time", option=option, text=text)
        return Literal("time", instant(text, option))

    def _call(self, name: str, level: int) -> Call:
        known = ", ".join(sorted(FUNCTIONS))
        if name in NOT_OFFERED:
            raise refuse(
                "filter.function_missing", 501, option=self._option, name=name, known=known
            )
        if name not in FUNCTIONS:
            raise refuse("filter.unknown_function", option=self._option, name=name, known=known)
        function = FUNCTIONS[name]
        arguments = self._arguments(level)
        if len(arguments) != len(function.takes):
            count = len(function.takes)
            raise refuse("filter.arguments", option=self._option, name=name, count=count)
        for nth, (argument, wanted) in enumerate(zip(arguments, function.takes, strict=True), 1):
            if kind_of(argument) not in (wanted, "any", "null"):
                raise refuse(
                    "filter.argument_kind",
                    option=self._option,
                    name=name,
                    nth=nth,
                    kind=words(f"kinds.{wanted}"),
                )
        return Call(name, tuple(arguments), function.gives)

    def _arguments(self, level: int) -> list[Expression]:
        self._expect("(")
        found: list[Expression] = []
        if self._word(")"):
            return found
        while True:
            found.append(self.disjunction(level + 1))
            if self._word(")"):
                return found
            self._expect(",")

    def _true(self, part: Expression) -> Expression:
        if kind_of(part) not in ("flag", "any"):
            raise refuse("filter.truth", option=self._option)
        return part

    def _check(self, op: str, left: Expression, right: Expression) -> None:
        kinds = (kind_of(left), kind_of(right))
        if op not in ("eq", "ne"):
            for kind in kinds:
                if kind in NO_ORDER:
                    said = words(f"kinds.{kind}")
                    raise refuse("filter.order", option=self._option, op=op, kind=said)
        if "any" in kinds or "null" in kinds or kinds[0] == kinds[1]:
            return
        a, b = (words(f"kinds.{kind}") for kind in kinds)
        raise refuse("filter.compare", option=self._option, left=a[:1].upper() + a[1:], right=b)
