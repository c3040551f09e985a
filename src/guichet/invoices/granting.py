"""What the office granted under the number somebody typed, and what this invoice would take of it (INV-10).

A number alone is only a number: while the office has not entered its decision it is « non vérifié » and nothing is
counted. Whatever does not fit is a warning to be explained, never a silent block.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from guichet.formspec.findings import warning
from guichet.invoices.formtypes.base import Granted, InvoiceForm
from guichet.invoices.models import OfficeDecision, Quota, QuotaBalance, QuotaKind
from guichet.kernel import dates, decisions, money
from guichet.kernel.findings import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from uuid import UUID

    from guichet.formspec.reading import Reading
    from guichet.invoices.formtypes.base import Context, Use
    from guichet.invoices.models import Beneficiary
    from guichet.kernel.findings import Finding
    from guichet.tenancy.models import Insurer

_ZERO: Final = Decimal("0.00")
_SOURCE: Final = "KZIL 19"
NONE, UNVERIFIED, FOREIGN, GRANTED = "none", "unverified", "foreign", "granted"


@dataclass(frozen=True)
class Office:
    """What the office knows about a number: fetched once for all checks of one act."""

    state: str = NONE  # no number yet, not entered by the office, of another person, entered
    decision: OfficeDecision | None = None
    quotas: tuple[Quota, ...] = ()
    used: dict[tuple[UUID, str], tuple[Decimal, Decimal]] = field(default_factory=dict)  # reserved, consumed
    others: tuple[OfficeDecision, ...] = ()  # the person's other decisions


NOTHING: Final = Office()


@dataclass(frozen=True)
class Want:
    """What an invoice would take of one month, year or all of a quota."""

    quota: Quota
    bucket: str
    quantity: Decimal


@dataclass(frozen=True)
class Line:
    """A quota as it stands, and after this invoice."""

    quota: Quota
    bucket: str
    consumed: Decimal
    reserved: Decimal
    wanted: Decimal

    @property
    def rest(self) -> Decimal:
        """« Reste après cette facture »; negative beyond the limit."""
        return self.quota.limit - self.consumed - self.reserved - self.wanted

    @property
    def is_over(self) -> bool:
        """Whether this invoice goes beyond the limit."""
        return self.rest < 0 and self.wanted > 0


def find(typed: object, beneficiary: Beneficiary | None, insurer: Insurer) -> Office:
    """The office's decision under a typed number, if it is of this person."""
    try:
        number = decisions.parse_decision(str(typed or ""))
    except Invalid:
        return Office()
    decision = OfficeDecision.objects.filter(insurer=insurer, number=number, archived_at=None).first()
    if decision is None:
        return Office(UNVERIFIED)
    if beneficiary is None:
        return Office()
    if decision.avs_number != beneficiary.avs_number:
        return Office(FOREIGN)
    return of_decision(decision)


def of_decision(decision: OfficeDecision) -> Office:
    """A decision with its quotas, what of them is used, and the person's other decisions."""
    quotas = tuple(decision.quotas.order_by("kind", "per"))
    balances = QuotaBalance.objects.filter(quota__decision=decision) if quotas else QuotaBalance.objects.none()
    others = OfficeDecision.objects.filter(
        insurer_id=decision.insurer_id, avs_number=decision.avs_number, archived_at=None
    ).exclude(pk=decision.pk)
    return Office(
        GRANTED,
        decision,
        quotas,
        {(balance.quota_id, balance.bucket): (balance.reserved, balance.consumed) for balance in balances},
        tuple(others.order_by("number")[:50]),
    )


def granted(office: Office) -> Granted | None:
    """What the rules of a form may know of it."""
    decision = office.decision
    if decision is None:
        return None
    return Granted(
        number=decision.number,
        valid_from=decision.valid_from,
        valid_to=decision.valid_to,
        forms=frozenset(decision.forms),
        terms=decision.terms,
    )


def wants(quotas: Iterable[Quota], uses: Iterable[Use]) -> tuple[Want, ...]:
    """What the uses take of every quota of their kind, by bucket, in the one order everybody locks them."""
    sums: dict[tuple[Quota, str], Decimal] = defaultdict(lambda: _ZERO)
    taken = tuple(uses)
    for quota in quotas:
        for use in taken:
            if use.kind == quota.kind:
                sums[quota, quota.bucket(use.on)] += use.quantity
    found = [Want(quota, bucket, quantity) for (quota, bucket), quantity in sums.items() if quantity > 0]
    return tuple(sorted(found, key=lambda want: (str(want.quota.pk), want.bucket)))


def uses_of(answers: object, context: Context) -> tuple[Use, ...]:
    """What the answers use up; nothing while they cannot be computed."""
    if not isinstance(answers, InvoiceForm):
        return ()
    try:
        return answers.uses(answers.compute(context))
    except Invalid:  # no rate for that day: the checks say so at the field
        return ()


