"""What a court gets about a recording with a whole life: the extract of the audit and the chain of custody agree."""

import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime

import pycdlib
import pyrage
import pytest
from django.test import Client

from guichet import storage
from guichet.accounts.models import StaffRole
from guichet.kernel import dates
from guichet.printing.tests.reading import letters, pages
from guichet.recordings.actions import court, court_making, grants, listening
from guichet.recordings.models import CourtPackage
from guichet.recordings.queries import custody
from guichet.recordings.tests import factories
from guichet.recordings.tests.listening_scenes import NOBODY, begun, given, playlist, with_cookie

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.proves("REC-14", "REC-21")]

WANTED = court.Wanted(
    ground="appeal", court="Tribunal d'essai", court_reference="S1 26 17", receiver="Greffe, Jeanne Modèle"
)
LIFE = [
    "mandate.opened",
    "recording.begun",
    "recording.started_again",
    "recording.upload_begun",
    "recording.upload_complete",
    "recording.received",
    "recording.deposited",
    "recording.sent",
    "mandate.confirmed",
    "recording.archived",
    "listening.begun",
    "listening.served",
    "listening.served",
    "grant.given",
    "listening.begun",
    "listening.served",
    "grant.revoked",
    "recording.court_asked",
    "recording.court_approved",
    "audit.extract",
]
"""Every act of this history, in order; the extract itself is the last."""


def heard(recording, desk, browser):
    """Somebody of the office listens to two segments, the insured person to one; then her access is revoked."""
    opened = begun(recording, desk.listener)
    client = with_cookie(browser(desk.listener), opened)
    _key, header, segments = playlist(client, opened[0])
    assert [client.get(path).status_code for path in (header, *segments[:2])] == [200] * 3
    grant = given(recording, desk.records)
    by_link = listening.begin_on_grant(grant, visitor=NOBODY)
    client = with_cookie(Client(), by_link)
    _key, header, segments = playlist(client, by_link[0])
    assert [client.get(path).status_code for path in (header, segments[0])] == [200] * 2
    grants.revoke(grant, by=desk.records)


def files_of(package, passphrase):
    """What the envelope on the image holds, by name."""
    image, sealed = pycdlib.PyCdlib(), io.BytesIO()
    image.open_fp(io.BytesIO(storage.read(package.image)))
    image.get_file_from_iso_fp(sealed, joliet_path="/paquet.age")
    image.close()
    with zipfile.ZipFile(io.BytesIO(pyrage.passphrase.decrypt(sealed.getvalue(), passphrase))) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_extract_and_chain_of_custody_tell_the_whole_life_alike(vs, desk, doctor, browser):
    recording = factories.archived(by=doctor, agent=desk.records)
    heard(recording, desk, browser)
    first, second = (factories.staff(vs, StaffRole.AGENT, "court") for _ in range(2))
    package = court.ask(recording, wanted=WANTED, by=first)
    passphrase = court.approve(package, by=second)
    court_making.make(package.pk)
    files = files_of(CourtPackage.objects.select_related("image").get(pk=package.pk), passphrase)
    links = json.loads(files["journal.json"])["entries"]
    entries = [json.loads(one["entry"]) for one in links]

    assert [entry[5] for entry in entries] == LIFE
    assert [entry[2] for entry in entries] == sorted(entry[2] for entry in entries)
    assert {entry[1] for entry in entries} == {vs.pk}
    grounds = [entry[12] for entry in entries if entry[5] == "listening.begun"]
    assert grounds == ["OPGA 7l al. 1 ; LPGA 43", "LPGA 47"]

    assert [one["hash"] for one in links] == [
        hashlib.sha256(bytes.fromhex(one["prev_hash"]) + one["entry"].encode()).hexdigest() for one in links
    ]
    assert [one["seq"] for one in links] == sorted(one["seq"] for one in links)

    heard_by = [(step.role, step.what) for step in custody.chain(recording) if step.what.startswith("Écoute")]
    assert heard_by == [
        ("staff", "Écoute, passages transmis : 00:00–00:12"),
        ("listener", "Écoute, passages transmis : 00:00–00:06"),
    ]
    opened = [step.what.partition(" :")[0] for step in custody.chain(recording) if step.what.startswith("Accès")]
    assert opened == ["Accès ouvert", "Accès révoqué"]
    moments = [step.at for step in custody.chain(recording)]
    assert moments == sorted(moments)
    printed = letters("".join(pages(files["chaine-de-conservation.pdf"])))
    steps = [step for step in custody.chain(recording) if step.what != "Paquet pour le tribunal préparé"]
    lines = [letters(dates.format_datetime(step.at) + _role(step) + step.what) for step in steps]
    assert [line for line in lines if line not in printed] == []
    told = {letters(f"{dates.format_datetime(row.at)}{row.act}") for row in recording.events.all()}
    noted = {letters(f"{dates.format_datetime(_moment(entry))}{entry[5].partition('.')[2]}") for entry in entries}
    assert told - noted == {letters(f"{dates.format_datetime(_made(recording))}court_made")}


def _role(step):
    role = {"partner": "Expert·e", "staff": "Office", "listener": "Personne autorisée", "platform": "Guichet"}[
        step.role
    ]
    return ", ".join(part for part in (role, step.who) if part)


def _moment(entry):
    return datetime.fromisoformat(entry[2]).replace(tzinfo=UTC)


def _made(recording):
    return recording.events.get(act="court_made").at
