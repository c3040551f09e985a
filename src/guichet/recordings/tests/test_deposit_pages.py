"""The expert's pages and the office's, by a browser without scripts."""

import io
import struct
import zlib

import pytest

from guichet import audio
from guichet.recordings.actions import destruction
from guichet.recordings.models import Mandate, Recording, Waiver
from guichet.recordings.states import Status
from guichet.recordings.tests import factories
from guichet.recordings.tests.factories import declared

SEND = {
    "spoken_start": "0:01",
    "spoken_end": "0:24",
    "report_reference": "EXP-9",
    "report_date": "01.11.2026",
    "confirmed": ["person", "spoken", "interruptions", "tests"],
}


def png():
    """A grey picture of a signed paper."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 40, 30, 8, 0, 0, 0, 0)
    rows = b"".join(b"\0" + b"\x99" * 40 for _ in range(30))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def test_mandates_show_what_is_expected(browser, doctor, desk):
    factories.waived(by=doctor, agent=desk.records, last_name="Renonce")
    factories.deposited(by=doctor, last_name="Depose")
    page = browser(doctor).get("/vs/mandats/").content.decode()
    for words in ("Renonce", "Renonciation", "Depose", "Déposé", "Contrôler et envoyer"):
        assert words in page


def test_new_deposit_that_is_asked_for_stands_in_both_lists(browser, doctor, desk):
    factories.asked_again(factories.archived(by=doctor, agent=desk.records), agent=desk.records)
    theirs = browser(doctor).get("/vs/mandats/")
    ours = browser(desk.records).get("/vs/bureau/mandats/")
    assert [row["state"][0] for answer in (theirs, ours) for row in answer.context["rows"]] == ["asked_again"] * 2
    assert "Déposer à nouveau" in theirs.content.decode()


@pytest.mark.proves("REC-05")
def test_expert_opens_a_mandate_deposits_and_sends(browser, doctor, desk, vs):
    client = browser(doctor)
    facts = {
        "last_name": "Rossier", "first_name": "Ève", "birth_date": "03.04.1979", "avs_number": factories.avs_number(),
        "interview_dates": "01.11.2026, 02.11.2026",
    }  # fmt: skip
    opened = client.post("/vs/mandats/ouvrir/", facts)
    mandate = Mandate.objects.get(last_name="Rossier")
    assert (opened.status_code, opened["Location"], mandate.confirmed_at) == (303, f"/vs/mandats/{mandate.pk}/", None)
    begun = client.post(opened["Location"], {"interview_on": "01.11.2026"})
    recording = Recording.objects.get(mandate=mandate)
    assert begun["Location"] == f"/vs/depots/{recording.pk}/"
    assert "Choisir le fichier" in client.get(begun["Location"]).content.decode()
    factories.take_in(recording, by=doctor)
    page = client.get(begun["Location"]).content.decode()
    assert "Envoyer à l&#x27;office" in page or "Envoyer à l'office" in page
    refused = client.post(f"{begun['Location']}envoyer/", {})
    assert refused.status_code == 422
    sent = client.post(f"{begun['Location']}envoyer/", SEND)
    assert (sent.status_code, sent["Location"]) == (303, f"/vs/depots/{recording.pk}/envoye/")
    assert "a pris fin" in client.get(sent["Location"]).content.decode()
    recording.refresh_from_db()
    assert (recording.status, recording.spoken_start_ms, recording.report_reference) == (Status.SENT, 1000, "EXP-9")


def said_long(recording):
    """The listening copy as a browser gets it: its header says how long it is, or Firefox and WebKit cannot seek."""
    copy, last = factories.listening_copy(), recording.segments[-1]
    said = audio.with_length(copy, last[2] + last[3])
    assert (len(said), said == copy) == (len(copy), False)
    return said


@pytest.mark.proves("REC-04")
def test_expert_hears_the_deposit_until_it_is_sent(browser, doctor):
    recording = factories.deposited(by=doctor)
    client, address = browser(doctor), f"/vs/depots/{recording.pk}/son/"
    copy = said_long(recording)
    whole, part = client.get(address), client.get(address, headers={"Range": "bytes=1000-1999"})
    assert b"".join(whole.streaming_content) == copy
    assert (part.status_code, b"".join(part.streaming_content)) == (206, copy[1000:2000])
    assert part["Content-Range"] == f"bytes 1000-1999/{len(copy)}"
    assert client.get(address, headers={"Range": "bytes=99999999-"}).status_code == 416
    factories.sending.send(recording, declared=declared(), by=doctor)
    assert client.get(address).status_code == 410


@pytest.mark.parametrize(
    ("range_", "status", "first", "last"),
    [
        ("bytes=-5", 206, -5, None),
        ("bytes=5-5", 206, 5, 6),
        ("bytes=10-5", 200, 0, None),
        ("bytes=-", 200, 0, None),
        ("bytes=0-4,9-12", 200, 0, None),
        ("lines=1-2", 200, 0, None),
        ("bytes=99999999-5", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
    ],
)
def test_ranges_of_the_deposit_are_what_was_asked_or_the_whole(browser, doctor, range_, status, first, last):
    recording = factories.deposited(by=doctor)
    answer = browser(doctor).get(f"/vs/depots/{recording.pk}/son/", headers={"Range": range_})
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    wanted = said_long(recording)[first:last]
    assert (answer.status_code, body == wanted, answer["Content-Length"]) == (status, True, str(len(wanted)))


@pytest.mark.proves("AUD-01")
def test_expert_who_hears_the_deposit_is_written_down_first(browser, doctor, audited):
    recording = factories.deposited(by=doctor)
    client, address = browser(doctor), f"/vs/depots/{recording.pk}/son/"
    audited.clear()
    client.get(address, headers={"Range": "bytes=0-99"}).close()
    (entry,) = audited
    assert (entry["action"], entry["actor_id"], entry["object_id"], bool(entry["subject_ref"])) == (
        "recording.heard_before_sending", str(doctor.person.pk), str(recording.pk), True,
    )  # fmt: skip


@pytest.mark.proves("REC-15")
def test_office_enters_a_waiver_that_blocks(browser, doctor, desk):
    mandate = factories.mandate(by=doctor, agent=desk.records)
    recording = factories.deposited(by=doctor, on=mandate)
    client, today = browser(desk.records), factories.timezone.localdate().strftime("%d.%m.%Y")
    address = f"/vs/bureau/mandats/{mandate.pk}/renonciation/"
    paper = io.BytesIO(png())
    paper.name = "renonciation.png"
    assert client.post(address, {"declared_on": today}).status_code == 422
    assert client.post(address, {"declared_on": today, "document": paper}).status_code == 303
    waiver = Waiver.objects.get(mandate=mandate)
    expert = browser(doctor)
    assert "ne peut pas être envoyé" in expert.get(f"/vs/depots/{recording.pk}/").content.decode()
    assert expert.post(f"/vs/depots/{recording.pk}/envoyer/", SEND).status_code == 409
    assert expert.post(f"/vs/mandats/{mandate.pk}/", {"interview_on": today}).status_code == 409
    assert client.get(f"{address}{waiver.pk}/document/").status_code == 200
    refused = client.post(f"{address}{waiver.pk}/revoquer/", {"revoked_on": today})
    assert (refused.status_code, refused.content.decode().count("Joignez la déclaration signée.")) == (422, 2)
    paper.seek(0)
    assert client.get(f"{address}{waiver.pk}/document/?piece=revocation").status_code == 404
    revoked = {"revoked_on": today, "document": paper}
    assert client.post(f"{address}{waiver.pk}/revoquer/", revoked).status_code == 303
    signed = client.get(f"{address}{waiver.pk}/document/?piece=revocation")
    assert (signed.status_code, "revocation-" in signed["Content-Disposition"]) == (200, True)
    assert expert.post(f"/vs/depots/{recording.pk}/envoyer/", SEND).status_code == 303


@pytest.mark.proves("REC-15")
def test_interview_whose_destruction_was_asked_for_is_not_deposited_again(browser, doctor, desk):
    recording = factories.deposited(by=doctor)
    today = recording.interview_on
    said = destruction.Declaration(declared_on=today, document=factories.signed_paper(), interview_on=today)
    destruction.ask(recording.mandate, said=said, by=desk.records)
    client, file = browser(doctor), f"/vs/depots/{recording.pk}/"
    begun = client.post(f"/vs/mandats/{recording.mandate_id}/", {"interview_on": today.strftime("%d.%m.%Y")})
    tus = client.post(f"{file}fichier/", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "9",
                                                  "Upload-Metadata": "filename eC5tcDM="})  # fmt: skip
    acts = [
        client.post(f"{file}{act}/", SEND | {"sure": "1"}).status_code
        for act in ("envoyer", "recommencer", "abandonner")
    ]
    assert (begun.status_code, tus.status_code, acts) == (409, 409, [409] * 3)
    assert client.get(f"{file}son/").status_code == 410
    assert Recording.objects.filter(mandate=recording.mandate).count() == 1


@pytest.mark.proves("REC-05", "REC-08")
def test_office_announces_confirms_and_asks_again(browser, doctor, desk, mailbox):
    client = browser(desk.records)
    facts = {
        "affiliation": str(doctor.affiliation.pk), "number": "VS-77", "last_name": "Constantin", "first_name": "Max",
        "birth_date": "01.02.1970", "avs_number": factories.avs_number(), "interview_dates": "30.11.2026",
        "language": "fr",
    }  # fmt: skip
    assert client.post("/vs/bureau/mandats/annoncer/", facts).status_code == 303
    assert client.post("/vs/bureau/mandats/annoncer/", facts).status_code == 422
    mails = mailbox()
    assert [mail.to for mail in mails] == [doctor.person.email]
    assert "Constantin" not in mails[0].subject + mails[0].text
    recording = factories.sent(by=doctor, last_name="Ouvert")
    assert "Ouvert" in client.get("/vs/bureau/mandats/?etat=a-confirmer").content.decode()
    mandate = recording.mandate
    assert client.get(f"/vs/bureau/mandats/{mandate.pk}/").status_code == 200
    assert client.post(f"/vs/bureau/mandats/{mandate.pk}/confirmer/", {"number": "VS-77"}).status_code == 422
    assert client.post(f"/vs/bureau/mandats/{mandate.pk}/confirmer/", {"number": "VS-78"}).status_code == 303
    asked = client.post(f"/vs/bureau/enregistrements/{recording.pk}/nouveau-depot/", {"reason": "Son brouillé"})
    assert asked.status_code == 303
    assert "Son brouillé" in browser(doctor).get(f"/vs/mandats/{mandate.pk}/").content.decode()


@pytest.mark.proves("REC-05")
@pytest.mark.parametrize(
    "headings",
    [
        "Référence;Expert;Nom;Prénom;Date de naissance;N° assuré;Dates des entretiens",
        "Referenz;Sachverständige Person;Name;Vorname;Geburtsdatum;AHV-Nummer;Daten der Interviews",
    ],
)
def test_office_imports_a_list_with_a_report(browser, doctor, desk, headings):
    lines = [
        headings,
        f"A-1;Dr Essai;Un;Anne;01.02.1980;{factories.avs_number()};05.12.2026",
        f"A-2;Inconnu;Deux;Bea;01.02.1980;{factories.avs_number()};05.12.2026",
        "A-3;Dr Essai;Trois;Cora;31.02.1980;756.1;05.12.2026",
    ]
    file = io.BytesIO("\n".join(lines).encode())
    file.name = "mandats.csv"
    answer = browser(desk.records).post("/vs/bureau/mandats/importer/", {"file": file})
    assert answer.status_code == 200
    assert list(Mandate.objects.order_by("number").values_list("number", flat=True)) == ["A-1"]
    assert "2 lignes refusées" in answer.content.decode()


def test_pages_are_for_experts_and_for_staff_with_the_right(browser, doctor, desk):
    for who in (desk.agent, desk.listener, desk.auditor):
        assert browser(who).get("/vs/bureau/mandats/").status_code == 403
    assert browser(desk.records).get("/vs/mandats/").status_code == 403
    institution = factories.expert(doctor.insurer, "Foyer", kind="institution")
    assert browser(institution).get("/vs/mandats/").status_code == 403


@pytest.mark.parametrize("rows", [1, 4])
def test_lists_cost_the_same(browser, doctor, desk, rows, django_assert_max_num_queries):
    for _ in range(rows):
        factories.mandate(by=doctor, agent=desk.records)
    for who, address in ((doctor, "/vs/mandats/"), (desk.records, "/vs/bureau/mandats/")):
        client = browser(who)
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200
