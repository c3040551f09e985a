"""The archive is read every night; a space says where its data are; nothing else is taken (REC-16, 17, 23)."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.checks import run_checks
from django.utils import timezone

from guichet import storage
from guichet.printing.tests import reading
from guichet.recordings.actions import court, integrity
from guichet.recordings.models import IntegrityCheck, Recording, RecordingEvent
from guichet.recordings.queries.custody import care
from guichet.recordings.tests import factories, listening_scenes
from guichet.recordings.tests.test_court import made
from guichet.storage.models import StoredObject
from guichet.storage.store import key_store


@pytest.fixture(autouse=True)
def own_places(tmp_path, settings):
    settings.STORAGE_ROOT, settings.KEY_STORE = tmp_path / "objects", tmp_path / "keys"


def damage(obj, settings):
    path = Path(settings.STORAGE_ROOT) / str(obj.insurer_id) / obj.pk.hex[:2] / obj.pk.hex
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


@pytest.mark.proves("REC-16")
def test_every_file_is_read_within_the_nights(doctor, desk, vs):
    vs.configuration = {"integrity_days": 2}
    vs.save()
    recordings = {factories.archived(by=doctor, agent=desk.records).pk for _ in range(3)}
    held = factories.deposited(by=doctor)  # the expert's still
    nights = [timezone.now() + timedelta(days=night) for night in range(3)]
    checks, read = IntegrityCheck.objects.filter(what="original"), []
    for now in nights:
        assert integrity.verify_share(vs, now=now) == 0
        read.append(set(checks.filter(checked_at=now).values_list("recording_id", flat=True)))
    assert [len(some) for some in read] == [2, 2, 2]  # a begun half counts
    assert (read[0] | read[1], read[1] | read[2]) == (recordings, recordings)  # whose turn it is the longest
    assert not checks.filter(recording=held).exists()


@pytest.mark.proves("REC-16")
def test_one_flipped_bit_is_found_told_once_and_shown(doctor, desk, vs, settings, audited, mailbox, browser):
    recording = factories.archived(by=doctor, agent=desk.records)
    damage(recording.original, settings)
    vs.configuration = {"integrity_days": 1}
    vs.save()
    assert integrity.verify_share(vs) == 1
    assert integrity.verify_share(vs) == 1
    assert [one["action"] for one in audited if "damaged" in one["action"]] == ["recording.damaged"]
    assert RecordingEvent.objects.filter(act="damaged").count() == 1
    assert [mail.to for mail in mailbox() if "intégrité" in mail.subject] == [vs.email]
    shown = browser(desk.administrator).get("/vs/bureau/integrite/").content.decode()
    assert f">{recording.mandate.number}<" in shown


@pytest.mark.proves("REC-16")
def test_every_file_of_a_recording_is_looked_after_and_heals_when_restored(doctor, desk, vs, settings, mailbox):
    recording = factories.archived(by=doctor, agent=desk.records)
    vs.configuration = {"integrity_days": 1}
    vs.save()
    assert integrity.verify_share(vs) == 0
    for what in integrity.KINDS:
        damage(getattr(recording, what), settings)
        assert integrity.verify_share(vs) == 1
        (found,) = care(desk.records).damaged
        assert (found.what, found.recording_id, found.damage) == (what, recording.pk, "unreadable")
        damage(getattr(recording, what), settings)  # the same bit once more: restored
        assert (integrity.verify_share(vs), care(desk.records).damaged) == (0, [])
    assert [mail.to for mail in mailbox() if "intégrité" in mail.subject] == [vs.email] * 3


@pytest.mark.proves("REC-16")
def test_damaged_file_is_read_every_night_also_when_it_is_not_its_turn(doctor, desk, vs, settings):
    hurt, other = (factories.archived(by=doctor, agent=desk.records) for _ in range(2))
    now = timezone.now()
    damage(hurt.original, settings)
    assert integrity.verify(hurt, what="original", now=now)
    damage(hurt.original, settings)
    integrity.verify_share(vs)  # a thirtieth: the other one, which was never read
    read = IntegrityCheck.objects.filter(what="original").values_list("recording_id", "damage")
    assert set(read) == {(hurt.pk, ""), (other.pk, "")}


@pytest.mark.proves("REC-16", "REC-14", "REC-13")
def test_archived_recording_can_be_requested_again_years_later(doctor, desk, vs, browser):
    """« Peuvent être à tout moment redemandés »: heard, granted and handed to a court once more, under new keys."""
    recording = factories.archived(by=doctor, agent=desk.records)
    clerks = [factories.staff(vs, "agent", "court") for _ in range(2)]
    sound = storage.read(recording.original)
    handed, start = made(recording, clerks)[0], timezone.now()
    court.hand(handed, medium="Clé 1", handed_to="Jeanne", handed_on=timezone.localdate(), by=clerks[0])
    storage.rotate_key(vs)
    with time_machine.travel(start + timedelta(days=3653)):
        court.erase_over(vs)
        storage.rotate_key(vs)
        key_store().retire(vs.pk, older_than=timedelta(days=1))
        known = Recording.objects.select_related("mandate", "original", "copy", "peaks").get(pk=recording.pk)
        assert (known.status, storage.read(known.original) == sound) == ("archived", True)
        begun = listening_scenes.begun(known, desk.listener, ground="revision")
        player = listening_scenes.with_cookie(browser(desk.listener), begun)
        _key, _header, pieces = listening_scenes.playlist(player, begun[0])
        assert player.get(pieces[0]).status_code == 200
        assert listening_scenes.given(known, desk.records).until > timezone.localdate()
        again = made(known, clerks)[0]
        assert (again.state, again.pk != handed.pk) == ("ready", True)
        assert integrity.verify_share(vs) == 0


@pytest.mark.proves("REC-16")
def test_lost_key_is_a_damage_and_a_destruction_is_none(doctor, desk, vs, settings, mailbox):
    lost, gone = (factories.archived(by=doctor, agent=desk.records) for _ in range(2))
    for obj in (lost.original, gone.original):
        (Path(settings.KEY_STORE) / str(vs.pk) / "objects" / obj.pk.hex[:2] / obj.pk.hex).unlink()
    StoredObject.objects.filter(pk=gone.original.pk).update(destroyed_at=timezone.now())
    known = [Recording.objects.select_related("mandate", "original").get(pk=one.pk) for one in (lost, gone)]
    known[1].original.destroyed_at = None  # destroyed since it was read
    found = [integrity.verify(one, what="original", now=timezone.now()) for one in known]
    assert (found, [mail.to for mail in mailbox() if "intégrité" in mail.subject]) == ([True, False], [vs.email])


@pytest.mark.proves("REC-23")
def test_administrator_states_security_and_everybody_reads_it(desk, browser, client, audited):
    said = {
        "place_fr": "Deux centres de calcul à Sion",
        "place_de": "Zwei Rechenzentren in Sitten",
        "standards_fr": "ISO 27001",
        "standards_de": "ISO 27001",
        "review_on": f"{timezone.localdate():%d.%m.%Y}",
        "review_fr": "Test d'intrusion",
        "review_de": "Penetrationstest",
    }
    admin = browser(desk.administrator)
    assert admin.get("/vs/bureau/securite/").status_code == 200
    assert admin.post("/vs/bureau/securite/", said | {"review_de": ""}).status_code == 422
    assert admin.post("/vs/bureau/securite/", said).status_code == 302
    assert "Deux centres de calcul" in client.get("/vs/securite/").content.decode()
    assert "Rechenzentren" in client.get("/vs/securite/", headers={"accept-language": "de"}).content.decode()
    assert [one["action"] for one in audited if "stated" in one["action"]] == ["security.stated"]
    assert browser(desk.records).get("/vs/bureau/securite/").status_code == 403


@pytest.mark.proves("REC-23")
def test_platform_refuses_a_region_that_is_not_allowed(settings):
    def ids():
        return [found.id for found in run_checks(tags=["security"]) if found.id == "guichet.storage.E003"]

    assert ids() == []
    settings.REGIONS = {"storage": "CH", "mail": "CH", "sms": "US", "backups": ""}
    assert len(ids()) == 2


CONTENT = {
    "fr": {
        "page": [
            "clé USB, CD ou DVD, carte mémoire",
            "joint à un e-mail",
            "service de transfert",
            "application métier",
            "N'écoutez pas le fichier",
            "Renvoyez le support",
            "AAC, MP3 ou DSS",
            "jamais avec un convertisseur en ligne",
            "Gardez votre fichier",
            "058 715 11 12 (lu–ve 8–12, 13–17)",
        ],
        "letter": [
            "Votre enregistrement ne peut pas être accepté par cette voie",
            "[Nom]",
            "(clé, CD, carte, dictaphone)",
            "art. 7k al. 7 OPGA",
            "ni écouté ni copié",
            "AAC, MP3 et DSS, jusqu'à 2 Gio et 6 heures",
            "jamais avec un convertisseur en ligne",
            "appelez-nous tout de suite",
            "058 715 11 12 (lu–ve 8–12, 13–17)",
            "Page 1/1",
        ],
    },
    "de": {
        "page": [
            "USB-Stick, CD oder DVD, Speicherkarte",
            "Anhang einer E-Mail",
            "Transferdienst",
            "Fachanwendung",
            "AAC, MP3 oder DSS",
            "nie mit einem Online-Umwandler",
            "058 715 11 12 (Mo–Fr 8–12, 13–17)",
        ],
        "letter": [
            "[Name]",
            "(Stick, CD, Karte, Diktiergerät)",
            "Art. 7k Abs. 7 ATSV",
            "weder angehört noch kopiert",
            "AAC, MP3 und DSS, bis 2 GiB und 6 Stunden",
            "nie mit einem Online-Umwandler",
            "rufen Sie uns sofort an",
            "058 715 11 12 (Mo–Fr 8–12, 13–17)",
            "Seite 1/1",
        ],
    },
}


@pytest.mark.proves("REC-17")
@pytest.mark.parametrize("language", ["fr", "de"])
def test_help_page_and_letter_say_what_is_refused_what_to_do_and_whom_to_ask(vs, client, language):
    headers = {"accept-language": language}
    page = client.get("/vs/aide/autres-voies/", headers=headers).content.decode().replace("&#x27;", "'")
    pages = reading.pages(client.get("/vs/aide/autres-voies/lettre/", headers=headers).content)
    letter = reading.letters("".join(pages))
    wanted = CONTENT[language]
    assert [words for words in wanted["page"] if words not in page] == []
    assert [words for words in wanted["letter"] if reading.letters(words) not in letter] == []
    shown = [vs.phone in page, reading.letters(vs.phone) in letter, f"{settings.BASE_URL}/vs/" in letter]
    assert (shown, len(pages)) == ([True, True, True], 1)
