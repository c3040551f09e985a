"""Documents: limited, looked into, scanned, encrypted; only clean ones are ever served."""

from __future__ import annotations

import pytest

from guichet import storage
from guichet.casework.errors import FileRefused, NotEditable
from guichet.casework.models import AttachmentState
from guichet.invoices import checking, queries
from guichet.invoices.actions import codes, drafts, scanning
from guichet.invoices.models import Invoice, InvoiceAttachment
from guichet.invoices.tests import factories
from guichet.invoices.tests.factories import PDF, PNG, attachment, draft, sent, to_correct
from guichet.storage.inspection.virus import SIGNATURE
from guichet.storage.models import StoredObject
from guichet.storage.tests import files as pdf_files

pytestmark = pytest.mark.proves("FRM-09")


@pytest.fixture
def place(settings, tmp_path):
    """Where this test's bytes and keys lie."""
    settings.STORAGE_ROOT, settings.KEY_STORE = tmp_path / "objects", tmp_path / "keys"
    return tmp_path


@pytest.fixture
def no_scanner(settings):
    """While clamd is away; `no_scanner.CLAMD = ""` brings the demo's own scanner."""
    settings.CLAMD = "127.0.0.1:1"
    return settings


def files(place):
    return [path for path in place.rglob("*") if path.is_file()]


def test_a_document_is_kept_encrypted_with_what_is_known_of_it(anna, place, audited, jobs):
    invoice = draft(by=anna, attached=False)
    added = attachment(invoice, by=anna, name="C:\\scan\\Facture mai\u202e.pdf")
    assert (added.name, added.media_type, added.pages, added.state, added.first_version) == (
        "Facture mai.pdf",
        "application/pdf",
        1,
        AttachmentState.CLEAN,
        1,
    )
    assert storage.read(added.stored) == PDF
    assert not any(PDF in path.read_bytes() for path in files(place))
    assert audited[-1]["action"] == "invoice.attached"
    assert jobs("invoices.read_code") == [{"insurer_id": anna.insurer.pk, "attachment_id": str(added.pk)}]


REFUSED = {
    "virus": (PDF + SIGNATURE, "facture.pdf", 422, "Ce fichier contient un virus. Il n'a pas été enregistré."),
    "empty": (b"", "facture.pdf", 422, "Le fichier est vide. Choisissez un autre fichier."),
    "text": (b"bonjour", "note.txt", 415, "Ce type de fichier n'est pas accepté. Joignez un fichier PDF, JPG ou PNG."),
    "disguise": (
        PNG,
        "facture.pdf",
        415,
        "Le nom du fichier ne correspond pas à son contenu. Renommez-le avec l'extension .pdf, .jpg ou .png.",
    ),
    "broken": (
        PDF[:60],
        "facture.pdf",
        422,
        "Le PDF est incomplet ou endommagé. Enregistrez ou imprimez à nouveau le document en PDF.",
    ),
    "large": (PDF + bytes(4096), "facture.pdf", 413, "Ce fichier dépasse 0 Mo. Réduisez-le ou répartissez-le."),
}


@pytest.mark.proves("SEC-02")
@pytest.mark.parametrize("kind", REFUSED)
def test_a_refused_document_says_why_and_leaves_no_byte(anna, settings, tmp_path, kind):
    import io

    data, name, status, text = REFUSED[kind]
    settings.ATTACHMENT_MAX_BYTES = 4096
    settings.STORAGE_ROOT, settings.KEY_STORE = tmp_path / "objects", tmp_path / "keys"
    invoice = draft(by=anna, attached=False)
    with pytest.raises(FileRefused) as refused:
        drafts.attach(invoice, source=io.BytesIO(data), name=name, by=anna)
    assert (refused.value.status, refused.value.text) == (status, text)
    assert (files(tmp_path), StoredObject.objects.count(), InvoiceAttachment.objects.count()) == ([], 0, 0)


def test_an_invoice_takes_a_limited_number_of_documents(anna, monkeypatch):
    monkeypatch.setattr(drafts, "MOST_DOCUMENTS", 2)
    invoice = draft(by=anna)
    second = attachment(invoice, by=anna)
    with pytest.raises(FileRefused) as refused:
        attachment(invoice, by=anna)
    assert refused.value.text == "Une demande prend 2 documents au plus. Réunissez-en plusieurs dans un PDF."
    drafts.detach(second, by=anna)
    attachment(invoice, by=anna)
    assert invoice.attachments.count() == 2


@pytest.mark.proves("INV-07", "SEC-02")
def test_nothing_is_attached_to_or_taken_from_what_was_sent(anna):
    invoice = sent(by=anna)
    [document] = invoice.attachments.all()
    with pytest.raises(NotEditable):
        attachment(invoice, by=anna)
    with pytest.raises(NotEditable):
        drafts.detach(document, by=anna)


