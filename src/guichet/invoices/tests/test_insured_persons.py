"""Insured persons and their representatives use the same counter for themselves (INV-16)."""

from __future__ import annotations

from datetime import date

import pytest

from guichet.accounts.models import AffiliationKind, Identity
from guichet.invoices.actions import beneficiaries
from guichet.invoices.models import Beneficiary, Invoice
from guichet.invoices.tests import factories

pytestmark = pytest.mark.proves("INV-16")


@pytest.fixture
def herself(vs):
    """`herself(kind)`: somebody registered as an insured person or as a representative."""

    def make(kind=AffiliationKind.INSURED, *, known=True):
        partner = factories.partner(vs, "Lucie Exemple")
        affiliation = partner.affiliation
        affiliation.kind = kind
        affiliation.save()
        if known:
            Identity.objects.create(
                insurer=vs,
                affiliation=affiliation,
                last_name="Exemple",
                first_name="Lucie" if kind == AffiliationKind.INSURED else "Léo",
                avs_number=factories.avs_number(),
                birth_date=date(2001, 4, 3),
                sex="f",
                iban="CH5604835012345678009",
            )
        partner.manager.affiliation.refresh_from_db()
        return partner.manager

    return make


def test_a_new_invoice_is_for_herself_and_to_her_own_account(browser, herself):
    lucie = herself()
    answer = browser(lucie).post("/vs/factures/nouvelle/318.632.1/")
    mine = Beneficiary.objects.get(affiliation=lucie.affiliation)
    invoice = Invoice.objects.get(affiliation=lucie.affiliation)
    assert (answer.status_code, str(mine), mine.holder) == (302, "Exemple Lucie", "")
    assert invoice.raw == {"beneficiary": str(mine.pk), "account": "beneficiary"}


def test_the_second_invoice_knows_her_already(browser, herself):
    lucie = herself()
    us = browser(lucie)
    us.post("/vs/factures/nouvelle/318.632.1/")
    us.post("/vs/factures/nouvelle/318.632/")
    assert Beneficiary.objects.filter(affiliation=lucie.affiliation).count() == 1
    assert {one.raw["account"] for one in Invoice.objects.all()} == {"beneficiary"}


def test_a_representative_invoices_for_the_person_represented(herself):
    mother = herself(AffiliationKind.REPRESENTATIVE)
    child = beneficiaries.own_beneficiary(by=mother)
    assert (str(child), child.representative_name, child.holder) == ("Exemple Léo", "Lucie Exemple", "Lucie Exemple")


def test_somebody_without_identity_begins_with_an_empty_form(browser, herself):
    lucie = herself(known=False)
    assert browser(lucie).post("/vs/factures/nouvelle/318.632/").status_code == 302
    assert (Invoice.objects.get().raw, Beneficiary.objects.count()) == ({}, 0)


def test_a_company_is_nobody_s_insured_person(anna):
    assert beneficiaries.own_beneficiary(by=anna) is None
