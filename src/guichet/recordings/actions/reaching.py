"""What a request for a destruction reaches and stops, and who is told of it: for asking, taking back, handing on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils import timezone

from guichet import notify
from guichet.recordings.actions.common import note
from guichet.recordings.actions.mandates import page_of, people_of
from guichet.recordings.models import EndReason, Listening, Recording, Upload
from guichet.recordings.states import WORKFLOW, Status

if TYPE_CHECKING:
    from guichet.accounts.access import Actor
    from guichet.recordings.models import DestructionRequest
    from guichet.tenancy.models import Insurer

TEN_DAYS: Final = "OPGA 7k al. 3 let. b"
FINAL: Final = "OPGA 7l al. 3"


def reached(request: DestructionRequest) -> list[Recording]:
    """Every recording the request reaches that still holds something."""
    of = Recording.objects.filter(mandate_id=request.mandate_id).exclude(
        status__in=(Status.FORWARDED, Status.DESTROYED)
    )
    if request.interview_on is not None:
        of = of.filter(interview_on=request.interview_on)
    of = of.order_by("started_at", "id")
    list(of.select_for_update(of=("self",)).values_list("pk"))  # what they name is read afterwards: see `locked_row`
    return list(of.select_related("mandate", "original", "copy", "peaks", "affiliation"))


def stop(recording: Recording, request: DestructionRequest, by: Actor, basis: str) -> None:
    """Uploads and listenings end now; the second person destroys what there is."""
    if recording.status not in WORKFLOW["ask_destruction"].sources:
        return
    now = timezone.now()
    Upload.objects.filter(recording=recording, done_at=None).update(done_at=now, failure="given_up")
    Listening.objects.filter(recording=recording, ended_at=None).update(ended_at=now, end_reason=EndReason.WITHDRAWN)
    Recording.objects.filter(pk=recording.pk).update(
        status=Status.DESTRUCTION_ASKED, asked_from=recording.status, changed_at=now
    )
    note(recording, "destruction_asked", by=by, legal_basis=basis, detail={"request": str(request.pk)})


def tell(request: DestructionRequest, template: str) -> None:
    """The expert, without a name and without a word about health."""
    mandate, insurer = request.mandate, request.mandate.insurer
    context = {"reference": mandate.number, "path": page_of(mandate)}
    for person in people_of(mandate.affiliation):
        notify.mail(
            f"recordings/{template}",
            insurer=insurer,
            to=person.email,
            language=person.language,
            context=context,
            key=f"{template}-{request.pk}-{person.pk}",
        )


def tell_office(request: DestructionRequest, template: str, *, office: Insurer | None = None) -> None:
    """The office, of what the insured person did in her own account, or another office did."""
    mandate, insurer = request.mandate, request.mandate.insurer
    language = insurer.languages[0]
    context = {"reference": mandate.number, "path": f"/{insurer.slug}/bureau/destructions/{request.pk}/"}
    if office is not None:
        context["office"] = str(getattr(office, f"name_{language}", office.name_fr))
    notify.mail(
        f"recordings/{template}",
        insurer=insurer,
        to=insurer.email,
        language=language,
        context=context,
        key=f"{template}-{request.pk}",
    )
