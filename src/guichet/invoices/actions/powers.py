"""A power of attorney from its request to its end (INV-30). Two at once never both win: each move is conditional."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from guichet import audit, notify, printing, storage
from guichet.accounts.actions import stepup
from guichet.accounts.actions.bank import StepUpNeededError
from guichet.accounts.models import MemberRole, Membership
from guichet.casework import uploads
from guichet.casework.errors import CaseError, Overtaken, Stale
from guichet.invoices import formtypes, powers
from guichet.invoices.models import PowerHow, PowerOfAttorney, PowerState, Side
from guichet.invoices.queries import persons

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from guichet.accounts.access import Actor
    from guichet.accounts.models import LoginSession, Person
    from guichet.casework.uploads import Checked
    from guichet.invoices.models import Beneficiary
    from guichet.tenancy.models import Insurer

_TEMPLATE: Final = "invoices/power"
_LIMIT: Final = 5 * 1024 * 1024  # bytes of a printed power; it has some ten thousand
printing.register(_TEMPLATE, Path(__file__).parents[1] / "print" / "power.typ", dated_by="created_at")


class NotLikeThat(CaseError):
    """Dates or forms that cannot be; `place` and `text` say what to change."""

    def __init__(self, place: str, text: str) -> None:
        super().__init__(text)
        self.place, self.text = place, text


class AskedAlready(CaseError):
    """A signature of this person is awaited already (409)."""


def check_terms(*, first: date, last: date, codes: Sequence[str], by: Actor) -> None:
    """Raises `NotLikeThat` for a scope nobody can give."""
    years = int(by.insurer.setting("power_years"))
    if last < first:
        raise NotLikeThat("valid_to", _("La procuration ne peut pas finir avant de commencer."))
    if last < timezone.localdate():
        raise NotLikeThat("valid_to", _("Cette date est passée : choisissez une date de fin à venir."))
    if last >= persons.birthday(first, years):
        text = _("Une procuration vaut {years} ans au plus : choisissez une date de fin plus proche.")
        raise NotLikeThat("valid_to", text.format(years=years))
    if set(codes) - set(formtypes.offered(by.insurer.setting("invoice_forms"))):
        raise NotLikeThat("form_codes", _("Choisissez des formulaires de la liste."))


@transaction.atomic
def add_scanned(
    beneficiary: Beneficiary, *, file: Checked, first: date, last: date, codes: Sequence[str] = (), by: Actor
) -> PowerOfAttorney:
    """A signed paper, looked at by the scanner before. Raises `NotLikeThat`."""
    check_terms(first=first, last=last, codes=codes, by=by)
    power = _new(beneficiary, PowerHow.SCANNED, PowerState.ACTIVE, first, last, codes, by)
    power.file, power.file_name = uploads.keep(file, insurer=by.insurer), file.name
    power.save()
    record(power, "added", by=by)
    return power


@transaction.atomic
def ask(beneficiary: Beneficiary, *, first: date, last: date, codes: Sequence[str] = (), by: Actor) -> PowerOfAttorney:
    """Ask the person to sign electronically. Raises `NotLikeThat`, `AskedAlready`.

    Whether she has an account is not told: who has none yet finds the request at the first login.
    """
    check_terms(first=first, last=last, codes=codes, by=by)
    today = timezone.localdate()
    waiting = PowerOfAttorney.objects.filter(beneficiary=beneficiary, state=PowerState.ASKED)
    lapsed = {"state": PowerState.REVOKED, "ended_at": timezone.now(), "ended_by": by.person, "ended_side": Side.SENDER}
    waiting.filter(valid_to__lt=today).update(**lapsed)  # nobody can sign it any more
    power = _new(beneficiary, PowerHow.SIGNED, PowerState.ASKED, first, last, codes, by)
    try:
        with transaction.atomic():
            power.save()
    except IntegrityError as error:
        raise AskedAlready from error
    record(power, "asked", by=by)
    for person in persons.accounts_of(by.insurer.pk, power.avs_number):
        _mail(power, "power_asked", person, f"/{by.insurer.slug}/procurations/{power.pk}/", by.insurer)
    return power


def _new(
    beneficiary: Beneficiary, how: str, state: str, first: date, last: date, codes: Sequence[str], by: Actor
) -> PowerOfAttorney:
    return PowerOfAttorney(
        insurer=by.insurer,
        affiliation=by.affiliation,
        beneficiary=beneficiary,
        avs_number=beneficiary.avs_number,
        form_codes=sorted(set(codes)),
        valid_from=first,
        valid_to=last,
        how=how,
        state=state,
        asked_by=by.person,
        asked_at=timezone.now(),
    )


def words_for(power: PowerOfAttorney, *, by: Actor) -> str:
    """What this person would sign. Raises `Overtaken` for a power that is not hers to give."""
    giver = next((one for one in persons.acted_for(by) if one.avs_number == power.avs_number), None)
    if giver is None:
        raise Overtaken
    sender = power.affiliation.partner
    return powers.text_of(power, giver, signer=str(by.person), sender=sender, insurer=by.insurer)


def hash_of(text: str) -> str:
    """What is compared: the words on the page with the words that are kept."""
    return hashlib.sha256(text.encode()).hexdigest()


def sign(power: PowerOfAttorney, *, text_hash: str, session: LoginSession, by: Actor) -> PowerOfAttorney:
    """Sign the words with this hash. Raises `StepUpNeededError`, `Stale` (other words by now), `Overtaken`."""
    if not stepup.is_fresh(session):
        raise StepUpNeededError
    text = words_for(power, by=by)
    if hash_of(text) != text_hash:
        raise Stale
    language = (translation.get_language() or "fr")[:2]
    power.signed_at, power.signed_text, power.text_hash = timezone.now(), text, text_hash
    data = printing.pdf(_TEMPLATE, data=_paper(power, by), language=language)
    changes: dict[str, Any] = {
        "state": PowerState.ACTIVE,
        "signed_by": by.person,
        "signed_at": power.signed_at,
        "signed_text": text,
        "text_hash": text_hash,
        "language": language,
        "file_name": f"procuration-{power.signed_at:%Y-%m-%d}.pdf",
    }
    with transaction.atomic():
        changes["file"] = storage.put(data, insurer=by.insurer, limit=_LIMIT)
        waiting = PowerOfAttorney.objects.filter(
            pk=power.pk, state=PowerState.ASKED, valid_to__gte=timezone.localdate()
        )
        if not waiting.update(**changes):
            raise Overtaken
        power.refresh_from_db()
        record(power, "signed", by=by)
        _tell_sender(power, "power_signed")
    return power


def _paper(power: PowerOfAttorney, by: Actor) -> dict[str, Any]:
    giver = next(one for one in persons.acted_for(by) if one.avs_number == power.avs_number)
    sender = power.affiliation.partner.name
    return powers.paper(power, giver=giver.name, signer=str(by.person), sender=sender, insurer=by.insurer)


@transaction.atomic
def refuse(power: PowerOfAttorney, *, by: Actor) -> None:
    """Say no. Raises `Overtaken`."""
    _end(power, PowerState.ASKED, PowerState.REFUSED, Side.INSURED, "refused", by=by)
    _tell_sender(power, "power_ended")


@transaction.atomic
def revoke(power: PowerOfAttorney, *, by: Actor) -> None:
    """The insured person ends it at once. Raises `Overtaken`."""
    _end(power, PowerState.ACTIVE, PowerState.REVOKED, Side.INSURED, "revoked", by=by)
    _tell_sender(power, "power_ended")


@transaction.atomic
def give_back(power: PowerOfAttorney, *, by: Actor) -> None:
    """Who holds it, or asked for it, does without it. Raises `Overtaken`."""
    _end(power, power.state, PowerState.REVOKED, Side.SENDER, "given_back", by=by)


def _end(power: PowerOfAttorney, before: str, state: str, side: str, act: str, *, by: Actor) -> None:
    open_ones = PowerOfAttorney.objects.filter(
        pk=power.pk, state=before, ended_at=None, valid_to__gte=timezone.localdate()
    )
    if not open_ones.update(state=state, ended_at=timezone.now(), ended_by=by.person, ended_side=side):
        raise Overtaken
    power.refresh_from_db()
    record(power, act, by=by)


def warn(insurer: Insurer, *, now: datetime) -> int:
    """One mail for every power that ends within sixty days; how many were told. Asked again, none."""
    last = timezone.localdate(now) + persons.ENDS_SOON
    ending = PowerOfAttorney.objects.filter(
        insurer=insurer, state=PowerState.ACTIVE, warned_at=None, valid_to__lte=last
    )
    keys = list(ending.order_by("valid_to", "id").values_list("pk", flat=True)[:5_000])
    return sum(_warn(key, insurer, now) for key in keys)


@transaction.atomic
def _warn(key: UUID, insurer: Insurer, now: datetime) -> bool:
    if not PowerOfAttorney.objects.filter(pk=key, warned_at=None, state=PowerState.ACTIVE).update(warned_at=now):
        return False
    power = PowerOfAttorney.objects.select_related("asked_by").get(pk=key)
    if power.valid_to < timezone.localdate(now):
        return False  # over already: there is nothing to prepare
    path = f"/{insurer.slug}/beneficiaires/{power.beneficiary_id}/"
    for person in _holders(power):
        _mail(power, "power_ending", person, path, insurer, last=power.valid_to)
    record(power, "warned", by=None)
    return True


def _holders(power: PowerOfAttorney) -> list[Person]:
    """Who asked for it; the company's managers if that person has left."""
    members = Membership.objects.filter(affiliation_id=power.affiliation_id, removed_at=None)
    rows = list(members.select_related("person").order_by("created_at", "id"))
    asked = [row.person for row in rows if row.person_id == power.asked_by_id]
    return asked or [row.person for row in rows if row.role == MemberRole.MANAGER]


def _tell_sender(power: PowerOfAttorney, template: str) -> None:
    path = f"/{power.insurer.slug}/beneficiaires/{power.beneficiary_id}/"
    for person in _holders(power):
        _mail(power, template, person, path, power.insurer)


def _mail(power: PowerOfAttorney, template: str, person: Person, path: str, insurer: Insurer, **more: object) -> None:
    notify.mail(
        f"invoices/{template}",
        insurer=insurer,
        to=person.email,
        language=person.language,
        context={"path": path, **more},
        key=f"{template}-{power.pk}-{person.pk}",
    )


def record(power: PowerOfAttorney, act: str, *, by: Actor | None) -> None:
    """An entry of the audit, in the transaction of the act."""
    audit.record(
        f"power.{act}",
        insurer_id=power.insurer_id,
        by=by.who if by else audit.Who(role="platform"),
        on="power_of_attorney",
        object_id=str(power.pk),
        subject=power.avs_number,
    )
