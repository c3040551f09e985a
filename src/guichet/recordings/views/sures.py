"""What is asked before an act on recordings that cannot be undone: what it reaches, and what is over with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from guichet.kernel import dates
from guichet.ui.sure import Sure

if TYPE_CHECKING:
    from datetime import date

    from guichet.recordings.models import DestructionRequest, ListeningGrant, Mandate, Recording


def destroy(asked: DestructionRequest) -> Sure:
    """The office's second person destroys for good."""
    if asked.interview_on:
        what = _("{name}, mandat {number}, entretien du {day}.").format(
            name=_who(asked.mandate), number=asked.mandate.number, day=dates.format_date(asked.interview_on)
        )
    else:
        what = _("{name}, mandat {number}, tous les entretiens.").format(
            name=_who(asked.mandate), number=asked.mandate.number
        )
    ends = _("Le son, ses copies et les notes deviennent illisibles, aussi dans les sauvegardes. C'est définitif.")
    return Sure(title=_("Détruire l'enregistrement ?"), text=f"{what} {ends}", act=_("Détruire définitivement"))


def ask_destruction(day: date) -> Sure:
    """The insured person asks the office to destroy."""
    text = _(
        "Entretien du {day}. Personne ne pourra plus écouter l'enregistrement, vous non plus, et l'expert·e efface ses "
        "copies. Une fois la destruction exécutée, rien ne revient."
    )
    return Sure(
        title=_("Demander la destruction ?"),
        text=text.format(day=dates.format_date(day)),
        act=_("Oui, demander la destruction"),
    )


def waive(mandate: Mandate) -> Sure:
    """The insured person does without the recording."""
    text = _(
        "{expert} n'enregistrera pas l'entretien : personne ne pourra vérifier plus tard ce qui s'y est dit. Vous "
        "pouvez révoquer votre renonciation jusqu'à l'entretien."
    )
    return Sure(
        title=_("Renoncer à l'enregistrement ?"),
        text=text.format(expert=mandate.affiliation.partner.name),
        act=_("Oui, renoncer"),
    )


def revoke(grant: ListeningGrant) -> Sure:
    """A temporary access ends."""
    text = _("{name} : le lien ne fonctionne plus, une écoute en cours s'arrête aussitôt.").format(name=grant.name)
    return Sure(title=_("Révoquer cet accès ?"), text=text, act=_("Révoquer"))


def abandon() -> Sure:
    """The expert gives a deposit up."""
    text = _("Ce qui est arrivé jusqu'ici est effacé et ne peut pas être retrouvé. Le mandat reste ouvert.")
    return Sure(title=_("Abandonner ce dépôt ?"), text=text, act=_("Abandonner"))


def again(recording: Recording, *, only_copy: bool) -> Sure:
    """The expert lets go of a file to deposit another."""
    text = _("{name} est effacé et ne peut pas être retrouvé.").format(name=recording.file_name)
    alone = _("Il vient de l'enregistreur et n'existe nulle part ailleurs.")
    return Sure(
        title=_("Déposer un autre fichier ?"),
        text=f"{text} {alone}" if only_copy else text,
        act=_("Effacer et déposer un autre fichier"),
    )


def _who(mandate: Mandate) -> str:
    return f"{mandate.last_name} {mandate.first_name}"
