"""Addresses of the invoice counter, below the insurer's slug."""

from __future__ import annotations

from django.urls import path

from guichet.invoices.views import (
    answers,
    attachments,
    beneficiaries,
    counter,
    decision_import,
    decisions,
    desk,
    entry,
    payment,
    payouts,
    receipts,
)

app_name = "invoices"
urlpatterns = [
    path("guichet/", counter.counter, name="counter"),
    path("factures/nouvelle/<str:code>/", counter.new, name="new"),
    path("factures/<uuid:invoice_id>/", counter.case, name="case"),
    path("factures/<uuid:invoice_id>/saisie/", entry.entry, name="entry"),
    path("factures/<uuid:invoice_id>/brouillon/", entry.autosave, name="autosave"),
    path("factures/<uuid:invoice_id>/confirmer/", entry.confirm, name="confirm"),
    path("factures/<uuid:invoice_id>/envoyee/", entry.sent, name="sent"),
    path("factures/<uuid:invoice_id>/pdf/", counter.pdf, name="pdf"),
    path("factures/<uuid:invoice_id>/retirer/", counter.withdraw, name="withdraw"),
    path("factures/<uuid:invoice_id>/supprimer/", counter.discard, name="discard"),
    path("factures/<uuid:invoice_id>/pieces/", attachments.attach, name="attach"),
    path("factures/<uuid:invoice_id>/pieces/liste/", attachments.listing, name="attachments"),
    path("factures/<uuid:invoice_id>/pieces/<uuid:attachment_id>/", attachments.download, name="attachment"),
    path(
        "factures/<uuid:invoice_id>/pieces/<uuid:attachment_id>/page/<int:page>/", attachments.preview, name="preview"
    ),
    path("factures/<uuid:invoice_id>/pieces/<uuid:attachment_id>/retirer/", attachments.detach, name="detach"),
    path("factures/<uuid:invoice_id>/pieces/<uuid:attachment_id>/reprendre/", attachments.take_over, name="take_over"),
    path("beneficiaires/", beneficiaries.listing, name="beneficiaries"),
    path("beneficiaires/ajouter/", beneficiaries.add, name="beneficiary_add"),
    path("beneficiaires/<uuid:beneficiary_id>/", beneficiaries.edit, name="beneficiary"),
    path("beneficiaires/<uuid:beneficiary_id>/supprimer/", beneficiaries.remove, name="beneficiary_remove"),
    path("beneficiaires/<uuid:beneficiary_id>/procuration/", beneficiaries.power_of_attorney, name="power_of_attorney"),
    path("bureau/", desk.queue, name="desk_queue"),
    path("bureau/factures/<uuid:invoice_id>/", desk.review, name="review"),
    path("bureau/factures/<uuid:invoice_id>/ouvrir/", desk.open_invoice, name="review_open"),
    path("bureau/factures/<uuid:invoice_id>/decider/", desk.decide, name="decide"),
    path("versements/", payouts.payments, name="payments"),
    path("versements/export.<str:kind>", payouts.export, name="payments_export"),
    path("bureau/paiements/", payment.batches, name="batches"),
    path("bureau/paiements/reponses/", answers.listing, name="bank_messages"),
    path("bureau/paiements/reponses/lire/", answers.read, name="bank_message_read"),
    path("bureau/paiements/reponses/<uuid:message_id>/", answers.message, name="bank_message"),
    path("bureau/paiements/rejets/<uuid:invoice_id>/renvoyer/", answers.again, name="transmit_again"),
    path("bureau/paiements/rejets/<uuid:invoice_id>/corriger/", answers.correct, name="correct_rejected"),
    path("bureau/paiements/lot/", payment.make_batch, name="make_batch"),
    path("bureau/paiements/<uuid:batch_id>/", payment.batch, name="batch"),
    path("bureau/paiements/<uuid:batch_id>/fichier/", payment.batch_file, name="batch_file"),
    path("bureau/paiements/<uuid:batch_id>/factures/", payment.batch_bills, name="batch_bills"),
    path("bureau/decisions/", decisions.listing, name="decisions"),
    path("bureau/decisions/ajouter/", decisions.add, name="decision_add"),
    path("bureau/decisions/importer/", decision_import.upload, name="decision_import"),
    path("bureau/decisions/<uuid:decision_id>/", decisions.edit, name="decision"),
    path("bureau/decisions/<uuid:decision_id>/archiver/", decisions.archive, name="decision_archive"),
    path("verifier/", receipts.verify_form, name="verify_form"),
    path("verifier/<str:code>/", receipts.verify, name="verify"),
]