@pytest.mark.proves("INV-07")
def test_a_sending_in_the_middle_of_an_upload_wins(anna, place):
    invoice = draft(by=anna)
    old_tab = Invoice.objects.get(pk=invoice.pk)
    factories.send(invoice, by=anna)
    before = len(files(place))
    with pytest.raises(NotEditable):
        attachment(old_tab, by=anna)
    assert len(files(place)) == before


def test_a_document_never_sent_goes_with_its_bytes(anna, audited):
    invoice = draft(by=anna)
    [document] = invoice.attachments.all()
    drafts.detach(document, by=anna)
    drafts.detach(document, by=anna)
    assert (invoice.attachments.count(), StoredObject.objects.get(pk=document.stored_id).destroyed_at is None) == (
        0,
        False,
    )
    assert [entry["action"] for entry in audited].count("invoice.detached") == 1


@pytest.mark.proves("FRM-07")
def test_a_document_that_was_sent_stays_in_its_version(anna, desk):
    invoice = to_correct(by=anna, agent=desk.agent)
    [document] = invoice.attachments.all()
    drafts.detach(document, by=anna)
    document.refresh_from_db()
    assert (document.removed_at is not None, storage.read(document.stored)) == (True, PDF)
    assert queries.sent_files(invoice.versions.get()) == [document]
    assert queries.file_of(desk.agent, invoice, document.pk) == document


@pytest.mark.proves("FRM-02", "SEC-02")
def test_the_office_does_not_see_the_documents_of_a_correction_before_it_is_sent(anna, desk):
    invoice = to_correct(by=anna, agent=desk.agent)
    added = attachment(invoice, by=anna, data=PNG, name="quittance.png")
    first = invoice.versions.get()
    assert added not in queries.sent_files(first)
    assert [queries.file_of(who, invoice, added.pk) for who in (desk.agent, anna)] == [None, added]
    version = factories.send(invoice, by=anna)
    assert len(queries.sent_files(version)) == 2
    assert queries.file_of(desk.agent, invoice, added.pk) == added


@pytest.mark.proves("SEC-02")
def test_a_document_of_another_invoice_is_nobodys(anna):
    first, second = draft(by=anna), draft(by=anna)
    [document] = second.attachments.all()
    assert queries.file_of(anna, first, document.pk) is None


def test_a_document_without_verdict_waits_and_is_not_served(anna, no_scanner):
    invoice = draft(by=anna)
    [document] = invoice.attachments.all()
    codes.read(str(document.pk))
    document.refresh_from_db()
    assert (document.state, document.state in InvoiceAttachment.SERVED, document.code) == ("waiting", False, None)


def test_a_waiting_document_is_scanned_again(anna, vs, no_scanner, audited, jobs):
    invoice = draft(by=anna)
    [document] = invoice.attachments.all()
    assert scanning.rescan(vs) == 0
    no_scanner.CLAMD = ""
    asked = len(jobs("invoices.read_code"))
    assert [scanning.rescan(vs), scanning.rescan(vs)] == [1, 0]
    document.refresh_from_db()
    assert (document.state, len(jobs("invoices.read_code"))) == (AttachmentState.CLEAN, asked + 1)
    assert (audited[-1]["action"], audited[-1]["role"]) == ("invoice.document_clean", "platform")


def test_an_infected_document_found_later_is_neither_served_nor_sent(anna, vs, no_scanner, audited):
    invoice = draft(by=anna, attached=False)
    document = attachment(invoice, by=anna, data=pdf_files.with_stream(SIGNATURE))
    assert document.state == AttachmentState.WAITING
    no_scanner.CLAMD = ""
    assert scanning.rescan(vs) == 1
    document.refresh_from_db()
    assert (document.state, audited[-1]["action"]) == (AttachmentState.INFECTED, "invoice.document_infected")
    findings = [(finding.place, finding.code) for finding in checking.check(invoice, by=anna).findings]
    assert findings == [("attachments", "invoice.document")]


@pytest.mark.proves("REL-08")
def test_one_broken_document_keeps_no_other_waiting(anna, vs, no_scanner):
    invoice = draft(by=anna)
    broken = attachment(invoice, by=anna)
    storage.destroy(broken.stored)
    no_scanner.CLAMD = ""
    assert scanning.rescan(vs) == 1


def test_the_period_asks_every_insurer(anna, vs, no_scanner):
    from guichet.invoices.tasks import rescan

    invoice = draft(by=anna)
    no_scanner.CLAMD = ""
    rescan(timestamp=0)
    assert invoice.attachments.get().state == AttachmentState.CLEAN
