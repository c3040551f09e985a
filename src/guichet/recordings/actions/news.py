"""One mail a day to the insured person with what became of her recordings (REC-22), instead of one for every listening.

It counts and names nobody: no health data, no name, no ground, no number. She may switch it off; that a destruction was
executed she is told all the same, as the page promises.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from guichet import notify
from guichet.accounts import choices
from guichet.accounts.models import AffiliationKind, AffiliationStatus, Identity, Membership
from guichet.recordings.models import (
    CourtPackage,
    DefectReport,
    DestructionRequest,
    Forwarding,
    GrantKind,
    Listening,
    ListeningGrant,
    NewsChoice,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from guichet.accounts.access import Actor
    from guichet.tenancy.models import Insurer

_WORDS: Final = {
    "heard": _("Écoutes"),
    "opened": _("Accès temporaires ouverts à d'autres"),
    "forwarded": _("Transmis à un autre office"),
    "court": _("Remis à un tribunal"),
    "answered": _("Réponses à un défaut signalé"),
    "asked": _("Destruction demandée"),
    "destroyed": _("Destruction exécutée"),
}
ALWAYS: Final = frozenset({"destroyed"})
"""Told even to who has switched the mail off: the office owes it."""
_DAYS: Final = 3  # a night without work is made good


def choose(*, wanted: bool, by: Actor) -> None:
    """Whether this person gets the mail."""
    choices.choose(NewsChoice, act="news.chosen", wanted=wanted, by=by)


def is_wanted(actor: Actor) -> bool:
    """The person's choice; yes if there was none."""
    return choices.is_wanted(NewsChoice, by=actor)


def send(insurer: Insurer, *, now: datetime | None = None) -> int:
    """The mails of yesterday, and of the days before that nobody sent; how many. Asked again, none."""
    today = timezone.localdate(now)
    return sum(_send(insurer, today - timedelta(days=back)) for back in range(_DAYS, 0, -1))


def _send(insurer: Insurer, day: date) -> int:
    since, until = _midnight(day), _midnight(day + timedelta(days=1))
    found: dict[str, Counter[str]] = {}
    for what, avs_number in _events(insurer, since, until):
        found.setdefault(avs_number, Counter())[what] += 1
    return sum(_mail(insurer, member, found, since, day) for member in _accounts(insurer, found)) if found else 0


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _events(insurer: Insurer, since: datetime, until: datetime) -> Iterator[tuple[str, str]]:
    """What happened on mandates the office confirmed, with the AVS number it is about; her own listening is none."""
    of_recording = "recording__mandate"
    kinds = (
        ("heard", Listening.objects.exclude(grant__kind=GrantKind.INSURED), "started_at", of_recording),
        ("opened", ListeningGrant.objects.exclude(kind=GrantKind.INSURED), "granted_at", of_recording),
        ("forwarded", Forwarding.objects.all(), "at", of_recording),
        ("court", CourtPackage.objects.all(), "handed_at", of_recording),
        ("answered", DefectReport.objects.filter(person__isnull=False), "settled_at", of_recording),
        ("asked", DestructionRequest.objects.filter(by_cockpit=False), "entered_at", "mandate"),
        ("destroyed", DestructionRequest.objects.all(), "executed_at", "mandate"),
    )
    for what, rows, at, mandate in kinds:
        window = {f"{at}__gte": since, f"{at}__lt": until, f"{mandate}__confirmed_at__isnull": False}
        numbers = rows.filter(insurer=insurer, **window).values_list(f"{mandate}__avs_number", flat=True)
        yield from ((what, number) for number in numbers)


def _accounts(insurer: Insurer, found: dict[str, Counter[str]]) -> list[tuple[Membership, str]]:
    """Whoever acts for an account of one of these insured persons, with the number the office vetted."""
    vetted = Identity.objects.filter(
        insurer=insurer,
        avs_number__in=list(found),
        affiliation__kind=AffiliationKind.INSURED,
        affiliation__status=AffiliationStatus.ACCEPTED,
    )
    numbers = dict(vetted.values_list("affiliation_id", "avs_number"))
    members = Membership.objects.filter(affiliation__in=list(numbers), removed_at=None)
    rows = members.select_related("person", "affiliation").order_by("created_at", "id")
    return [(member, numbers[member.affiliation_id]) for member in rows]


@transaction.atomic
def _mail(
    insurer: Insurer, account: tuple[Membership, str], found: dict[str, Counter[str]], since: datetime, day: date
) -> bool:
    member, number = account
    choice = NewsChoice.objects.filter(affiliation=member.affiliation_id, person=member.person_id).first()
    everything = choice is None or (choice.wanted and choice.changed_at < since + timedelta(days=1))
    told = found[number]
    with translation.override(member.person.language):
        lines = [
            (str(word), told[what]) for what, word in _WORDS.items() if told[what] and (everything or what in ALWAYS)
        ]
    admitted = member.affiliation.decided_at
    if not lines or admitted is None or admitted > since + timedelta(days=1):
        return False
    return notify.mail(
        "recordings/news",
        insurer=insurer,
        to=member.person.email,
        language=member.person.language,
        context={"lines": lines, "day": day, "path": f"/{insurer.slug}/mes-enregistrements/"},
        key=f"recordings-news-{member.affiliation_id}-{member.person_id}-{day}",
    )
