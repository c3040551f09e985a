"""A deposit: the file, its control with the waveform, the confirmations, « Envoyer à l'office » (REC-03, 05, 06)."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from guichet import audio, storage
from guichet.accounts.access import partner
from guichet.audio.words import clock
from guichet.recordings import drawing, formats, partlog
from guichet.recordings.actions import deposits, sending
from guichet.recordings.errors import Incomplete, NotPossible, WaiverInForce
from guichet.recordings.forms_mandates import SendForm
from guichet.recordings.holding import holder_of
from guichet.recordings.models import Ingest, RedepositRequest, Source, Waiver
from guichet.recordings.models.sealed import opened_with
from guichet.recordings.states import HELD_BY_EXPERT, Status
from guichet.recordings.views import sures
from guichet.recordings.views.common import deposit_of
from guichet.storage.cipher import PART_SIZE
from guichet.ui import sure
from guichet.ui.forms import form_errors, from_django
from guichet.ui.views import error_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO
    from uuid import UUID

    from guichet.accounts.access import SpaceRequest
    from guichet.recordings.models import Recording, Upload
    from guichet.ui.forms import FieldView

_RANGE: Final = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")
_PIECE: Final = 256 * 1024


@partner
@require_safe
def page(request: SpaceRequest, slug: str, recording_id: UUID) -> HttpResponse:
    """Where the deposit stands: file wanted, on its way, being controlled, refused, or ready to be sent."""
    recording = deposit_of(request, recording_id)
    if recording.status not in HELD_BY_EXPERT:
        return HttpResponseRedirect(reverse("recordings:deposit_sent", args=[slug, recording.pk]))
    return _page(request, recording, SendForm(audible=_doubtful(recording)))


def _doubtful(recording: Recording) -> bool:
    return bool(recording.quality.get("verdict", "ok") != "ok")


def _page(request: SpaceRequest, recording: Recording, form: SendForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    upload = _latest(recording)
    slug = request.insurer.slug
    context: dict[str, Any] = {
        "recording": recording,
        "mandate": recording.mandate,
        "waiver": Waiver.objects.filter(mandate=recording.mandate, revoked_on=None).first(),
        "asked": _asked(recording),
        "step": _step(recording, upload),
        "upload": upload,
        "file_name": recording.file_name or (opened_with(upload.stored, recording.name) if upload else ""),
        "percent": upload.offset * 100 // upload.length if upload else 0,
        "refusal": audio.Refused(recording.refusal).text if recording.refusal else "",
        "part_size": PART_SIZE,
        "most_bytes": audio.MOST_BYTES,
        "accept": ",".join(f".{ending}" for ending in formats.ACCEPTED),
        "errors": form_errors(form),
        "resume_url": _resume_url(slug, recording, upload),
        "only_copy": _only_copy(recording),
        "sure_abandon": sures.abandon(),
        "sure_again": sures.again(recording, only_copy=_only_copy(recording)),
    }
    if recording.ingest == Ingest.READY:
        context |= _gate(recording, form)
    response = render(request, "recordings/expert/deposit.html", context, status=status)
    response.plays = recording.ingest == Ingest.READY  # type: ignore[attr-defined]
    return response


def _gate(recording: Recording, form: SendForm) -> dict[str, Any]:
    holder = holder_of(recording.affiliation_id)
    return {
        "drawing": drawing.waveform(recording, holder=holder),
        "words": audio.quality_words(recording.quality),
        "verdict": recording.quality.get("verdict", "ok"),
        "length": clock(recording.duration_ms or 0),
        "marks": [_wanted(form, name, width="short") for name in ("spoken_start", "spoken_end")],
        "report": [_wanted(form, name) for name in ("report_reference", "report_date")],
        "confirmed": _wanted(form, "confirmed"),
        "parts": partlog.lines(recording.parts),
        "missing": -(-partlog.missing_ms(recording.parts, recording.duration_ms) // 1000),
    }


def _only_copy(recording: Recording) -> bool:
    return bool(recording.source == Source.RECORDER)


def _wanted(form: SendForm, name: str, **changes: object) -> FieldView:
    """A question that must be answered before the sending; the action says what is missing, not the form."""
    return from_django(form[name], required=True, **changes)


def _latest(recording: Recording) -> Upload | None:
    return recording.uploads.select_related("stored").order_by("-started_at", "-id").first()


def _under_way(upload: Upload | None) -> bool:
    return upload is not None and upload.done_at is None and upload.offset < upload.length


def _resume_url(slug: str, recording: Recording, upload: Upload | None) -> str:
    """Where an interrupted upload goes on; nothing if there is none."""
    if upload is None or not _under_way(upload):
        return ""
    return reverse("recordings:tus", args=[slug, recording.pk, upload.pk])


def _step(recording: Recording, upload: Upload | None) -> str:
    """One of file, resume, checking, checksum, refused, ready."""
    if recording.ingest == Ingest.READY:
        return "ready"
    if recording.ingest == Ingest.REFUSED:
        return "refused"
    if upload is None or upload.failure in {"given_up", "refused"}:
        return "file"
    if upload.failure:
        return "checksum"
    return "resume" if _under_way(upload) else "checking"


def _left(recording: Recording) -> str:
    """What became of it once it left the expert: sent; destroyed also while that is only asked for."""
    return "destroyed" if recording.status in {Status.DESTRUCTION_ASKED, Status.DESTROYED} else "sent"


def _asked(recording: Recording) -> RedepositRequest | None:
    """What the office wants replaced by this deposit."""
    if recording.replaces_id is None:
        return None
    rows = RedepositRequest.objects.filter(recording_id=recording.replaces_id)
    return rows.order_by("-asked_at").first()


@partner
@require_safe
def state(request: SpaceRequest, slug: str, recording_id: UUID) -> HttpResponse:
    """Where it stands, for the page's script."""
    recording = deposit_of(request, recording_id)
    upload = _latest(recording)
    return JsonResponse(
        {
            "step": _step(recording, upload) if recording.status in HELD_BY_EXPERT else _left(recording),
            "offset": upload.offset if upload else 0,
            "length": upload.length if upload else 0,
            "url": _resume_url(slug, recording, upload),
            "sha256": recording.original.sha256 if recording.original else "",
        }
    )


