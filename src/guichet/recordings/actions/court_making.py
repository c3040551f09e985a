"""What the worker puts on the medium (REC-14): `paquet.age` with everything, and beside it what anybody may read.

Streamed from the store through the envelope into the store again: memory stays flat, nothing lies in the clear.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from guichet import archives, audit, storage
from guichet.audit.extract import extract
from guichet.recordings import court_papers
from guichet.recordings.actions.common import note
from guichet.recordings.actions.court import LIFE, fail
from guichet.recordings.models import CourtPackage, CourtState
from guichet.recordings.queries import custody
from guichet.recordings.rules import LISTENABLE

if TYPE_CHECKING:
    from uuid import UUID

    from guichet.recordings.models import Recording
    from guichet.storage.models import StoredObject

LIMIT: Final = 3 * 1024**3  # bytes of an image: an original of 2 GiB, its copy, the papers
ENVELOPE: Final = "paquet.age"
_PIECE: Final = 256 * 1024


class _Digesting:
    """Passes bytes on and keeps their SHA-256."""

    def __init__(self, out: archives.Out) -> None:
        self._out, self._digest = out, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        return self._out.write(data)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def make(package_id: UUID | str) -> None:
    """Make the package that was approved; done twice, nothing more happens. Raises what storage raises."""
    related = ("recording__mandate", "recording__original", "recording__copy", "secret", "asked_by", "decided_by")
    package = CourtPackage.objects.select_related("insurer", *related).get(pk=package_id)
    recording, secret = package.recording, package.secret
    if package.state != CourtState.MAKING or secret is None:
        return
    if recording.status not in LISTENABLE or recording.original is None or recording.copy is None:
        fail(package.pk)
        return
    passphrase = storage.read(secret).decode()
    language = package.insurer.languages[0]
    with override(language), storage.Writer(insurer=package.insurer, limit=LIMIT) as sealed:
        steps = custody.chain(recording)
        envelope = _Digesting(sealed)
        with archives.Sealer(envelope, passphrase) as sealer:
            _fill(sealer, package, steps, language)
        kept = _keep_envelope(package, sealed)
        if kept is None:
            return
        try:
            _image(package, kept, envelope.sha256, steps, language)
        finally:
            with transaction.atomic():
                storage.destroy(kept)
    fail(package.pk)  # no more than that, where nothing was kept: its destruction was asked for meanwhile


@transaction.atomic
def _keep_envelope(package: CourtPackage, sealed: storage.Writer) -> StoredObject | None:
    """The envelope until the image is made; the row names it, so that a worker's death leaves nothing unknown behind.

    What an attempt before this one left is destroyed. Nothing is kept of a package that is over meanwhile.
    """
    rows = CourtPackage.objects.select_for_update(of=("self",)).select_related("image")
    found = rows.filter(pk=package.pk, state=CourtState.MAKING).first()
    if found is None:
        return None
    if found.image is not None:
        storage.destroy(found.image)
    kept = sealed.keep()
    CourtPackage.objects.filter(pk=found.pk).update(image=kept)
    return kept


def _fill(sealer: archives.Sealer, package: CourtPackage, steps: list[custody.Step], language: str) -> None:
    """The archive inside the envelope: sound, manifest, chain of custody, extract of the audit, checksums."""
    sums: dict[str, str] = {}
    with zipfile.ZipFile(cast("BinaryIO", sealer), "w", zipfile.ZIP_STORED) as packed:
        files = _sounds(package.recording)
        for name, obj in files.items():
            sums[name] = _copy(packed, name, obj)
        papers = {
            "manifest.json": _json(_manifest(package, files)),
            "chaine-de-conservation.pdf": court_papers.chain_pdf(package, steps, named=True, language=language),
            "journal.json": _json(_journal(package.recording)),
        }
        for name, data in papers.items():
            packed.writestr(name, data)
            sums[name] = hashlib.sha256(data).hexdigest()
        packed.writestr("SHA256SUMS", court_papers.sums(sums))


def _sounds(recording: Recording) -> dict[str, StoredObject]:
    assert recording.original is not None and recording.copy is not None  # noqa: S101, PT018 -- `make` looked
    return {
        archives.clean_name(f"original-{recording.file_name}", fallback="original"): recording.original,
        "copie-ecoute.m4a": recording.copy,
    }


def _copy(packed: zipfile.ZipFile, name: str, obj: StoredObject) -> str:
    """One file into the archive. Raises `Corrupt` if it is not what was deposited."""
    digest = hashlib.sha256()
    with storage.open_object(obj) as source, packed.open(name, "w", force_zip64=True) as target:
        while piece := source.read(_PIECE):
            digest.update(piece)
            target.write(piece)
    if digest.hexdigest() != obj.sha256:
        raise storage.Corrupt(f"{obj.pk}: its checksum is another")
    return digest.hexdigest()


def _manifest(package: CourtPackage, files: dict[str, StoredObject]) -> dict[str, Any]:
    recording = package.recording
    return {
        "package": str(package.pk),
        "made_at": timezone.now().isoformat(),
        "office": package.insurer.name,
        "mandate": recording.mandate.number,
        "recording": str(recording.pk),
        "interview_on": recording.interview_on.isoformat(),
        "duration_ms": recording.duration_ms,
        "court": package.court,
        "court_reference": package.court_reference,
        "ground": court_papers.ground_words(package),
        "files": [{"name": name, "bytes": obj.size, "sha256": obj.sha256} for name, obj in files.items()],
    }


def _journal(recording: Recording) -> dict[str, Any]:
    """The audit about this recording, as the auditors read it; said plainly where they have no connection."""
    objects = [str(recording.pk), str(recording.mandate_id)]
    objects += [str(pk) for pk in recording.grants.values_list("pk", flat=True)]
    objects += [str(pk) for pk in recording.listenings.values_list("pk", flat=True)]
    try:
        return extract(insurer_id=recording.insurer_id, by=audit.Who(role="platform"), object_ids=objects)
    except ImproperlyConfigured:
        return {"entries": [], "anchors": [], "note": "AUDIT_DATABASE_URL is not set on this worker: no extract"}


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def _image(
    package: CourtPackage, sealed: StoredObject, sealed_sha256: str, steps: list[custody.Step], language: str
) -> None:
    """The medium: the envelope, and beside it papers without names of listeners or of the insured person."""
    papers = {
        "chaine-de-conservation.pdf": court_papers.chain_pdf(package, steps, named=False, language=language),
        "LISEZMOI.txt": court_papers.read_me(package).encode(),
    }
    known = {name: hashlib.sha256(data).hexdigest() for name, data in papers.items()}
    papers["SHA256SUMS"] = court_papers.sums({ENVELOPE: sealed_sha256, **known}).encode()
    with (
        storage.open_object(sealed) as source,
        storage.Writer(insurer=package.insurer, limit=LIMIT + 16 * 1024**2) as out,
    ):
        entries = [archives.Entry(ENVELOPE, source, sealed.size)]
        entries += [archives.Entry(name, io.BytesIO(data), len(data)) for name, data in papers.items()]
        archives.write_iso(entries, out, label="GUICHET")
        _keep(package, out)


@transaction.atomic
def _keep(package: CourtPackage, out: storage.Writer) -> None:
    """Nothing is kept of a recording whose destruction was asked for meanwhile."""
    locked = CourtPackage.objects.select_for_update(of=("self",)).select_related("secret", "recording__mandate")
    found = locked.get(pk=package.pk)
    if found.state != CourtState.MAKING or found.recording.status not in LISTENABLE:
        return
    now = timezone.now()
    CourtPackage.objects.filter(pk=found.pk).update(
        state=CourtState.READY, image=out.keep(), made_at=now, expires_at=now + LIFE
    )
    if found.secret is not None:
        storage.destroy(found.secret)
    note(found.recording, "court_made", by=None, detail={"package": str(found.pk)})
