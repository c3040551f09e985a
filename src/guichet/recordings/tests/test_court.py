"""A recording for a court: two people, a passphrase shown once, an image anybody can check (REC-14)."""

import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from datetime import timedelta

import pycdlib
import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from guichet import storage
from guichet.accounts import sessions
from guichet.accounts.models import StaffMember, StaffRole
from guichet.archives.tests.test_envelope import open_by_age
from guichet.recordings import court_papers
from guichet.recordings.actions import court, court_making
from guichet.recordings.actions.listening_errors import NotYours, UnknownGround
from guichet.recordings.errors import Incomplete, NotPossible
from guichet.recordings.models import CourtPackage, CourtState, Recording
from guichet.recordings.states import Status
from guichet.recordings.tests import factories
from guichet.recordings.tests.test_destruction import asked
from guichet.storage.models import StoredObject

WANTED = court.Wanted(
    ground="appeal", court="Tribunal d'essai", court_reference="S1 26 17", receiver="Greffe, Jeanne Modèle"
)


@pytest.fixture
def clerks(vs):
    return [factories.staff(vs, StaffRole.AGENT, "court") for _ in range(2)]


@pytest.fixture
def recording(doctor, desk):
    return factories.archived(by=doctor, agent=desk.records, last_name="Zqcanary")


def made(recording, clerks):
    first, second = clerks
    package = court.ask(recording, wanted=WANTED, by=first)
    passphrase = court.approve(package, by=second)
    court_making.make(package.pk)
    package.refresh_from_db()
    return package, passphrase


def on_medium(obj):
    image, files = pycdlib.PyCdlib(), {}
    image.open_fp(io.BytesIO(storage.read(obj)))
    for child in image.list_children(joliet_path="/"):
        name = child.file_identifier().decode("utf-16-be")
        if child.is_file():
            found = io.BytesIO()
            image.get_file_from_iso_fp(found, joliet_path=f"/{name}")
            files[name] = found.getvalue()
    image.close()
    return files


@pytest.mark.proves("REC-14")
@pytest.mark.skipif(shutil.which("age") is None, reason="age is not installed; pyrage opens it in the next test")
def test_court_package_is_checked_with_standard_tools_alone(recording, clerks, tmp_path):
    package, passphrase = made(recording, clerks)
    for name, data in on_medium(package.image).items():
        (tmp_path / name).write_bytes(data)
    check = [shutil.which("sha256sum"), "--strict", "-c", "SHA256SUMS"]
    assert subprocess.run(check, cwd=tmp_path, check=False, capture_output=True).returncode == 0
    inside = tmp_path / "inside"
    with zipfile.ZipFile(io.BytesIO(open_by_age(tmp_path / "paquet.age", passphrase))) as packed:
        packed.extractall(inside)
    assert subprocess.run(check, cwd=inside, check=False, capture_output=True).returncode == 0


@pytest.mark.proves("REC-14")
def test_read_me_opens_the_package_where_something_can_be_written():
    """On the medium itself every command but the first would end in « read-only file system »."""
    french, german = court_papers.READ_ME.split("DEUTSCH")
    for words, elsewhere in ((french, "un dossier vide"), (german, "einen leeren Ordner")):
        on_medium, beside = words.split("\n2. ")
        commands = [[line.strip() for line in part.splitlines() if line[:7].isspace()] for part in (on_medium, beside)]
        opening = ["age -d -o paquet.zip paquet.age", "unzip paquet.zip"]
        assert commands == [["sha256sum -c SHA256SUMS"], [*opening, "sha256sum -c SHA256SUMS"]]
        assert beside.index(elsewhere) < beside.index("age -d")


