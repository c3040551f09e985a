"""Whether somebody wants a daily mail: chosen once for each affiliation, written down, and yes where nobody chose.

What the mail tells, and to whom it is owed all the same, is its owner's affair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from guichet import audit

if TYPE_CHECKING:
    from guichet.accounts.access import Actor
    from guichet.accounts.models.choices import MailChoice


@transaction.atomic
def choose(choices: type[MailChoice], *, act: str, wanted: bool, by: Actor) -> None:
    """Whether this person gets the mail; `act` is how the audit names the choice."""
    choices._default_manager.update_or_create(  # noqa: SLF001 -- Django's public name of any model's manager
        insurer=by.insurer,
        affiliation=by.affiliation,
        person=by.person,
        defaults={"wanted": wanted, "changed_at": timezone.now()},
    )
    audit.record(
        act,
        insurer_id=by.insurer.pk,
        by=by.who,
        on="affiliation",
        object_id=str(by.affiliation.pk) if by.affiliation else "",
        detail={"wanted": wanted},
    )


def is_wanted(choices: type[MailChoice], *, by: Actor) -> bool:
    """The person's choice; yes if there was none."""
    refused = choices._default_manager.filter(wanted=False)  # noqa: SLF001 -- as above
    return not refused.filter(affiliation=by.affiliation, person=by.person).exists()
