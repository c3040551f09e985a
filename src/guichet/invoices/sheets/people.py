"""A table of beneficiaries and their decisions → what it would do (INV-29).

A row is a person, or a further decision of the person above with the same AVS number. Who is on the list already is
found by that number: the row then changes the profile, or is left alone, as the sender chooses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from guichet.formspec.columns import Column, folded
from guichet.invoices.forms import BeneficiaryForm, DecisionForm
from guichet.invoices.models import Beneficiary, Sex
from guichet.invoices.sheets.plan import FAULT, NOTE, Plan, Remark, Unit, without_repetition

if TYPE_CHECKING:
    from guichet.accounts.access import Actor
    from guichet.readers import Cell, Row, Table

FIELDS: Final = tuple(name for _title, names in BeneficiaryForm.GROUPS for name in names)
DECISION: Final = ("decision_number", "decision_description")
_REQUIRED: Final = ("last_name", "first_name", "street", "postcode", "town", "birth_date", "sex", "avs_number")
_KINDS: Final = {"birth_date": "date", "avs_number": "avs", "iban": "iban", "sex": "select"}
_OTHER_HEADINGS: Final = {
    "last_name": ("Nom de famille", "Name", "Nachname", "Cognome", "last_name"),
    "first_name": ("Vorname", "Nome", "first_name"),
    "street": ("Adresse", "Strasse", "Via", "street"),
    "house_no": ("Numéro", "Nr.", "Hausnummer", "house_no"),
    "postcode": ("Code postal", "PLZ", "NAP", "postcode"),
    "town": ("Ville", "Lieu", "Ort", "Località", "town"),
    "country": ("Land", "Paese", "country"),
    "birth_date": ("Né le", "Née le", "Naissance", "Geburtsdatum", "Data di nascita", "birth_date"),
    "sex": ("Geschlecht", "Sesso", "Genre", "sex"),
    "avs_number": ("N° AVS", "Numéro AVS", "AVS", "AHV-Nummer", "AHV-Nr.", "Versichertennummer", "avs_number"),
    "decision_number": ("N° de décision", "Décision", "Verfügungsnummer", "decision"),
    "decision_description": ("Description", "Beschreibung"),
}
_SEXES: Final = {
    Sex.MALE: ("m", "h", "homme", "masculin", "mannlich", "mann", "herr", "monsieur", "male", "maschile"),
    Sex.FEMALE: ("f", "w", "femme", "feminin", "weiblich", "frau", "madame", "female", "femminile"),
}


def people_columns() -> tuple[Column, ...]:
    """All columns of the file."""
    fields = {**BeneficiaryForm.base_fields, **_decision_fields()}
    choices = tuple((str(value), str(label)) for value, label in Sex.choices)
    return tuple(
        Column(
            "",
            name,
            str(fields[name].label),
            _KINDS.get(name, "text"),
            str(fields[name].help_text),
            is_required=name in _REQUIRED,
            choices=choices if name == "sex" else (),
        )
        for name in (*FIELDS, *DECISION)
    )


def _decision_fields() -> dict[str, Any]:
    fields = DecisionForm.base_fields
    return {"decision_number": fields["number"], "decision_description": fields["description"]}


def plan(table: Table, *, by: Actor) -> Plan:
    """Every person of the file with every fault at its cell. Nothing is written."""
    return _Reader(table, by=by).plan()


class _Reader:
    def __init__(self, table: Table, *, by: Actor) -> None:
        self.table, self.by = table, by
        self.place: dict[str, int] = {}
        self.remarks: list[Remark] = []
        self.units: dict[str, Unit] = {}

    def plan(self) -> Plan:
        made = Plan.of(self.table)
        if self._read_header():
            known = self._known()
            for row in self.table.rows:
                self._read_row(row, known)
        made.units = list(self.units.values())
        made.remarks = without_repetition(self.remarks)
        return made

    def _read_header(self) -> bool:
        headings = {folded(column.label): column.name for column in people_columns()}
        for name, words in _OTHER_HEADINGS.items():
            for word in words:
                headings.setdefault(folded(word), name)
        header = self.table.header
        for column, text in enumerate(header.texts):
            name = headings.get(folded(text), "")
            if name and name not in self.place:
                self.place[name] = column
            elif text and folded(text) != folded(_("Remarque du guichet")):
                self._say(
                    header.number, column, _("Cette colonne n'est pas connue : elle n'est pas reprise."), level=NOTE
                )
        missing = [column.label for column in people_columns() if column.is_required and column.name not in self.place]
        if missing:
            text = _("Il manque les colonnes : {names}. Utilisez les titres du modèle.")
            self._say(header.number, 0, text.format(names=", ".join(missing)))
        if not self.table.rows:
            self._say(header.number, 0, _("Le fichier n'a aucune ligne sous les titres."))
        return not missing

    def _known(self) -> dict[str, str]:
        at = self.place["avs_number"]
        wanted = {"".join(sign for sign in row.cell(at).text if sign.isdigit()) for row in self.table.rows}
        found = Beneficiary.objects.visible_to(self.by).filter(avs_number__in=wanted)
        return {number: str(key) for number, key in found.values_list("avs_number", "id")}

    def _read_row(self, row: Row, known: dict[str, str]) -> None:
        typed = {name: self._typed(name, row.cell(at)) for name, at in self.place.items()}
        number = "".join(sign for sign in typed.get("avs_number", "") if sign.isdigit())
        decision = self._decision(row, typed)
        earlier = self.units.get(number)
        if earlier is not None:
            self._repeated(row, typed, earlier, decision)
            return
        form = BeneficiaryForm({name: typed.get(name, "") for name in FIELDS})
        if not form.is_valid():
            for name, texts in form.errors.items():
                self._say(row.number, self.place.get(name, self.place["avs_number"]), str(texts[0]))
            return
        facts = {name: form.cleaned_data[name] for name in FIELDS}
        raw = {**facts, "birth_date": facts["birth_date"].isoformat(), "decisions": [decision] if decision else []}
        title = f"{facts['last_name']} {facts['first_name']}"
        unit = Unit(len(self.units) + 1, row.number, number, title, raw, known=known.get(number, ""))
        self.units[number] = unit

    def _repeated(self, row: Row, typed: dict[str, str], earlier: Unit, decision: list[str]) -> None:
        """A further decision of somebody; other facts must not contradict the first row."""
        for name in ("last_name", "first_name"):
            if typed.get(name) and folded(typed[name]) != folded(earlier.raw[name]):
                text = _("Ce numéro AVS est déjà celui de {name}, à la ligne {row}.")
                self._say(row.number, self.place["avs_number"], text.format(name=earlier.title, row=earlier.row))
                return
        if decision:
            earlier.raw["decisions"].append(decision)
        else:
            text = _("Cette personne figure déjà à la ligne {row} : cette ligne n'apporte rien.")
            self._say(row.number, self.place["avs_number"], text.format(row=earlier.row), level=NOTE)

    def _typed(self, name: str, cell: Cell) -> str:
        if name == "sex":
            word = folded(cell.text)
            return next((str(value) for value, words in _SEXES.items() if word in words), cell.text)
        return cell.text

    def _decision(self, row: Row, typed: dict[str, str]) -> list[str]:
        if not typed.get("decision_number"):
            return []
        form = DecisionForm({"number": typed["decision_number"], "description": typed.get("decision_description", "")})
        if form.is_valid():
            return [form.cleaned_data["number"], form.cleaned_data["description"]]
        for name, texts in form.errors.items():
            at = self.place.get(f"decision_{name}", self.place["decision_number"])
            self._say(row.number, at, str(texts[0]))
        return []

    def _say(self, row: int, column: int, text: str, *, level: str = FAULT) -> None:
        self.remarks.append(Remark(row, column, text, level, self.table.header.cell(column).text))