@pytest.mark.proves("REC-14")
def test_court_package_holds_original_copy_manifest_and_chain(recording, clerks):
    import pyrage

    package, passphrase = made(recording, clerks)
    medium = on_medium(package.image)
    assert sorted(medium) == ["LISEZMOI.txt", "SHA256SUMS", "chaine-de-conservation.pdf", "paquet.age"]
    with zipfile.ZipFile(io.BytesIO(pyrage.passphrase.decrypt(medium["paquet.age"], passphrase))) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    assert files["original-entretien.mp3"] == factories.sound()
    assert files["copie-ecoute.m4a"] == factories.listening_copy()
    manifest = json.loads(files["manifest.json"])
    facts = ("court", "court_reference", "mandate", "interview_on", "duration_ms")
    assert [manifest[name] for name in facts] == [
        WANTED.court, WANTED.court_reference, recording.mandate.number, recording.interview_on.isoformat(), 26_016,
    ]  # fmt: skip
    assert {one["name"]: one["bytes"] for one in manifest["files"]} == {
        name: len(files[name]) for name in ("original-entretien.mp3", "copie-ecoute.m4a")
    }
    for held in (medium, files):  # `sha256sum -c` says nothing of a file no line names
        named = [line.split("  ", 1) for line in held["SHA256SUMS"].decode().splitlines()]
        others = sorted(set(held) - {"SHA256SUMS"})
        assert named == [[hashlib.sha256(held[name]).hexdigest(), name] for name in others]
    assert {one["name"]: one["sha256"] for one in manifest["files"]} == {
        name: hashlib.sha256(files[name]).hexdigest() for name in ("original-entretien.mp3", "copie-ecoute.m4a")
    }
    assert files["chaine-de-conservation.pdf"].startswith(b"%PDF")
    assert json.loads(files["journal.json"])["entries"] == []  # what this test wrote is not committed


@pytest.mark.proves("REC-14")
def test_what_lies_beside_the_envelope_names_nobody(recording, clerks):
    from guichet.printing.tests.reading import letters, pages

    package, _secret = made(recording, clerks)
    said = "".join(pages(on_medium(package.image)["chaine-de-conservation.pdf"]))
    sums = [recording.original.sha256, recording.copy.sha256]
    assert [digest for digest in sums if letters(digest) not in letters(said)] == []
    names = ["Zqcanary", "Lucie", "Jeanne", *(clerk.person.first_name for clerk in clerks)]
    assert [name for name in names if name in said] == []
    assert "Archivé" in said


@pytest.mark.proves("REC-14")
def test_package_is_never_approved_by_who_asked(recording, clerks):
    first, second = clerks
    package = court.ask(recording, wanted=WANTED, by=first)
    with pytest.raises(NotYours):
        court.approve(package, by=first)
    with pytest.raises(NotYours):
        court.refuse(package, reason="non", by=first)
    with pytest.raises(IntegrityError, match="court_second_person"), transaction.atomic():
        CourtPackage.objects.filter(pk=package.pk).update(
            decided_by=first.person, decided_at=timezone.now(), state="making"
        )
    court.approve(package, by=second)
    with pytest.raises(NotPossible):
        court.approve(package, by=second)


def test_package_wants_the_right_a_ground_a_court_and_an_archived_recording(recording, clerks, desk, doctor):
    with pytest.raises(NotYours):
        court.ask(recording, wanted=WANTED, by=desk.records)
    with pytest.raises(UnknownGround):
        court.ask(
            recording,
            wanted=court.Wanted(ground="procedure", court="T", court_reference="1", receiver="X"),
            by=clerks[0],
        )
    with pytest.raises(Incomplete) as missing:
        court.ask(
            recording, wanted=court.Wanted(ground="appeal", court=" ", court_reference="1", receiver="\0"), by=clerks[0]
        )
    assert missing.value.missing == ["court", "receiver"]
    with pytest.raises(NotPossible):
        court.ask(factories.sent(by=doctor), wanted=WANTED, by=clerks[0])


