"""What an insurer may configure, and what holds if it does not (ORG-06).

Valais and Berne differ here and nowhere in code.
"""

from __future__ import annotations

from typing import Any, Final

DEFAULTS: Final[dict[str, Any]] = {
    "portal_address": "",  # the address the guide prints on its cover
    "partner_word": "institutions",  # "institutions" (Valais) or "societes" (Berne)
    "mail_details": False,  # put the correction text or the reason for refusal into the mail (MSG-01)
    "staff_factor": True,  # staff must use a stronger factor than SMS (ACC-05)
    "sms_signature": "Guichet AI",  # last words of the SMS text; GSM-7 only
    "lock_unflagged": False,  # on correction, lock what was not pinned (FRM-07)
    "payment_days": 10,  # "une dizaine de jours" in the mail of acceptance
    "answer_days": 15,  # announced delay of vetting and review
    "four_eyes_above": None,  # CHF from which a second agent confirms an acceptance (INV-24); null: never
    "four_eyes_new_iban": False,  # a second agent confirms the acceptance if the account changed
    "batch_time": "18:00",  # Europe/Zurich, daily payment batch (INV-25)
    "digest_time": "17:30",  # Europe/Zurich, daily summary of what became of a person's invoices (INV-31)
    "terms_version": "2026-11",
    # months without a change until an invoice is erased, all proposals: five years as the claim ends (LPGA 24 al. 1),
    # ten as accounts are kept (CO 958f); an office enters what its own archive law says
    "retention": {"draft": 12, "withdrawn": 60, "refused": 60, "paid": 120},
    "integrity_days": 30,  # nights in which every file of the archive is read once (REC-16)
    "offer_to_archives": False,  # files must be offered to the archives before destruction (REC-15, cantonal law)
    "retention_nightly": False,  # erase every night without being asked (INV-27)
    "invoice_forms": [],  # codes offered; empty: all the platform knows
    # what a person alone claims, of the above: the forms whose refund goes to the insured person
    "individual_forms": ["318.632", "318.632.1", "318.632.2", "318.536", "300.001"],
    "power_required": "first",  # question an invoice without power of attorney: "first", "always" or "never" (INV-30)
    "power_years": 5,  # the longest a power of attorney may hold
    "billing_rhythm": "",  # 318.632.2: "month", "quarter", or empty if both are taken
    "local_rule": "threshold",  # 318.632.1: "threshold" or "deductible" of CHF 10 a month in the local area
    "debtor": {"name": "Centrale de compensation (démonstration)", "iban": "", "bic": ""},  # of the payment file
    "centrale": {},  # of generalInvoiceRequest 4.5: gln, via (GLN), office_gln, street, house_no, postcode, town
}
