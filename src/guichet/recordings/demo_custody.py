"""What the demo shows of custody: a package for a court, a destruction that waits, a hold, the public word on security.

By the real actions. The insured person with an account gets a recording of her own: her page has something to show.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from guichet.accounts.models import Identity
from guichet.casework.uploads import Checked
from guichet.recordings.actions import court, court_making, destruction, security, withdrawal
from guichet.recordings.models import Withdrawal
from guichet.recordings.states import Status

if TYPE_CHECKING:
    from guichet.accounts.access import Actor
    from guichet.recordings.models import Recording

_SAID: Final = {
    "place_fr": "Deux centres de calcul en Suisse (démonstration). Aucune donnée ne quitte le pays.",
    "place_de": "Zwei Rechenzentren in der Schweiz (Demonstration). Keine Daten verlassen das Land.",
    "standards_fr": "ISO/IEC 27001 pour l'exploitation (démonstration) ; chiffrement AES-256 de chaque fichier.",
    "standards_de": "ISO/IEC 27001 für den Betrieb (Demonstration); jede Datei ist mit AES-256 verschlüsselt.",
    "review_fr": "Test d'intrusion de l'application (invention de la démonstration).",
    "review_de": "Penetrationstest der Anwendung (Erfindung der Demonstration).",
}


def seed_custody(made: list[Recording], *, office: Actor, second: Actor | None, paper: bytes) -> None:
    """Packages, a request of destruction, a hold. `second` is another person with the rights `records` and `court`."""
    security.state(said=_SAID | {"review_on": timezone.localdate() - timedelta(days=90)}, by=office)
    archived = [one for one in made if one.status == Status.ARCHIVED]
    if len(archived) < 2 or second is None:
        return
    wanted = court.Wanted(
        ground="appeal",
        court="Tribunal cantonal (démonstration)",
        court_reference="S1 26 117",
        receiver="Greffe, Jeanne Modèle",
    )
    package = court.ask(archived[0], wanted=wanted, by=second)
    court.approve(package, by=office)
    court_making.make(package.pk)
    court.ask(archived[1], wanted=wanted, by=second)
    destruction.hold(archived[0].mandate, reason="Recours pendant, S1 26 117", by=office)
    _ask_destruction(made, by=second, other=office, paper=paper)


def _ask_destruction(made: list[Recording], *, by: Actor, other: Actor, paper: bytes) -> None:
    """The latest interview that was sent: its ten days still run. Another one was asked for by mistake."""
    today = timezone.localdate()
    sent = [one for one in made if one.status == Status.SENT and (today - one.interview_on).days < 10]
    if not sent:
        return
    declared = Checked(data=paper, name="demande.pdf", media_type="application/pdf", pages=1, state="clean")
    *others, of = sorted(sent, key=lambda one: one.interview_on)
    said = destruction.Declaration(declared_on=today, document=declared, interview_on=of.interview_on)
    destruction.ask(of.mandate, said=said, by=by)
    for wrong in others[-1:]:
        request = destruction.ask(wrong.mandate, said=replace(said, interview_on=wrong.interview_on), by=by)
        confused = f"Demande du mandat {of.mandate.number}"
        withdrawal.claim(request, reason=Withdrawal.WRONG_PERSON, note=confused, by=by)
        withdrawal.confirm_claim(request, by=other)


def insured_of(office: Actor) -> Identity | None:
    """The demo's insured person with an account, if there is one."""
    of_office = Identity.objects.filter(insurer=office.insurer, affiliation__kind="insured")
    return of_office.filter(affiliation__status="accepted").order_by("pk").first()
