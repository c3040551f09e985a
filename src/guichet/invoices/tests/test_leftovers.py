"""Files nobody confirmed and representations that ended go with their bytes; what is still needed stays (INV-27)."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.utils import timezone

from guichet.accounts.models import AffiliationKind
from guichet.casework import uploads
from guichet.invoices.actions import imports, representations, retention
from guichet.invoices.demo import at
from guichet.invoices.models import ImportRun, Representation
from guichet.invoices.tests import factories
from guichet.invoices.tests.test_sheets import HEAD, line
from guichet.storage.models import StoredObject

pytestmark = [pytest.mark.django_db, pytest.mark.proves("INV-27")]


@pytest.fixture
def mother(vs):
    return factories.insured(vs, name="Ève Exemple", kind=AffiliationKind.REPRESENTATIVE)


@pytest.fixture
def vetter(vs):
    return factories.staff(vs, "agent", "vet")


def looked(by, *, days):
    """A file read so many days ago; its row's moment is the database's own, so it is set."""
    data = "\n".join([HEAD, line(1, factories.beneficiary(by=by))]).encode()
    run = imports.look_at_invoices(data=data, name="Zqwitness.csv", form_code="318.632", by=by)
    ImportRun.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(days=days))
    return ImportRun.objects.get(pk=run.pk)


def asked(mother, vetter, *, years, accepted):
    facts = {
        "last_name": "Zqwitness", "first_name": "Léo", "avs_number": factories.avs_number(),
        "birth_date": date(2015, 2, 3), "sex": "m", "iban": factories.iban(),
    }  # fmt: skip
    paper = uploads.check(BytesIO(factories.PDF), name="acte.pdf")
    with at(timezone.now() - timedelta(days=366 * years)):
        made = representations.ask(facts=facts, proof=paper, by=mother)
        representations.decide(made, accepted=accepted, reason="" if accepted else "Acte illisible.", by=vetter)
    return made


def bytes_of(stored):
    return StoredObject.objects.get(pk=stored.pk).destroyed_at is None


def test_a_file_that_waits_for_nobody_is_destroyed_after_a_month(anna, vs, audited):
    old, young = looked(anna, days=31), looked(anna, days=29)
    assert retention.run(vs).others == 1
    left = ImportRun.objects.get(pk=old.pk)
    assert (left.state, left.plan, left.file_name, bytes_of(old.plan)) == ("discarded", None, "—", False)
    assert (ImportRun.objects.get(pk=young.pk).file_name, bytes_of(young.plan)) == ("Zqwitness.csv", True)
    assert [entry["object_id"] for entry in audited if entry["action"] == "import.abandoned_erased"] == [str(old.pk)]
    assert retention.run(vs).others == 0


def test_the_name_of_a_file_goes_when_none_of_its_invoices_is_left(anna, vs):
    gone, used = looked(anna, days=400), looked(anna, days=400)
    imports.discard(gone, by=anna)
    imports.confirm_invoices(used, wish=imports.DRAFTS, reason="", by=anna)
    assert retention.run(vs).others == 1
    assert [ImportRun.objects.get(pk=one.pk).file_name for one in (gone, used)] == ["—", "Zqwitness.csv"]


@pytest.mark.parametrize(
    ("years", "accepted", "stays"), [(4, False, True), (6, False, False), (9, True, True), (11, True, False)]
)
def test_a_representation_goes_when_its_term_is_over(mother, vetter, vs, years, accepted, stays):
    made = asked(mother, vetter, years=years, accepted=accepted)
    assert retention.run(vs).others == (not stays)
    assert (Representation.objects.filter(pk=made.pk).exists(), bytes_of(made.proof)) == (stays, stays)


def test_a_representation_under_which_something_was_sent_stays(mother, vetter, vs):
    made = asked(mother, vetter, years=11, accepted=True)
    whom = factories.beneficiary(by=mother, avs_number=factories.avs_number())
    invoice = factories.sent(by=mother, whom=whom)
    type(invoice).objects.filter(pk=invoice.pk).update(avs_number=made.avs_number)
    assert retention.run(vs).others == 0
    assert Representation.objects.filter(pk=made.pk).exists()


def test_the_page_says_what_goes_beside_the_invoices(anna, vs, desk, browser):
    looked(anna, days=31)
    page = browser(desk.administrator).get("/vs/bureau/conservation/")
    assert ([count for _label, count in page.context["others"]], page.context["total"]) == ([1, 0, 0], 1)
    browser(desk.administrator).post("/vs/bureau/conservation/effacer/", {"word": "effacer"})
    assert browser(desk.administrator).get("/vs/bureau/conservation/").context["total"] == 0
