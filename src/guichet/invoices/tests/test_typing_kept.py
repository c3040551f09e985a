"""What was typed outlives a saving at the same moment and the end of the login (FRM-02, ACC-10)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from guichet.accounts.models import LoginSession
from guichet.casework import drafts
from guichet.casework.errors import Stale
from guichet.invoices.models import InvoiceUnsaved
from guichet.invoices.states import EDITABLE
from guichet.invoices.tests import factories
from guichet.invoices.tests.factories import draft
from guichet.invoices.tests.typed import posted, shown


@pytest.fixture
def us(browser, anna):
    return browser(anna)


@pytest.mark.proves("FRM-02")
def test_the_same_words_saved_twice_at_once_are_no_conflict(anna):
    invoice = draft(by=anna)
    number, raw = invoice.draft_no, invoice.raw | {"remark": "une fois"}
    assert drafts.save(invoice, raw=raw, draft_no=number, editable=EDITABLE, by=anna) == number + 1
    assert drafts.save(invoice, raw=raw, draft_no=number, editable=EDITABLE, by=anna) == number + 1
    with pytest.raises(Stale):
        drafts.save(invoice, raw=raw | {"remark": "autre"}, draft_no=number, editable=EDITABLE, by=anna)


def end_login(**since):
    """The login has been idle, or has lasted, for so long."""
    ((column, length),) = since.items()
    LoginSession.objects.update(**{column: timezone.now() - length})


@pytest.mark.proves("ACC-10", "FRM-02")
@pytest.mark.parametrize(
    "since", [{"last_seen_at": timedelta(minutes=31)}, {"created_at": timedelta(hours=12, minutes=1)}]
)
def test_what_was_sent_after_the_login_ended_waits_for_its_author(us, browser, anna, company, since, audited):
    invoice = draft(by=anna)
    here = f"/vs/factures/{invoice.pk}/saisie/"
    end_login(**since)
    response = us.post(here, posted(invoice, remark="Tapé trop tard") | {"do": "check"})
    assert response.status_code == 302
    assert audited[-1]["action"] == "invoice.typing_kept"
    invoice.refresh_from_db()
    assert invoice.raw["remark"] == ""

    colleague = browser(company.manager)
    assert shown(colleague.get(here), "remark") == ""
    again = browser(anna)
    page = again.get(here)
    assert shown(page, "remark") == "Tapé trop tard"
    assert "Votre saisie a été conservée" in page.content.decode()

    assert again.post(here, posted(invoice, remark="Tapé trop tard")).status_code == 200
    assert InvoiceUnsaved.objects.count() == 0
    invoice.refresh_from_db()
    assert invoice.raw["remark"] == "Tapé trop tard"


@pytest.mark.proves("ACC-10", "FRM-02")
def test_what_waits_does_not_overwrite_what_was_saved_since(us, browser, anna, company):
    invoice = draft(by=anna)
    here = f"/vs/factures/{invoice.pk}/saisie/"
    end_login(last_seen_at=timedelta(minutes=31))
    us.post(here, posted(invoice, remark="De l'une"))
    browser(company.manager).post(here, posted(invoice, remark="De l'autre"))

    page = browser(anna).get(here)
    assert shown(page, "remark") == "De l'une"
    assert "De l&#x27;autre" in page.content.decode()


@pytest.mark.proves("ACC-10", "SEC-02")
def test_a_login_that_was_never_there_leaves_nothing_behind(client, us, anna, vs):
    invoice = draft(by=anna)
    here = f"/vs/factures/{invoice.pk}/saisie/"
    client.cookies["guichet"] = "x" * 43
    assert client.post(here, posted(invoice, remark="De personne")).status_code == 302
    stranger = factories.partner(vs, "Autre société").collaborator
    theirs = draft(by=stranger)
    end_login(last_seen_at=timedelta(minutes=31))
    assert us.post(f"/vs/factures/{theirs.pk}/saisie/", posted(theirs)).status_code == 302
    assert InvoiceUnsaved.objects.count() == 0
