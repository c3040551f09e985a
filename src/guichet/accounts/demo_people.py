"""Who is seeded where. All of them are invented; the domains end in .example and lead nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from guichet.accounts.models import AffiliationKind, Right, StaffRole

Place = tuple[str, str, str, str]  # street, number, postcode, town


@dataclass(frozen=True)
class Somebody:
    """First name, last name, and the role demo.md knows the account by ("" is not listed)."""

    first: str
    last: str
    role: str = ""


@dataclass(frozen=True)
class Organisation:
    """Who registers, with whom, and what the insurer answers."""

    name: str
    domain: str
    place: Place
    registrant: Somebody
    kind: AffiliationKind = AffiliationKind.INSTITUTION
    colleagues: tuple[Somebody, ...] = ()
    answer: str = "accept"  # accept, wait, or the reason of the refusal
    ibans: tuple[str, ...] = ()


def demo_iban(bank_code: str, account: int) -> str:
    """A valid Swiss IBAN of an invented account."""
    body = f"{bank_code}{account:012d}"
    check = 98 - int(f"{body}121700") % 97
    return f"CH{check:02d}{body}"


_AGENT: Final = (Right.VET.value, Right.REVIEW.value, Right.SUPPORT.value, Right.RECORDS.value, Right.COURT.value)
_LISTENER: Final = (Right.REVIEW.value, Right.LISTEN.value)

Staff = tuple[Somebody, StaffRole, tuple[str, ...]]

STAFF: Final[dict[str, tuple[Staff, ...]]] = {  # the first one is the administrator; a second one admits
    "vs": (
        (Somebody("Claire", "Fournier", "administrator"), StaffRole.ADMINISTRATOR, ()),
        (Somebody("Luc", "Zufferey", "agent"), StaffRole.AGENT, _AGENT),
        (Somebody("Sabine", "Imboden", ""), StaffRole.AGENT, (Right.REVIEW.value,)),
        (Somebody("Anne", "Loretan", "listener_agent"), StaffRole.AGENT, _LISTENER),
        (Somebody("Marc", "Bonvin", "auditor"), StaffRole.AUDITOR, ()),
        (Somebody("Denise", "Wyler", "commission"), StaffRole.COMMISSION, (Right.LISTEN.value,)),
        (Somebody("Grégoire", "Antille", "administrator"), StaffRole.ADMINISTRATOR, ()),
    ),
    "be": (
        (Somebody("Regula", "Stettler", "administrator"), StaffRole.ADMINISTRATOR, ()),
        (Somebody("Daniel", "Moser", "agent"), StaffRole.AGENT, _AGENT),
        (Somebody("Franziska", "Hug", "listener_agent"), StaffRole.AGENT, _LISTENER),
        (Somebody("Monika", "Zbinden", "auditor"), StaffRole.AUDITOR, ()),
        (Somebody("Ursina", "Gerber", "administrator"), StaffRole.ADMINISTRATOR, ()),
    ),
    "caisse": (
        (Somebody("Olivier", "Chappuis", "administrator"), StaffRole.ADMINISTRATOR, ()),
        (Somebody("Nathalie", "Gavillet", "fund_agent"), StaffRole.AGENT, _AGENT),
    ),
    "assurance": (
        (Somebody("Beat", "Lehmann", "administrator"), StaffRole.ADMINISTRATOR, ()),
        (Somebody("Isabelle", "Monney", "adviser"), StaffRole.ADVISER, ()),
    ),
}

_REFUSAL: Final = (
    "Le GLN indiqué n'est pas au nom de votre société. "
    "Demandez un GLN au nom de la société et inscrivez-vous de nouveau."
)

ORGANISATIONS: Final[dict[str, tuple[Organisation, ...]]] = {
    "vs": (
        Organisation(
            "Fondation Les Mélèzes",
            "melezes.example",
            ("Rue du Rhône", "24", "1950", "Sion"),
            Somebody("Jean", "Dupont", "manager"),
            colleagues=(
                Somebody("Sandra", "Kalbermatten", "collaborator"),
                Somebody("Philippe", "Constantin", "second_manager"),
                Somebody("Aline", "Bruttin"),
                Somebody("Yves", "Moulin"),
            ),
            ibans=(demo_iban("00765", 101234567), demo_iban("30808", 1234567)),
        ),
        Organisation(
            "Atelier du Bisse Sàrl",
            "atelier-bisse.example",
            ("Route des Vignes", "7", "3960", "Sierre"),
            Somebody("Nicole", "Salamin"),
            colleagues=(Somebody("Gilles", "Epiney"),),
            ibans=(demo_iban("80808", 2004511),),
        ),
        Organisation(
            "Orthopédie Martigny SA",
            "ortho-martigny.example",
            ("Avenue du Simplon", "3a", "1920", "Martigny"),
            Somebody("Vincent", "Gay-Crosier"),
            ibans=(demo_iban("00765", 207781122),),
        ),
        Organisation(
            "Transports La Navette",
            "lanavette.example",
            ("Chemin des Peupliers", "11", "1870", "Monthey"),
            Somebody("Mireille", "Défago"),
        ),
        Organisation(
            "Heim Sonnenhalde",
            "sonnenhalde.example",
            ("Kirchstrasse", "2", "3930", "Viège"),
            Somebody("Stefan", "Andenmatten"),
            colleagues=(Somebody("Daniela", "Zurbriggen"),),
        ),
        Organisation(
            "Barbara Rey",
            "courrier.example",
            ("Rue de Lausanne", "15", "1950", "Sion"),
            Somebody("Barbara", "Rey", "insured"),
            kind=AffiliationKind.INSURED,
        ),
        Organisation(
            "Dr Paul Andereggen",
            "cabinet-andereggen.example",
            ("Place du Midi", "40", "1950", "Sion"),
            Somebody("Paul", "Andereggen", "expert"),
            kind=AffiliationKind.EXPERT,
        ),
        Organisation(
            "Centre d'expertise du Lac",
            "expertise-lac.example",
            ("Quai Perdonnet", "5", "1800", "Vevey"),
            Somebody("Nadia", "Favre", "centre"),
            kind=AffiliationKind.CENTRE,
        ),
        Organisation(
            "École Les Petits Pas",
            "petitspas.example",
            ("Rue de la Fontaine", "9", "1964", "Conthey"),
            Somebody("Laure", "Papilloud"),
            answer="wait",
        ),
        Organisation(
            "Audition Rive Droite SA",
            "rive-droite.example",
            ("Avenue de la Gare", "31", "1950", "Sion"),
            Somebody("Grégoire", "Rossier"),
            answer="wait",
        ),
        Organisation(
            "Atelier du Bisse",
            "atelier-bisse.example",
            ("Route des Vignes", "9", "3960", "Sierre"),
            Somebody("Corinne", "Vianin"),
            answer="wait",
        ),
        Organisation(
            "Auto Services Adaptés",
            "auto-adapte.example",
            ("Rue de l'Industrie", "54", "1963", "Vétroz"),
            Somebody("Fabrice", "Germanier"),
            answer=_REFUSAL,
        ),
    ),
    "be": (
        Organisation(
            "Stiftung Birkenhof",
            "birkenhof.example",
            ("Murtenstrasse", "88", "2502", "Bienne"),
            Somebody("Peter", "Gerber", "manager"),
            colleagues=(Somebody("Ursula", "Aebi", "collaborator"), Somebody("Michel", "Chopard", "second_manager")),
            ibans=(demo_iban("00790", 42117733), demo_iban("30000", 7788990)),
        ),
        Organisation(
            "Atelier Jura bernois SA",
            "atelier-jb.example",
            ("Grand-Rue", "12", "2740", "Moutier"),
            Somebody("Sylvie", "Tschanz"),
            ibans=(demo_iban("00790", 55001188),),
        ),
        Organisation(
            "Thomas Wyss",
            "courrier.example",
            ("Länggassstrasse", "19", "3012", "Berne"),
            Somebody("Thomas", "Wyss", "insured"),
            kind=AffiliationKind.INSURED,
        ),
        Organisation(
            "Mobilité Seeland Sàrl",
            "mobilite-seeland.example",
            ("Rue Centrale", "61", "2503", "Bienne"),
            Somebody("Cédric", "Liechti"),
            answer="wait",
        ),
    ),
    "caisse": (
        Organisation(
            "Menuiserie Chablais SA",
            "menuiserie-chablais.example",
            ("Route Cantonale", "102", "1860", "Aigle"),
            Somebody("Sophie", "Ruchet", "employer_admin"),
            kind=AffiliationKind.EMPLOYER,
            colleagues=(Somebody("Alain", "Cherix", "employer_user"),),
        ),
    ),
    "assurance": (
        Organisation(
            "Horlogerie des Rangiers SA",
            "horlogerie-rangiers.example",
            ("Rue de la Précision", "6", "2800", "Delémont"),
            Somebody("Hélène", "Crevoisier", "client"),
            kind=AffiliationKind.CLIENT,
        ),
    ),
}
