"""What an expert does to deposit a recording."""

from __future__ import annotations

import datetime as dt
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Final

from playwright.sync_api import expect

from tests.journeys.steps import people

if TYPE_CHECKING:
    from playwright.sync_api import Route

    from tests.journeys.steps.people import Someone

_SOUND: Final = Path("src/guichet/recordings/demo_data/entretien.mp3")
PART: Final = 8 * 1024 * 1024


def interview(folder: Path, *, megabytes: int = 0) -> Path:
    """A short interview; a tag of that size before the sound makes a long upload of it."""
    data = _SOUND.read_bytes()
    size = megabytes * 1024 * 1024
    head = b"ID3\x04\x00\x00" + struct.pack("4B", *((size >> shift) & 0x7F for shift in (21, 14, 7, 0)))
    path = folder / "entretien.mp3"
    path.write_bytes(head + bytes(size) + data if size else data)
    return path


def open_mandate(doctor: Someone, last_name: str) -> None:
    """« Ouvrir un mandat »: this person, interviewed yesterday."""
    doctor.goes_to("/mandats/")
    doctor.page.get_by_role("link", name="Ouvrir un mandat").first.click()
    doctor.sees("Ouvrir un mandat")
    for name, value in {
        "last_name": last_name, "first_name": "Odile", "birth_date": "04.05.1981",
        "avs_number": people.new_avs_number(), "interview_dates": yesterday(),
    }.items():  # fmt: skip
        doctor.page.locator(f"[name={name}]").fill(value)
    doctor.page.get_by_role("button", name="Ouvrir le mandat").click()
    doctor.sees(f"{last_name} Odile")


def begin(doctor: Someone) -> None:
    """From the mandate to the page that takes the file."""
    doctor.page.get_by_role("button", name="Choisir le fichier").click()
    expect(doctor.page.locator("#id_file")).to_be_visible()  # by the script that takes the file


def choose(doctor: Someone, file: Path) -> None:
    """The file, by the field."""
    doctor.page.locator("#id_file").set_input_files(str(file))


def cut_after_the_first_part(doctor: Someone) -> None:
    """The line is cut once one part is acknowledged."""

    def decide(route: Route) -> None:
        first = route.request.headers.get("upload-offset", "0") == "0"
        if route.request.method == "PATCH" and not first:
            route.abort()
        else:
            route.continue_()

    doctor.page.route("**/fichier/**", decide)


def mend(doctor: Someone) -> None:
    """The line is back."""
    doctor.page.unroute_all(behavior="ignoreErrors")


def send(doctor: Someone) -> None:
    """Mark, confirm, « Envoyer à l'office »."""
    page = doctor.page
    page.locator("[name=spoken_start]").fill("0:01")
    page.locator("[name=spoken_end]").fill("0:24")
    page.locator("[name=report_reference]").fill("EXP-2026-81")
    page.locator("[name=report_date]").fill(yesterday())
    for box in page.locator("[name=confirmed]").all():
        box.check()
    page.get_by_role("button", name="Envoyer à l'office").click()


def yesterday() -> str:
    """As people write it."""
    return f"{dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1):%d.%m.%Y}"
