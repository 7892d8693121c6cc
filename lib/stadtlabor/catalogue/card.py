"""The card of a data set: every field that somebody who reads, hosts or checks the data needs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, model_validator

from stadtlabor.catalogue.parts import (
    Contact,
    ContractRights,
    Controller,
    File,
    Grain,
    Owner,
    Period,
    Personal,
    Promise,
    Retention,
    Sensor,
    SensorsFrom,
    Sentence,
    Words,
    code,
)
from stadtlabor.catalogue.vocabulary import Licence, licences, questions
from stadtlabor.city import BoundingBox, Identifier

__all__ = ["Card"]


def _licence(key: str) -> str:
    if key not in licences():
        raise ValueError(f"ist „{key}“; möglich sind {', '.join(licences())}")
    return key


def _answers(given: dict[str, str]) -> dict[str, str]:
    for key in given:
        if key not in questions():
            raise ValueError(f"enthält „ethics.{key}“, eine Frage, die niemand stellt")
    for key, asked in questions().items():
        if key not in given:
            raise ValueError(f"lässt „ethics.{key}“ offen: {asked.question}")
    return {key: given[key] for key in questions()}


class Card(BaseModel):
    """What a data set is.

    Attributes
    ----------
    id
        Name of the data set in the store; the file is called so too.
    form
        ``observations`` and ``grid`` are kept in the store, a ``register`` has files of its own.
    access
        ``PUBLIC``: everybody may read the published grain.
    k
        Values that rest on fewer persons are not published.
    policy
        Name of a file in ``datasets/policies``.
    invented
        No device or survey stands behind the values.
    provider
        Key of ``[sources]`` in the settings that says whether a provider is simulated.
    ethics
        Answer to each question of ``ethics.de.toml``, by its key.
    contract
        What values must hold to when they come in; others are refused.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    id: Identifier
    title: Words
    description: Sentence
    form: Literal["observations", "grid", "register"]
    purpose: Sentence
    legal_basis: Sentence
    keywords: Annotated[list[Words], Field(min_length=1)]
    themes: Annotated[list[Annotated[str, code("themes")]], Field(min_length=1)]
    licence: Annotated[Words, AfterValidator(_licence)]
    attribution: Words
    access: Annotated[Words, code("access")]
    policy: Identifier
    k: Annotated[int, Field(ge=1)]
    quality: Sentence
    known_bias: Sentence
    update: Annotated[Words, code("update")]
    invented: StrictBool
    controller: Controller
    owner: Owner
    contact: Contact
    personal: Personal
    grain: Grain
    retention: Retention
    contract_rights: ContractRights
    ethics: Annotated[dict[str, Sentence], AfterValidator(_answers)]
    provider: Literal["dwd", "hystreet"] | None = None
    hvd: Annotated[str, code("hvd")] | None = None
    temporal: Period | None = None
    area: BoundingBox | None = None
    sensors: list[Sensor] = []
    sensors_from: SensorsFrom | None = None
    files: list[File] = []
    columns_from: Annotated[str, Field(pattern=r"^[a-z_.]+/[a-z_.]+\.toml$")] | None = None
    contract: list[Promise] = []

    @model_validator(mode="after")
    def _agrees(self) -> Card:
        for wrong, said in (
            (self.form == "register" and not self.files,
             "braucht „files“: Ein Verzeichnis nennt seine Dateien"),
            (self.form != "register" and not self.contract,
             "braucht „contract“: Ohne Vertrag über die Werte nimmt der Empfang nichts an"),
            (self.access == "PUBLIC" and not licences()[self.licence].open,
             "nennt als „access“ PUBLIC, die „licence“ ist aber nicht offen"),
            (self.access == "PUBLIC" and self.personal.level == "direct",
             "nennt als „access“ PUBLIC, „personal.level“ ist aber direct"),
            (self.access == "PUBLIC" and not self.contract_rights.redistribution,
             "nennt als „access“ PUBLIC, „contract_rights.redistribution“ ist aber false"),
            (self.personal.level != "none" and self.k == 1,
             "braucht ein „k“ über 1, weil „personal.level“ nicht none ist"),
            (self.personal.level != "none" and not self.retention.raw_days,
             "braucht „retention.raw_days“ über 0, weil „personal.level“ nicht none ist"),
            (bool(self.sensors) and self.sensors_from is not None,
             "nennt „sensors“ und „sensors_from“; bitte nur eines"),
        ):  # fmt: skip
            if wrong:
                raise ValueError(said)
        return self

    @property
    def terms(self) -> Licence:
        """The licence."""
        return licences()[self.licence]

    @property
    def credit(self) -> str:
        """How to name source and licence."""
        return self.terms.attribution.format(attribution=self.attribution)

    @property
    def simulated(self) -> bool:
        """Whether no real device or provider stands behind the values at present."""
        from stadtlabor.settings import settings

        if self.provider is None:
            return self.invented
        chosen: str = getattr(settings().sources, self.provider)
        return self.invented or chosen == "simulated"
