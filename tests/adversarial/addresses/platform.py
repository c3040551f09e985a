"""What belongs to no system."""

from __future__ import annotations

from typing import Final

from tests.adversarial.route import Route

ROUTES: Final[dict[str, Route]] = {
    "outbox": Route(slug=False),
    "ui:language": Route(get=None, post=302, data={"language": "de"}, slug=False),
    "ui:styleguide": Route(slug=False),
    "ui:theme": Route(),
    "platform:spaces": Route(slug=False),
    "audit:list": Route(owner="auditor", post=200),
}
