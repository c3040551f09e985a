"""The reasons every office begins with, in four languages; an office changes or archives them on its own page."""

from __future__ import annotations

from typing import Final

_CORRECTION, _REFUSAL, _LINE = "correction", "refusal", "line"


def _in_four(fr: str, de: str, it: str, en: str) -> dict[str, str]:
    return {"fr": fr, "de": de, "it": it, "en": en}


DELIVERED_TEXTS: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "document-missing": (
        _CORRECTION,
        _in_four(
            "La facture du fournisseur ou le justificatif manque. Joignez-le à votre demande.",
            "Die Rechnung des Lieferanten oder der Beleg fehlt. Fügen Sie das Dokument Ihrem Antrag bei.",
            "Manca la fattura del fornitore o il giustificativo. Alleghi il documento alla richiesta.",
            "The supplier's invoice or the receipt is missing. Please attach it to your claim.",
        ),
    ),
    "document-illegible": (
        _CORRECTION,
        _in_four(
            "Un document joint est illisible. Envoyez une copie nette de toutes les pages.",
            "Ein beigelegtes Dokument ist unleserlich. Senden Sie eine scharfe Kopie aller Seiten.",
            "Un documento allegato è illeggibile. Invii una copia nitida di tutte le pagine.",
            "An attached document cannot be read. Please send a clear copy of all its pages.",
        ),
    ),
    "amount-differs": (
        _CORRECTION,
        _in_four(
            "Le montant demandé ne correspond pas à celui de la facture jointe. Corrigez l'un ou l'autre.",
            "Der verlangte Betrag stimmt nicht mit der beigelegten Rechnung überein. Berichtigen Sie die Angaben.",
            "L'importo richiesto non corrisponde a quello della fattura allegata. Corregga i dati.",
            "The amount claimed is not that of the attached invoice. Please correct one or the other.",
        ),
    ),
    "period-differs": (
        _CORRECTION,
        _in_four(
            "La période indiquée ne correspond pas aux dates des prestations du justificatif. Corrigez les dates.",
            "Der angegebene Zeitraum stimmt nicht mit den Daten der Leistungen auf dem Beleg überein. "
            "Berichtigen Sie die Daten.",
            "Il periodo indicato non corrisponde alle date delle prestazioni del giustificativo. Corregga le date.",
            "The period does not match the dates of the services on the receipt. Please correct the dates.",
        ),
    ),
    "decision-number": (
        _CORRECTION,
        _in_four(
            "Le numéro de décision ne correspond pas à cette prestation. Indiquez celui de la décision.",
            "Die Verfügungsnummer passt nicht zu dieser Leistung. Geben Sie jene der Verfügung an.",
            "Il numero di decisione non corrisponde a questa prestazione. Indichi quello della decisione.",
            "The decision number does not belong to this service. Please give the number printed on the decision.",
        ),
    ),
    "quantity": (
        _CORRECTION,
        _in_four(
            "La quantité facturée dépasse celle du justificatif. Vérifiez le nombre d'heures, de jours ou de trajets.",
            "Die verrechnete Menge ist grösser als auf dem Beleg. Prüfen Sie die Zahl der Stunden, Tage oder Fahrten.",
            "La quantità fatturata supera quella del giustificativo. Verifichi il numero di ore, giorni o tragitti.",
            "More was invoiced than the receipt shows. Please check the number of hours, days or trips.",
        ),
    ),
    "not-covered": (
        _REFUSAL,
        _in_four(
            "La prestation n'est pas couverte par la décision indiquée.",
            "Die Leistung ist durch die angegebene Verfügung nicht gedeckt.",
            "La prestazione non è coperta dalla decisione indicata.",
            "The service is not covered by the decision named.",
        ),
    ),
    "outside-validity": (
        _REFUSAL,
        _in_four(
            "La prestation a été fournie en dehors de la durée de validité de la décision.",
            "Die Leistung wurde ausserhalb der Gültigkeitsdauer der Verfügung erbracht.",
            "La prestazione è stata fornita al di fuori della durata di validità della decisione.",
            "The service was given outside the validity of the decision.",
        ),
    ),
    "already-paid": (
        _REFUSAL,
        _in_four(
            "Cette prestation a déjà été remboursée.",
            "Diese Leistung wurde bereits vergütet.",
            "Questa prestazione è già stata rimborsata.",
            "This service has already been refunded.",
        ),
    ),
    "other-payer": (
        _REFUSAL,
        _in_four(
            "Cette prestation est à la charge d'une autre assurance.",
            "Diese Leistung geht zulasten einer anderen Versicherung.",
            "Questa prestazione è a carico di un'altra assicurazione.",
            "Another insurance has to pay for this service.",
        ),
    ),
    "claim-extinct": (
        _REFUSAL,
        _in_four(
            "Le droit s'est éteint cinq ans après la fin du mois pour lequel la prestation était due (art. 24 LPGA).",
            "Der Anspruch ist fünf Jahre nach Ende des Monats erloschen, für den die Leistung geschuldet war "
            "(Art. 24 ATSG).",
            "Il diritto si è estinto cinque anni dopo la fine del mese della prestazione (art. 24 LPGA).",
            "The claim ended five years after the month for which the benefit was due (art. 24 GSSLA).",
        ),
    ),
    "line-not-covered": (
        _LINE,
        _in_four(
            "Cette position n'est pas couverte par la décision.",
            "Diese Position ist durch die Verfügung nicht gedeckt.",
            "Questa posizione non è coperta dalla decisione.",
            "This item is not covered by the decision.",
        ),
    ),
    "line-over-quota": (
        _LINE,
        _in_four(
            "Le maximum accordé par la décision est atteint ; seul le solde est remboursé.",
            "Das in der Verfügung zugesprochene Maximum ist erreicht; nur der Rest wird vergütet.",
            "Il massimo accordato dalla decisione è raggiunto; è rimborsato solo il saldo.",
            "The maximum of the decision is reached; only what was left is refunded.",
        ),
    ),
    "line-tariff": (
        _LINE,
        _in_four(
            "Le tarif convenu est inférieur au prix facturé.",
            "Der vereinbarte Tarif ist tiefer als der verrechnete Preis.",
            "La tariffa convenuta è inferiore al prezzo fatturato.",
            "The agreed tariff is lower than the price invoiced.",
        ),
    ),
    "line-no-receipt": (
        _LINE,
        _in_four(
            "Aucun justificatif ne prouve cette position.",
            "Kein Beleg weist diese Position nach.",
            "Nessun giustificativo comprova questa posizione.",
            "No receipt proves this item.",
        ),
    ),
}