def lines(office: Office, asked: Iterable[Want], *, today: date) -> tuple[Line, ...]:
    """Every quota that this invoice touches, and the current balance of those it does not."""
    found: list[Line] = []
    wanted = tuple(asked)
    for quota in office.quotas:
        mine = [want for want in wanted if want.quota.pk == quota.pk]
        for want in mine or [Want(quota, quota.bucket(today), _ZERO)]:
            reserved, consumed = office.used.get((quota.pk, want.bucket), (_ZERO, _ZERO))
            found.append(Line(quota, want.bucket, consumed, reserved, want.quantity))
    return tuple(found)


def judged(reading: Reading, office: Office, context: Context) -> Reading:
    """The reading with what the decision has to say about it."""
    if not isinstance(reading.answers, InvoiceForm) or office.state in {NONE, UNVERIFIED}:
        return reading
    return replace(reading, findings=(*reading.findings, *_findings(reading.answers, office, context)))


def _findings(answers: InvoiceForm, office: Office, context: Context) -> Iterator[Finding]:
    decision = office.decision
    if decision is None:
        text = gettext_lazy("Ce numéro de décision ne concerne pas cette personne. Vérifiez le numéro.")
        yield warning("ledger.foreign", "decision", text, source=_SOURCE)
        return
    first, last = answers.period()
    if first < decision.valid_from or (decision.valid_to and last > decision.valid_to):
        text = gettext_lazy("La décision est valable {validity} : la période de la facture en sort.")
        yield warning("ledger.outside", answers.period_place(), text, source=_SOURCE, validity=validity(decision))
    if decision.forms and answers.code not in decision.forms:
        text = gettext_lazy("La décision ne couvre pas le formulaire {form}.")
        yield warning("ledger.form", "decision", text, source=_SOURCE, form=answers.code)
    if any(_also_covers(other, answers.code, first, last) for other in office.others):
        text = gettext_lazy("Une autre décision couvre aussi cette période : indiquez pourquoi celle-ci s'applique.")
        yield warning("ledger.overlap", "decision", text, source=_SOURCE)
    for line in lines(office, wants(office.quotas, uses_of(answers, context)), today=context.today):
        if line.is_over:
            yield over(line)


def _also_covers(other: OfficeDecision, code: str, first: date, last: date) -> bool:
    in_time = other.valid_from <= last and (other.valid_to is None or other.valid_to >= first)
    return in_time and (not other.forms or code in other.forms)


def over(line: Line) -> Finding:
    """The finding of a quota that does not suffice."""
    kind = line.quota.kind
    return warning(
        f"ledger.over.{kind}.{line.quota.per}.{line.bucket}",
        "decision",
        gettext_lazy("La décision accorde {limit} ({bucket}). Il reste {rest} ; cette facture demande {wanted}."),
        source=_SOURCE,
        limit=quantity_words(kind, line.quota.limit),
        bucket=bucket_words(line.bucket),
        rest=quantity_words(kind, max(line.rest + line.wanted, _ZERO)),
        wanted=quantity_words(kind, line.wanted),
    )


def quantity_words(kind: str, quantity: Decimal) -> str:
    """« CHF 1'200.00 », « 12.5 heures », « 3 trajets »."""
    if kind == QuotaKind.AMOUNT:
        return money.format_chf(quantity)
    is_one = abs(quantity) < 2 if (get_language() or "fr").startswith("fr") else quantity == 1  # French: below two
    count = 1 if is_one else 2
    text = {
        QuotaKind.HOURS: ngettext("{n} heure", "{n} heures", count),
        QuotaKind.NIGHTS: ngettext("{n} nuit", "{n} nuits", count),
        QuotaKind.TRIPS: ngettext("{n} trajet", "{n} trajets", count),
        QuotaKind.DAYS: ngettext("{n} jour", "{n} jours", count),
    }[QuotaKind(kind)]
    return text.format(n=money.format_number(quantity.normalize() if quantity % 1 else quantity.to_integral_value()))


def bucket_words(bucket: str) -> str:
    """« 11.2026 », « 2026 », « au total »."""
    if bucket == "all":
        return _("au total")
    return f"{bucket[5:]}.{bucket[:4]}" if "-" in bucket else bucket


def validity(decision: OfficeDecision) -> str:
    """« du 01.01.2026 au 31.12.2027 », « dès le 01.01.2026 »."""
    first = dates.format_date(decision.valid_from)
    if decision.valid_to is None:
        return _("dès le {first}").format(first=first)
    return _("du {first} au {last}").format(first=first, last=dates.format_date(decision.valid_to))


def balance_words(balance: QuotaBalance) -> dict[str, Any]:
    """A balance in words, for the page and the panel beside an invoice."""
    quota = balance.quota
    rest = quota.limit - balance.reserved - balance.consumed
    return {
        "label": f"{quota.get_kind_display()}, {bucket_words(balance.bucket) or quota.get_per_display()}",
        "limit": quantity_words(quota.kind, quota.limit),
        "consumed": quantity_words(quota.kind, balance.consumed),
        "reserved": quantity_words(quota.kind, balance.reserved),
        "rest": quantity_words(quota.kind, rest),
        "over": rest < 0,
    }