@pytest.mark.proves("REC-14")
def test_image_is_there_for_24_hours_for_the_two_and_every_fetching_is_audited(recording, clerks, vs, audited):
    package, _secret = made(recording, clerks)
    other = factories.staff(vs, StaffRole.AGENT, "court")
    with pytest.raises(NotYours):
        court.fetch(package, by=other)
    asker = StaffMember.objects.get(person=clerks[1].person)
    StaffMember.objects.filter(pk=asker.pk).update(rights=[])
    with pytest.raises(NotYours):  # the right is asked for each time
        court.fetch(package, by=sessions.actor_of(clerks[1].person, vs))
    assert court.fetch(package, by=clerks[0]).pk == package.image_id
    assert [one["action"] for one in audited if "court_fetched" in one["action"]] == ["recording.court_fetched"]
    end = package.expires_at
    assert end - package.made_at == timedelta(hours=24)
    with time_machine.travel(end, tick=False), pytest.raises(NotPossible):  # whether it is erased yet or not
        court.fetch(package, by=clerks[0])
    assert court.erase_over(vs, now=end - timedelta(seconds=1)) == 0
    assert court.erase_over(vs, now=end) == 1
    assert court.erase_over(vs, now=end) == 0
    package.refresh_from_db()
    assert package.state == CourtState.OVER
    with pytest.raises(NotPossible):
        court.fetch(package, by=clerks[0])


@pytest.mark.proves("REC-14")
def test_package_is_not_approved_once_the_recording_left_the_archive(recording, clerks):
    package = court.ask(recording, wanted=WANTED, by=clerks[0])
    Recording.objects.filter(pk=recording.pk).update(status=Status.DESTRUCTION_ASKED)
    with pytest.raises(NotPossible):
        court.approve(CourtPackage.objects.select_related("recording").get(pk=package.pk), by=clerks[1])


@pytest.mark.proves("REC-14", "REC-15")
def test_image_is_not_kept_once_the_destruction_was_asked_for(recording, clerks, vs):
    package = court.ask(recording, wanted=WANTED, by=clerks[0])
    court.approve(package, by=clerks[1])
    Recording.objects.filter(pk=recording.pk).update(status=Status.DESTRUCTION_ASKED)
    with storage.Writer(insurer=vs, limit=100) as out:
        out.write(b"an image")
        court_making._keep(package, out)
    package.refresh_from_db()
    assert (package.state, package.image, package.made_at) == (CourtState.MAKING, None, None)


@pytest.mark.proves("REC-14")
def test_package_holds_nothing_that_is_not_what_was_deposited(recording, clerks):
    package = court.ask(recording, wanted=WANTED, by=clerks[0])
    court.approve(package, by=clerks[1])
    StoredObject.objects.filter(pk=recording.original_id).update(sha256="0" * 64)
    with pytest.raises(storage.Corrupt):
        court_making.make(package.pk)
    package.refresh_from_db()
    assert (package.state, package.image) == (CourtState.MAKING, None)


@pytest.mark.proves("REC-14")
def test_passphrase_is_kept_nowhere_once_the_envelope_is_sealed(recording, clerks):
    package, passphrase = made(recording, clerks)
    living = StoredObject.objects.filter(destroyed_at=None, size__lt=200)
    assert [obj.pk for obj in living if storage.read(obj) == passphrase.encode()] == []
    assert StoredObject.objects.get(pk=package.secret_id).destroyed_at is not None
    court_making.make(package.pk)  # the job once more
    again = CourtPackage.objects.get(pk=package.pk)
    assert again.image_id == package.image_id


def test_receipt_names_medium_day_and_hand(recording, clerks):
    package, _secret = made(recording, clerks)
    with pytest.raises(Incomplete):
        court.hand(
            package,
            medium="USB 17",
            handed_to="Jeanne Modèle",
            handed_on=timezone.localdate() - timedelta(days=1),
            by=clerks[0],
        )
    today, tomorrow = timezone.localdate(), timezone.localdate() + timedelta(days=1)
    with pytest.raises(Incomplete):
        court.hand(package, medium="USB 17", handed_to="Jeanne Modèle", handed_on=tomorrow, by=clerks[0])
    court.hand(package, medium="USB 17", handed_to="Jeanne Modèle", handed_on=today, by=clerks[0])
    assert (package.state, package.medium) == (CourtState.HANDED, "USB 17")
    with pytest.raises(NotPossible):
        court.hand(package, medium="USB 18", handed_to="Un autre", handed_on=today, by=clerks[0])


