"""QR bills for tests, line by line as the guidelines number them."""

IBAN = "CH5800791123000889012"
QR_IBAN = "CH4431999123000889012"
QRR = "210000000003139471430009017"
SCOR = "RF18539007547034"
CREDITOR = ("S", "Crèche Les Lutins", "Rue du Lac", "12a", "1950", "Sion", "CH")
DEBTOR = ("S", "Anna Exemple", "Chemin Neuf", "3", "3960", "Sierre", "CH")
NOBODY = ("",) * 7


def lines(
    *, iban=QR_IBAN, creditor=CREDITOR, amount="1949.75", currency="CHF", debtor=DEBTOR, kind="QRR", reference=QRR,
    message="Transport mai", more=(),
):  # fmt: skip
    """The lines of a bill; `more` is what follows the trailer."""
    return [
        "SPC",
        "0200",
        "1",
        iban,
        *creditor,
        *NOBODY,
        amount,
        currency,
        *debtor,
        kind,
        reference,
        message,
        "EPD",
        *more,
    ]


def payload(end="\r\n", **changes):
    """The text in the QR code."""
    return end.join(lines(**changes))


def with_line(number, value):
    """A right bill with one line replaced (counted from 0)."""
    changed = lines()
    changed[number] = value
    return "\n".join(changed)
