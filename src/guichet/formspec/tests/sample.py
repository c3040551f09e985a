"""A form with every kind of answer, for these tests only; it is never registered."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, ClassVar, Self

from django.db.models import TextChoices
from pydantic import Field

from guichet.formspec.declare import Ask, FormType, Kind, Row, Section, last_rule, rule
from guichet.formspec.findings import blocking, warning
from guichet.formspec.types import (
    Amount,
    Count,
    DecisionNumber,
    Kilometres,
    LongText,
    PaymentReference,
    ShortText,
    SwissDate,
    SwissTime,
    Tick,
)
from guichet.kernel.findings import Finding  # noqa: TC001

if TYPE_CHECKING:
    from collections.abc import Iterator


class Way(TextChoices):
    """By foot or by car."""

    FOOT = "foot", "À pied"
    CAR = "car", "En voiture"


class Walk(Row):
    """A line."""

    on: Annotated[SwissDate, Ask("Date", width="date")]
    way: Annotated[Way, Kind("select"), Ask("Moyen")]
    kilometres: Annotated[Kilometres | None, Ask("Kilomètres", shown_if=("way", ("car",)))] = None
    times: Annotated[Count, Field(ge=1, le=9), Ask("Nombre")] = 1
    price: Annotated[Amount | None, Ask("Prix")] = None
    alone: Annotated[Tick, Ask("Sans accompagnant")] = False

    @rule
    def a_car_says_how_far(self, context: object) -> Iterator[Finding]:
        del context
        if self.way is Way.CAR and not self.kilometres:
            yield blocking("walk.far", "kilometres", "Indiquez les kilomètres.", source="RAI 90")


class Excursion(FormType):
    """999.001."""

    code = "999.001"
    edition = "2026-01"
    title = "Excursion"

    leader: Annotated[ShortText, Field(min_length=1), Ask("Responsable")]
    start: Annotated[SwissTime | None, Ask("Départ")] = None
    decision: Annotated[DecisionNumber | None, Ask("Décision")] = None
    reference: Annotated[PaymentReference, Ask("Référence")] = ""
    remark: Annotated[LongText, Ask("Remarque")] = ""
    walks: Annotated[list[Walk], Field(min_length=1, max_length=3), Ask("Trajets")]

    sections: ClassVar[tuple[Section, ...]] = (
        Section("Personne", ("leader", "start", "decision", "reference")),
        Section("Trajets", ("walks",), "Un par ligne."),
        Section("Remarque", ("remark",)),
    )

    @rule
    def a_leader_has_two_names(self, context: object) -> Iterator[Finding]:
        del context
        if " " not in self.leader:
            yield warning("leader.short", "leader", "Un nom manque-t-il à « {leader} » ?", leader=self.leader)

    @last_rule
    def somebody_pays(self, context: object) -> Iterator[Finding]:
        if sum((walk.price or 0 for walk in self.walks), start=0) > Decimal(str(context)):
            yield blocking("too.dear", "walks", "Trop cher.")

    @classmethod
    def example(cls) -> Self:
        return cls.model_validate({"leader": "Anna Exemple", "walks": [{"on": "03.02.2026", "way": "foot"}]})
