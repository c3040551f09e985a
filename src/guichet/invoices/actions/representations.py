"""Further persons a representative acts for: asked with the act of nomination, vetted by the office (INV-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from guichet import audit, notify
from guichet.accounts.models import AffiliationKind, Identity, Membership
from guichet.casework import uploads
from guichet.casework.errors import CaseError, Overtaken, ReasonMissing
from guichet.invoices.actions import beneficiaries
from guichet.invoices.models import Answer, Representation
from guichet.kernel.text import clean_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from guichet.accounts.access import Actor
    from guichet.casework.uploads import Checked

_LONGEST: Final = 500  # characters of a reason


class KnownAlready(CaseError):
    """Who is represented, or asked for, already."""


class NoRepresentative(CaseError):
    """Only legal representatives act for others (404)."""


@transaction.atomic
def ask(*, facts: Mapping[str, Any], proof: Checked, by: Actor) -> Representation:
    """Ask to act for a further person. Raises `KnownAlready`, `NoRepresentative`."""
    affiliation = by.affiliation
    if affiliation is None or affiliation.kind != AffiliationKind.REPRESENTATIVE:
        raise NoRepresentative
    if Identity.objects.filter(affiliation=affiliation, avs_number=facts["avs_number"]).exists():
        raise KnownAlready
    kept = {"proof": uploads.keep(proof, insurer=by.insurer), "proof_name": proof.name}
    try:
        with transaction.atomic():
            asked = Representation.objects.create(
                insurer=by.insurer,
                affiliation=affiliation,
                asked_by=by.person,
                asked_at=timezone.now(),
                **facts,
                **kept,
            )
    except IntegrityError as error:
        raise KnownAlready from error
    record(asked, "asked", by=by)
    return asked


@transaction.atomic
def decide(asked: Representation, *, accepted: bool, reason: str = "", by: Actor) -> None:
    """The office accepts or refuses with a reason. Raises `ReasonMissing`, `Overtaken`."""
    text = clean_line(reason[:_LONGEST], _LONGEST)
    if not accepted and not text:
        raise ReasonMissing
    changed = Representation.objects.filter(pk=asked.pk, state=Answer.WAITING).update(
        state=Answer.ACCEPTED if accepted else Answer.REFUSED,
        reason="" if accepted else text,
        decided_by=by.person,
        decided_at=timezone.now(),
    )
    if not changed:
        raise Overtaken
    if accepted:
        beneficiaries.add_represented(asked, by=by)
    record(asked, "accepted" if accepted else "refused", by=by)
    members = Membership.objects.filter(affiliation_id=asked.affiliation_id, removed_at=None).select_related("person")
    for member in members.order_by("created_at", "id"):
        notify.mail(
            "invoices/representation_decided",
            insurer=by.insurer,
            to=member.person.email,
            language=member.person.language,
            context={"path": f"/{by.insurer.slug}/mes-donnees/"},
            key=f"representation-{asked.pk}-{member.person_id}",
        )


def record(asked: Representation, act: str, *, by: Actor) -> None:
    """An entry of the audit, in the transaction of the act."""
    audit.record(
        f"representation.{act}",
        insurer_id=asked.insurer_id,
        by=by.who,
        on="representation",
        object_id=str(asked.pk),
        subject=asked.avs_number,
    )
