"""The archive is read every night; a space says where its data are; nothing else is taken (REC-16, 17, 23)."""

from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.utils import timezone

from guichet.recordings.actions import integrity
from guichet.recordings.models import IntegrityCheck, Recording, RecordingEvent
from guichet.recordings.tests import factories
from guichet.storage.models import StoredObject


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
    recordings = [factories.archived(by=doctor, agent=desk.records) for _ in range(4)]
    assert integrity.verify_share(vs) == 0
    assert IntegrityCheck.objects.filter(what="original").count() == 2
    assert integrity.verify_share(vs) == 0
    read = IntegrityCheck.objects.filter(what="original").values_list("recording_id", flat=True)
    assert set(read) == {one.pk for one in recordings}


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


@pytest.mark.proves("REC-17")
@pytest.mark.parametrize("language", ["fr", "de"])
def test_help_page_and_letter_for_what_arrives_otherwise(vs, client, language):
    headers = {"accept-language": language}
    assert client.get("/vs/aide/autres-voies/", headers=headers).status_code == 200
    assert client.get("/vs/aide/autres-voies/lettre/", headers=headers).content.startswith(b"%PDF")