@pytest.mark.proves("REC-14", "REC-15")
def test_envelope_of_a_worker_that_died_is_known_and_goes(recording, clerks, vs):
    package = court.ask(recording, wanted=WANTED, by=clerks[0])
    court.approve(package, by=clerks[1])
    with storage.Writer(insurer=vs, limit=100) as out:
        out.write(b"half a package")
        kept = court_making._keep_envelope(package, out)
    package.refresh_from_db()
    assert (package.image, package.state) == (kept, CourtState.MAKING)
    with pytest.raises(NotPossible):
        court.fetch(package, by=clerks[0])
    court_making.make(package.pk)
    package.refresh_from_db()
    assert (package.state, package.image_id == kept.pk) == (CourtState.READY, False)
    assert StoredObject.objects.get(pk=kept.pk).destroyed_at is not None
    with storage.Writer(insurer=vs, limit=100) as out:
        assert court_making._keep_envelope(package, out) is None  # over meanwhile: nothing is kept


@pytest.mark.proves("REC-15")
def test_package_fails_at_once_if_the_destruction_is_asked_for_while_it_is_made(recording, clerks, desk, monkeypatch):
    package = court.ask(recording, wanted=WANTED, by=clerks[0])
    court.approve(package, by=clerks[1])

    def meanwhile(_package):
        asked(recording, desk)
        return "read me"

    monkeypatch.setattr(court_papers, "read_me", meanwhile)
    court_making.make(package.pk)
    package.refresh_from_db()
    gone = (package.secret.destroyed_at is not None, package.image.destroyed_at is not None)
    assert (package.state, gone) == (CourtState.FAILED, (True, True))


def test_package_the_worker_never_made_fails_and_its_passphrase_goes(recording, clerks, vs):
    package = court.ask(recording, wanted=WANTED, by=clerks[0])
    court.approve(package, by=clerks[1])
    assert court.stalled(vs, before=timezone.now() + timedelta(seconds=1)) == 1
    package.refresh_from_db()
    assert (package.state, package.secret.destroyed_at is not None) == (CourtState.FAILED, True)


@pytest.mark.proves("REC-14")
def test_pages_show_the_passphrase_once_and_to_the_second_person_only(recording, clerks, browser, jobs):
    asker, approver = browser(clerks[0]), browser(clerks[1])
    address = f"/vs/bureau/enregistrements/{recording.pk}/tribunal/"
    asked = {"ground": "appeal", "court": "Tribunal", "court_reference": "S1", "receiver": "Jeanne"}
    assert asker.post(address, asked | {"court": ""}).status_code == 422
    page = asker.post(address, asked)["Location"]
    warned = [asker.get(one).content.decode().replace("&#x27;", "'") for one in (address, page)]
    assert ["Jamais dans l'application métier" in one for one in warned] == [True, True]
    assert asker.post(f"{page}approuver/").status_code == 409
    answer = approver.post(f"{page}approuver/")
    shown = answer.context["passphrase"]
    assert (answer.status_code, answer["Cache-Control"], len(shown)) == (200, "no-store", 24)
    assert shown in answer.content.decode()
    assert shown not in approver.get(page).content.decode()
    (job,) = jobs("recordings.court_package")
    assert shown not in json.dumps(job)
    court_making.make(job["package_id"])
    fetched = asker.get(f"{page}image/")
    assert (fetched.status_code, fetched["Cache-Control"]) == (200, "no-store")
    assert len(b"".join(fetched.streaming_content)) == int(fetched["Content-Length"])
    assert browser(factories.staff(clerks[0].insurer, "agent", "court")).get(f"{page}image/").status_code == 404
