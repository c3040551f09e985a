"""Every cookie is bound to this host in production (OWASP ASVS 3.3.1); the demo speaks plain http and cannot."""

import runpy
from uuid import UUID

import pytest

from guichet.recordings.views import stream


@pytest.mark.proves("SEC-05")
def test_every_cookie_is_bound_to_this_host_in_production(settings, monkeypatch):
    settings.DEMO = False
    names = runpy.run_path("src/guichet/ui/cookies.py")
    assert (names["LANGUAGE"], names["Messages"].cookie_name) == ("__Host-guichet-language", "__Host-guichet-messages")
    for module in ("guichet.ui.cookies", "guichet.recordings.views.stream"):
        monkeypatch.setattr(f"{module}.PREFIX", "__Host-")
    theirs = runpy.run_path("src/guichet/accounts/cookies.py")
    assert (theirs["ATTEMPT"], theirs["DEVICE"]) == ("__Host-guichet-attempt", "__Host-guichet-device")
    assert stream.cookie_name(UUID(int=1)) == "__Host-guichet-ecoute-000000000000"
