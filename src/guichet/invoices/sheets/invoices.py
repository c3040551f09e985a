"""A table with one row per line of an invoice → what it would do. Works for every form type (INV-14).

Rows with the same number in the first column are one invoice. What stands once on an invoice may be repeated on its
further rows or left empty there. The checks are those of the form itself, with the same words.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from guichet.accounts.models import BankAccount
from guichet.formspec.columns import Column, columns, folded, raw_value, recognise
from guichet.formspec.findings import words
from guichet.invoices import checking
from guichet.invoices.formtypes.base import BENEFICIARY_ACCOUNT, InvoiceForm
from guichet.invoices.models import Beneficiary, Invoice
from guichet.invoices.sheets.plan import FAULT, NOTE, WARNING, Plan, Remark, Unit, without_repetition
from guichet.kernel import identifiers, money
from guichet.kernel.codes import MESSAGES
from guichet.kernel.findings import Invalid, Level

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guichet.accounts.access import Actor
    from guichet.formspec.declare import FormType
    from guichet.formspec.reading import Reading
    from guichet.invoices.formtypes.base import Context
    from guichet.kernel.findings import Finding
    from guichet.readers import Cell, Row, Table

LEFT_OUT: Final = ("beneficiary", "account", "save_decision")  # asked in another way, or not of a file
KEY, PERSON, ACCOUNT, OURS = ":key", ":person", ":account", ":ours"
MOST_INVOICES: Final = 2_000
_DOCUMENT: Final = "invoice.document"
_HEADINGS: Final = {
    KEY: ("N° dans le fichier", "Nr. in der Datei", "Numero nel file", "No. in the file", "key"),
    PERSON: ("N° assuré", "AHV-Nummer", "Versichertennummer", "Numero AVS", "Insured number", "avs_number"),
    ACCOUNT: ("IBAN", "Compte", "Konto", "Conto", "Account"),
    OURS: ("Remarque du guichet", "Bemerkung des Schalters", "guichet_remark"),
}
_OF_THE_PERSON: Final = frozenset({"beneficiaire", "begunstigte", "begunstigter", "person", "beneficiary", "assure"})


def lead_columns() -> tuple[Column, ...]:
    """The three columns every form has before its own."""
    key = _("Les lignes qui portent le même numéro forment une facture.")
    person = _("756.XXXX.XXXX.XX, d'un bénéficiaire de votre liste.")
    account = _("Un compte de votre société, ou « bénéficiaire ». Vide : votre seul compte.")
    return (
        Column("", KEY, _("N° dans le fichier"), "text", key),
        Column("", PERSON, _("N° assuré"), "avs", person, is_required=True),
        Column("", ACCOUNT, _("IBAN"), "iban", account),
    )


def form_columns(form_type: type[FormType]) -> tuple[Column, ...]:
    """All columns of the file for this form."""
    return (*lead_columns(), *columns(form_type, left_out=LEFT_OUT))


@dataclass
class Group:
    """The rows of one invoice."""

    key: str
    rows: list[Row] = field(default_factory=list)
    raw: dict[str, Any] = field(default_factory=dict)
    line_rows: dict[str, list[Row]] = field(default_factory=dict)  # by table, the row of each line


def plan(table: Table, form_type: type[FormType], *, by: Actor) -> Plan:
    """Every invoice of the file with every fault at its cell. Nothing is written."""
    return Reader(table, form_type, by=by).plan()


class Reader:
    """One reading of one file."""

    def __init__(self, table: Table, form_type: type[FormType], *, by: Actor) -> None:
        self.table, self.form_type, self.by = table, form_type, by
        self.columns = {
            column.name if column.name.startswith(":") else column.key: column for column in form_columns(form_type)
        }
        self.place: dict[str, int] = {}  # key → column of the sheet
        self.remarks: list[Remark] = []
        self.people: dict[str, Beneficiary] = {}
        self.accounts: list[BankAccount] = []
        self._shared: dict[tuple[str, Any], checking.Known] = {}
        self._context: Context | None = None

    def plan(self) -> Plan:
        """See `plan`."""
        made = Plan.of(self.table)
        if self._read_header():
            self._fetch()
            groups = self._groups()
            if len(groups) > MOST_INVOICES:
                self._say(
                    self.table.header.number,
                    0,
                    _("Un fichier prend {most} factures au plus.").format(most=MOST_INVOICES),
                )
                groups = []
            made.units = [self._unit(no, group) for no, group in enumerate(groups, start=1)]
        self._note_merged()
        made.remarks = without_repetition(self.remarks)
        return made

    # --- headings ---------------------------------------------------------------------------------------------------

    def _read_header(self) -> bool:
        header = self.table.header
        leads = {folded(words): key for key, all_words in _HEADINGS.items() for words in all_words}
        known = recognise(self.form_type, header.texts, left_out=LEFT_OUT)
        for column, (text, key) in enumerate(zip(header.texts, known, strict=True)):
            found = leads.get(folded(text), key)
            if found and found in self.place:
                self._say(header.number, column, _("Cette colonne figure deux fois."))
            elif found:
                self.place[found] = column
            elif text:
                self._say(
                    header.number,
                    column,
                    _("Cette colonne n'existe pas dans ce formulaire. Supprimez-la ou renommez-la."),
                )
            elif self._is_used(column):
                self._say(header.number, column, _("Cette colonne n'a pas de titre. Donnez-lui celui du modèle."))
        missing = [c.label for key, c in self.columns.items() if c.is_required and key not in self.place]
        if missing:
            text = _("Il manque les colonnes : {names}. Utilisez les titres du modèle.")
            self._say(header.number, 0, text.format(names=", ".join(missing)))
        if not self.table.rows:
            self._say(header.number, 0, _("Le fichier n'a aucune ligne sous les titres."))
        return not missing

    def _is_used(self, column: int) -> bool:
        return any(row.cell(column).text for row in self.table.rows)

    def _note_merged(self) -> None:
        for merged in self.table.merged:
            text = _("Cellules fusionnées {range} : seule la première a une valeur. Défaites la fusion.")
            self._say(self.table.header.number, 0, text.format(range=merged), level=NOTE)

    # --- what the database knows ------------------------------------------------------------------------------------

    def _fetch(self) -> None:
        wanted = {_digits(row.cell(self.place[PERSON]).text) for row in self.table.rows}
        found = Beneficiary.objects.visible_to(self.by).filter(avs_number__in=wanted)
        self.people = {person.avs_number: person for person in found}
        kept = BankAccount.objects.filter(affiliation=self.by.affiliation, archived_at=None)
        self.accounts = list(kept.order_by("created_at", "id"))

    # --- rows → invoices --------------------------------------------------------------------------------------------

    def _groups(self) -> list[Group]:
        groups: dict[str, Group] = {}
        for row in self.table.rows:
            key = self._key(row)
            group = groups.setdefault(key, Group(key))
            group.rows.append(row)
            self._add(group, row)
        return list(groups.values())

    def _key(self, row: Row) -> str:
        column = self.place.get(KEY)
        if column is None:
            return str(row.number)
        text = row.cell(column).text[:120]
        if not text:
            self._say(row.number, column, _("Indiquez le numéro de la facture dans ce fichier."))
        return text or f"#{row.number}"

    def _add(self, group: Group, row: Row) -> None:
        lines: dict[str, dict[str, str]] = {}
        for key, column in self.columns.items():
            at = self.place.get(key)
            if at is None or key == KEY:
                continue
            cell = row.cell(at)
            typed = self._typed(column, cell, row, at) if cell.text else ""
            if column.table:
                if typed:
                    lines.setdefault(column.table, {})[column.name] = typed
            elif typed:
                self._once(group, column.name, typed, row, at)
        for name, line in lines.items():
            group.raw.setdefault(name, []).append(line)
            group.line_rows.setdefault(name, []).append(row)

    def _once(self, group: Group, name: str, typed: str, row: Row, column: int) -> None:
        before = group.raw.setdefault(name, typed)
        if before != typed:
            text = _("La ligne {row} de cette facture dit « {before} ». Écrivez la même valeur, ou rien.")
            self._say(row.number, column, text.format(row=group.rows[0].number, before=before))

    def _typed(self, column: Column, cell: Cell, row: Row, at: int) -> str:
        if column.name.startswith(":"):
            return cell.text
        try:
            return raw_value(self.form_type, column, cell.text, cell.value, left_out=LEFT_OUT)
        except ValueError as error:
            self._say(row.number, at, str(error))
            return ""

    # --- invoices → checks ------------------------------------------------------------------------------------------

    def _unit(self, no: int, group: Group) -> Unit:
        person = self._person(group)
        account = self._account(group, person)
        raw = {name: value for name, value in group.raw.items() if not name.startswith(":")}
        raw |= {"beneficiary": str(person.pk) if person else "", "account": account}
        reading = self._reading(raw, person)
        for finding in reading.findings:
            self._place(finding, group, raw)
        return Unit(
            no=no,
            row=group.rows[0].number,
            key=group.key,
            title=str(person or ""),
            raw=raw,
            total=self._total(reading),
            lines=len(group.rows),
            warnings=tuple(f"{one.code}@{one.place}" for one in reading.findings if one.level is Level.WARNING),
            needs_document=any(finding.code == _DOCUMENT for finding in reading.findings),
        )

    def _person(self, group: Group) -> Beneficiary | None:
        typed = group.raw.get(PERSON, "")
        row, column = group.rows[0].number, self.place[PERSON]
        try:
            person = self.people.get(identifiers.parse_avs(typed))
        except Invalid as invalid:
            self._say(row, column, _(MESSAGES[invalid.code]).format(**invalid.params))
            return None
        if person is None:
            self._say(
                row,
                column,
                _("Aucun bénéficiaire de votre liste ne porte ce numéro. Ajoutez-le ou importez-le d'abord."),
            )
        return person

    def _account(self, group: Group, person: Beneficiary | None) -> str:
        typed = group.raw.get(ACCOUNT, "")
        plain = "".join(typed.split()).upper()
        own = next(
            (f"{checking.COMPANY_ACCOUNT}{account.pk}" for account in self.accounts if account.iban == plain), ""
        )
        if own:
            return own
        if folded(typed) in _OF_THE_PERSON or (person and person.iban and person.iban == plain):
            return BENEFICIARY_ACCOUNT
        if not typed and len(self.accounts) == 1:
            return f"{checking.COMPANY_ACCOUNT}{self.accounts[0].pk}"
        row, column = group.rows[0].number, self.place.get(ACCOUNT, self.place[PERSON])
        if not typed:
            self._say(row, column, _("Indiquez l'IBAN : votre société a plusieurs comptes, ou aucun."))
        else:
            self._say(row, column, _("Cet IBAN n'est pas un compte de votre société. Demandez au gérant de l'ajouter."))
        return ""

    def _reading(self, raw: dict[str, Any], person: Beneficiary | None) -> Reading:
        invoice = Invoice(
            insurer=self.by.insurer,
            affiliation=self.by.affiliation,
            responsible=self.by.person,
            beneficiary=person,
            form_code=self.form_type.code,
            edition=self.form_type.edition,
            raw=raw,
        )
        facts = self._facts(invoice, person)
        self._context = self._context or checking.context_for(invoice, by=self.by, facts=facts)
        return checking.check(invoice, by=self.by, facts=facts)

    def _facts(self, invoice: Invoice, person: Beneficiary | None) -> checking.Known:
        """As `checking.known`, but what many invoices of one person share is fetched once."""
        shared = (str(invoice.raw.get("decision")), person.pk if person else None)
        if shared not in self._shared:
            self._shared[shared] = checking.known(invoice, by=self.by)
        account = self._account_facts(invoice.raw["account"], person)
        return replace(self._shared[shared], account=account)

    def _account_facts(self, chosen: str, person: Beneficiary | None) -> checking.Account | None:
        found = next((one for one in self.accounts if f"{checking.COMPANY_ACCOUNT}{one.pk}" == chosen), None)
        if found is not None:
            return checking.Account(found.iban, found.holder, {}, is_company=True, bank_account=found)
        if chosen == BENEFICIARY_ACCOUNT and person and person.iban:
            return checking.Account(person.iban, person.holder, {}, is_company=False)
        return None

    def _total(self, reading: Reading) -> str:
        if reading.is_blocked and not _only_documents(reading.findings):
            return ""
        if not isinstance(reading.answers, InvoiceForm) or self._context is None:
            return ""
        try:
            return str(reading.answers.compute(self._context).total)
        except Invalid:
            return ""

    # --- checks → cells ---------------------------------------------------------------------------------------------

    def _place(self, finding: Finding, group: Group, raw: dict[str, Any]) -> None:
        lead = {"beneficiary": PERSON, "account": ACCOUNT}.get(finding.place)
        if lead:
            if raw[finding.place]:  # otherwise it was said already why nothing was found
                self._at(finding, group.rows[0], self.place.get(lead, self.place[PERSON]))
            return
        if finding.code == _DOCUMENT:
            return  # a file cannot bring documents: the page says so once
        row, column = self._cell(finding.place, group)
        self._at(finding, row, column)

    def _cell(self, place: str, group: Group) -> tuple[Row, int]:
        """The cell of a place; the first cell of its row if the file has no column for it."""
        table_name, _dash, rest = place.partition("-")
        rows = group.line_rows.get(table_name)
        if rows and rest:
            index, _dash, name = rest.partition("-")
            row = rows[min(int(index), len(rows) - 1)] if index.isdigit() else rows[0]
            return row, self.place.get(f"{table_name}.{name}", self._first_column(table_name))
        return group.rows[0], self.place.get(place, self._first_column(place))

    def _first_column(self, table_name: str) -> int:
        found = [at for key, at in self.place.items() if key.startswith(f"{table_name}.")]
        return min(found, default=0)

    def _at(self, finding: Finding, row: Row, column: int) -> None:
        level = {Level.BLOCKING: FAULT, Level.WARNING: WARNING}.get(finding.level, NOTE)
        self._say(row.number, column, words(finding), level=level)

    def _say(self, row: int, column: int, text: str, *, level: str = FAULT) -> None:
        heading = self.table.header.cell(column).text
        self.remarks.append(Remark(row, column, text, level, heading))


def _only_documents(findings: Iterable[Finding]) -> bool:
    return all(finding.code == _DOCUMENT for finding in findings if finding.level is Level.BLOCKING)


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def format_total(plan: Plan) -> str:
    """The sum of all invoices of the file, « CHF 1'234.50 »."""
    return money.format_chf(sum((money.parse_amount(unit.total) for unit in plan.units if unit.total), money.ZERO))
