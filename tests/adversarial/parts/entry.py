"""A file with a fault, an electronic invoice, a key; whatever belongs to the company carries the canary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guichet.invoices.actions import electronic, imports, tokens

if TYPE_CHECKING:
    from tests.adversarial.world import World

CANARY = "Zqcanary"
_LIST = (
    f"Nom;Prénom;Rue;NPA;Localité;Date de naissance;Sexe;N° assuré\n{CANARY};{CANARY};Rue;1950;Sion;5.11.1980;F;756\n"
)
_XML = f"""<request xmlns="http://www.forum-datenaustausch.ch/invoice"><payload type="invoice"><body><tiers_garant>
<patient ssn=""><person><familyname>{CANARY}</familyname></person></patient></tiers_garant></body></payload>
</request>"""


def build(world: World) -> None:
    """By the real actions."""
    by = world.actors["colleague"]
    run = imports.look_at_people(data=_LIST.encode(), name=f"{CANARY}.csv", by=by)
    token, secret = tokens.make(name=CANARY, scopes=["read", "send"], days=30, by=world.actors["manager"])
    world.ids |= {
        "entry_run_id": run.pk,
        "entry_xml_id": electronic.open_from_xml(data=_XML.encode(), name=f"{CANARY}.xml", by=by).pk,
        "entry_token_id": token.pk,
        "entry_secret": secret,
        "entry_foreign": tokens.make(name="fremd", scopes=["read", "send"], days=30, by=world.actors["other_manager"])[
            1
        ],
        "entry_reading": tokens.make(name="lit", scopes=["read"], days=30, by=world.actors["manager"])[1],
    }