@partner
@require_POST
def again(request: SpaceRequest, slug: str, recording_id: UUID) -> HttpResponse:
    """Let go of the file, to deposit another one."""
    recording = deposit_of(request, recording_id)
    back = reverse("recordings:deposit", args=[slug, recording.pk])
    if not sure.answered(request):
        return sure.ask(request, sures.again(recording, only_copy=_only_copy(recording)), back=back)
    try:
        deposits.start_again(recording, by=request.actor)
    except NotPossible:
        return error_page(request, HTTPStatus.CONFLICT)
    return HttpResponseRedirect(back, status=303)


@partner
@require_POST
def abandon(request: SpaceRequest, slug: str, recording_id: UUID) -> HttpResponse:
    """Give up a deposit that was never complete."""
    recording = deposit_of(request, recording_id)
    mandate_id = recording.mandate_id
    if not sure.answered(request):
        back = reverse("recordings:deposit", args=[slug, recording.pk])
        return sure.ask(request, sures.abandon(), back=back)
    try:
        deposits.abandon(recording, by=request.actor)
    except NotPossible:
        return error_page(request, HTTPStatus.CONFLICT)
    return HttpResponseRedirect(reverse("recordings:mandate", args=[slug, mandate_id]), status=303)


@partner
@require_POST
def send(request: SpaceRequest, slug: str, recording_id: UUID) -> HttpResponse:
    """« Envoyer à l'office »."""
    recording = deposit_of(request, recording_id)
    form = SendForm(request.POST, audible=_doubtful(recording))
    done = reverse("recordings:deposit_sent", args=[slug, recording.pk])
    if recording.status == Status.SENT:
        return HttpResponseRedirect(done, status=303)
    if recording.ingest != Ingest.READY:
        return error_page(request, HTTPStatus.CONFLICT)
    if not form.is_valid():
        return _page(request, recording, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        sending.send(recording, declared=form.declared(), by=request.actor)
    except Incomplete as incomplete:
        form.name_missing(incomplete.missing, length=clock(recording.duration_ms or 0))
        return _page(request, recording, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except (NotPossible, WaiverInForce):
        return error_page(request, HTTPStatus.CONFLICT)
    return HttpResponseRedirect(done, status=303)


@partner
@require_safe
def sent(request: SpaceRequest, slug: str, recording_id: UUID) -> HttpResponse:
    """What was sent, and what happens now; the sound is the office's."""
    recording = deposit_of(request, recording_id)
    if recording.status in HELD_BY_EXPERT:
        return HttpResponseRedirect(reverse("recordings:deposit", args=[slug, recording.pk]))
    context = {
        "recording": recording,
        "mandate": recording.mandate,
        "word": Status(recording.status).label,
        "length": clock(recording.duration_ms or 0),
        "over": recording.status if recording.status in {Status.DESTRUCTION_ASKED, Status.DESTROYED} else "",
    }
    return render(request, "recordings/expert/sent.html", context)


@partner
@require_safe
def sound(request: SpaceRequest, slug: str, recording_id: UUID) -> HttpResponse | StreamingHttpResponse:
    """The listening copy, for the expert who still holds the key; by ranges, so that one can go to the end at once."""
    del slug
    recording = deposit_of(request, recording_id)
    if recording.copy is None or recording.status not in HELD_BY_EXPERT:
        return HttpResponse(status=HTTPStatus.GONE)
    try:
        file = storage.open_object(recording.copy, holder=holder_of(recording.affiliation_id))
    except (storage.NotHolder, storage.Destroyed):
        return HttpResponse(status=HTTPStatus.GONE)
    size = recording.copy.size
    asked = _asked_range(request.headers.get("Range", ""), size)
    start, end = asked or (0, size)
    if start >= size:
        file.close()
        return HttpResponse(
            status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers={"Content-Range": f"bytes */{size}"}
        )
    pieces = _Pieces(file, start, end, head=_head(recording, file))
    deposits.heard(recording, first=start, last=end - 1, by=request.actor)
    response = StreamingHttpResponse(pieces, status=HTTPStatus.PARTIAL_CONTENT if asked else HTTPStatus.OK)
    response["Content-Type"] = "audio/mp4"
    response["Content-Length"] = str(end - start)
    response["Accept-Ranges"] = "bytes"
    if asked:
        response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return response


def _head(recording: Recording, file: BinaryIO) -> bytes:
    """The first bytes of the copy, saying how long it is: the browser has nothing else to know it from."""
    header, last = recording.segments[0], recording.segments[-1]
    return audio.with_length(file.read(header[1]), last[2] + last[3])


def _asked_range(header: str, size: int) -> tuple[int, int] | None:
    """From and to (exclusive); None, the whole, for no range or one that means nothing (RFC 9110 14.2)."""
    found = _RANGE.fullmatch(header)
    if found is None or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        return max(0, size - int(last)), size
    end = int(last) + 1 if last else size
    return None if end <= int(first) < size else (int(first), min(end, size))


class _Pieces:
    """A part of a file, piece by piece; closed with the answer, and with itself if nobody asks for a first piece.

    The file begins with `head`, whatever the disk has there.
    """

    def __init__(self, file: BinaryIO, start: int, end: int, *, head: bytes) -> None:
        self._file, self._left, self._head = file, end - start, head[start:]
        file.seek(start)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = self._file.read(min(_PIECE, self._left)) if self._left else b""
        if not piece:
            raise StopIteration
        self._left -= len(piece)
        head, self._head = self._head[: len(piece)], self._head[len(piece) :]
        return head + piece[len(head) :]

    def close(self) -> None:
        """Asked by Django at the end of the answer."""
        self._file.close()

    def __del__(self) -> None:
        self.close()
