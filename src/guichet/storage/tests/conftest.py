"""A store and two insurers of each test's own."""

import pytest


def make_insurer(slug):
    """An invented insurer with a space of its own."""
    from guichet.tenancy.models import Insurer

    return Insurer.objects.create(
        slug=slug,
        kind="ai_office",
        name_fr=slug,
        name_de=slug,
        name_it=slug,
        name_en=slug,
        number_prefix=slug[:4].upper(),
        phone="+41 27 000 00 00",
        hours="lu–ve 8–12",
        email=f"{slug}@guichet.example",
    )


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    """Bytes and keys of this test only."""
    settings.STORAGE_ROOT = tmp_path / "objects"
    settings.KEY_STORE = tmp_path / "keys"
    settings.LEAST_ROOM = 0  # however full this machine is
    return tmp_path


@pytest.fixture
def insurer(db):
    return make_insurer("alpha")


@pytest.fixture
def other_insurer(db):
    return make_insurer("beta")
