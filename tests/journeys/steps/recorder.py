"""What an expert does with the recorder, in a browser of his own that survives being killed."""

from __future__ import annotations

import contextlib
import io
import os
import re
import signal
import time
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import av
import numpy as np
import pytest
from playwright.sync_api import expect

from tests.journeys.steps import login
from tests.journeys.steps.people import Someone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, Page, Playwright

    from tests.rails.browser import Live

_SOUND: Final = Path("src/guichet/recordings/demo_data/entretien.mp3")
RATE: Final = 16_000
PATIENT: Final = 60_000  # milliseconds; the page asks again every few seconds, on a device that may be slow
LIKE: Final = 0.95  # of what was recorded to what was spoken
LOGIN: Final = "guichet-login"  # the day's mandates, sealed, until the logout
_STEPS: Final = 100  # of loudness, a second
_ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)


def samples_of(data: bytes) -> Any:
    """Any recording as mono at 16 kHz, full scale at 1."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    with av.open(io.BytesIO(data)) as container:
        frames = [new for frame in container.decode(audio=0) for new in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray().reshape(-1) for frame in [*frames, *resampler.resample(None)]]) / 32768


def speech(folder: Path) -> Path:
    """The committed interview as the microphone hears it, over and over."""
    path = folder / "microphone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples_of(_SOUND.read_bytes()) * 32767).astype("<i2").tobytes())
    return path


def loudness(samples: Any) -> Any:
    """A hundred times a second, each over the twentieth of a second that follows."""
    step, width = RATE // _STEPS, RATE // 20
    power = np.concatenate([[0.0], np.cumsum(samples.astype(np.float64) ** 2)])
    starts = np.arange(0, samples.size - width, step)
    return np.sqrt((power[starts + width] - power[starts]) / width)


def likeness(heard: Any, spoken: Any) -> float:
    """How well a stretch of what was recorded follows what was spoken, wherever in it the stretch began."""
    envelope, around = loudness(heard), loudness(np.tile(spoken, 2))
    lags = range(around.size // 2)
    return max(float(np.corrcoef(envelope, around[lag : lag + envelope.size])[0, 1]) for lag in lags)


@pytest.fixture
def device(
    driver: Playwright, browser_path: Path, live: Live, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Device]]:
    """`device(width=1280)` is a device with a microphone that hears the committed interview."""
    made: list[Device] = []

    def new(width: int = 1280) -> Device:
        folder = tmp_path_factory.mktemp("device")
        speech(folder)
        made.append(Device(driver, live, browser_path, folder, width))
        return made[-1]

    yield new
    for one in made:
        one.closes()


@dataclass
class Device:
    """A telephone or computer with a profile, which stays when its browser is killed."""

    playwright: Playwright
    live: Live
    executable: Path
    folder: Path
    width: int = 1280
    context: BrowserContext | None = None

    def opens(self) -> Page:
        """The browser, with what it kept."""
        microphone = self.folder / "microphone.wav"
        self.context = self.playwright.chromium.launch_persistent_context(
            self.folder / "profile",
            executable_path=self.executable,
            args=[*_ARGUMENTS, f"--use-file-for-fake-audio-capture={microphone}"],
            base_url=self.live.url,
            viewport={"width": self.width, "height": 800},
            locale="fr-CH",
            timezone_id="Europe/Zurich",
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(PATIENT)
        return self.context.pages[0] if self.context.pages else self.context.new_page()

    def is_killed(self) -> None:
        """SIGKILL for every process of this browser, as an empty battery would."""
        end = time.monotonic() + 60
        while numbers := self._processes():  # one that is being born is met the next time
            assert time.monotonic() < end, numbers
            for number in numbers:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
            time.sleep(0.1)
        self.closes()
        for lock in (self.folder / "profile").glob("Singleton*"):
            lock.unlink()

    def _processes(self) -> list[int]:
        profile = str(self.folder / "profile").encode()
        found = []
        for place in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                line = place.read_bytes()
                if profile in line and b"chrom" in line.split(b"\0")[0]:
                    found.append(int(place.parent.name))
        return found

    def closes(self) -> None:
        """The browser, if it is still there."""
        with contextlib.suppress(Exception):
            if self.context:
                self.context.close()
        self.context = None


def arrives(device: Device, role: str = "expert") -> Someone:
    """Logged in, in front of the recorder."""
    someone = Someone(device.opens(), device.live, "vs", device.live.account("vs", role))
    someone.goes_to("/")
    if someone.page.get_by_role("button", name="Se connecter").count():
        login.identify(someone)
        login.confirm(someone)
    opens(someone)
    return someone


def opens(someone: Someone) -> None:
    """The recorder; ready once it has looked at the device and at what it keeps."""
    someone.page.goto(f"/{someone.slug}/enregistreur/")
    is_ready(someone)


def is_ready(someone: Someone) -> None:
    """The first screen is filled."""
    someone.page.locator("html[data-recorder=ready]").wait_for(state="attached")


def logs_in_again(someone: Someone) -> None:
    """The session ended with the browser: the recorder says so, and is there again after the login."""
    expect(someone.page.get_by_text("Votre session a pris fin")).to_be_visible(timeout=PATIENT)
    someone.page.get_by_role("link", name="Se connecter").click()
    login.identify(someone)
    login.confirm(someone)
    is_ready(someone)


def begins(someone: Someone, name: str) -> None:
    """« Enregistrer » beside this person."""
    later = someone.page.locator("[data-later]:not([open]) > summary")
    if later.is_visible():
        later.click()
    someone.page.get_by_role("button", name=f"Enregistrer l'entretien de {name}").click()
    expect(someone.page.get_by_role("heading", level=1)).to_have_text(name)


def has_recorded(someone: Someone, seconds: int) -> None:
    """The clock of the interview says so."""
    someone.page.wait_for_function(
        "least => {const [m, s] = document.querySelector('[data-clock]').textContent.split(':');"
        " return +m * 60 + +s >= least}",
        arg=seconds,
        timeout=(seconds + 30) * 1000,
    )


def kept(someone: Someone, *, but: str = LOGIN) -> list[str]:
    """Everything this origin has on the device: files of the private file system, entries of every other database."""
    found: list[str] = someone.page.evaluate(
        """async but => {
          const names = [];
          const walk = async (folder, path) => {
            for await (const [name, handle] of folder.entries())
              if (handle.kind === 'directory') await walk(handle, `${path}${name}/`); else names.push(path + name); };
          await walk(await navigator.storage.getDirectory(), '');
          for (const {name} of await indexedDB.databases()) {
            if (name === but) continue;
            const open = await new Promise(done => {
              const asked = indexedDB.open(name); asked.onsuccess = () => done(asked.result)});
            for (const store of open.objectStoreNames) names.push(...await new Promise(done => {
              const asked = open.transaction(store).objectStore(store).getAllKeys();
              asked.onsuccess = () => done(asked.result.map(key => `${name}/${store}/${key}`))}));
            open.close(); }
          return names}""",
        but,
    )
    return found


def hears(someone: Someone, *, seconds: float, begin: float = 2) -> Any:
    """Press play on the expert's player and take what comes out of it, mono at 16 kHz."""
    player = someone.page.locator("audio")
    player.wait_for(state="attached")
    heard: list[int] = player.evaluate(
        """async (audio, {seconds, begin}) => {
          audio.currentTime = begin; await audio.play();
          const ear = new MediaRecorder(audio.captureStream()), pieces = [];
          ear.ondataavailable = ({data}) => pieces.push(data);
          const ended = new Promise(done => (ear.onstop = done));
          ear.start(); await new Promise(done => setTimeout(done, seconds * 1000)); ear.stop(); await ended;
          audio.pause();
          return Array.from(new Uint8Array(await new Blob(pieces).arrayBuffer()))}""",
        {"seconds": seconds, "begin": begin},
    )
    return samples_of(bytes(heard))


def sound(someone: Someone) -> bytes:
    """The listening copy, as the expert's player gets it."""
    address = someone.page.url.split("?")[0] + "son/"
    return someone.page.request.get(address).body()


def stretches(someone: Someone) -> list[tuple[float, str]]:
    """From the log on the page: seconds recorded, and why each stretch ended."""
    found: list[tuple[float, str]] = someone.page.locator("#parts tbody tr").evaluate_all(
        """rows => rows.map(row => {
          const [from, to] = [...row.querySelectorAll('time')].map(time => Date.parse(time.dateTime));
          return [(to - from) / 1000, row.cells[1].textContent]})"""
    )
    return [(seconds, reason) for seconds, reason in found]


def survives(phone: Device, name: str, *, seconds: int) -> None:
    """An interview of three stretches: paused, cut off the line, killed, gone on with, sent, and heard."""
    doctor = arrives(phone)
    begins(doctor, name)
    doctor.page.get_by_role("button", name="Commencer l'enregistrement").click()
    expect(doctor.page.get_by_role("heading", level=1)).to_have_text("Enregistrement en cours")
    has_recorded(doctor, seconds)

    doctor.page.get_by_role("button", name="Mettre en pause").click()
    expect(doctor.page.get_by_role("heading", level=1)).to_have_text("En pause")
    doctor.page.get_by_label(re.compile("Tests")).check()
    doctor.page.get_by_role("button", name="Reprendre").click()
    doctor.page.context.set_offline(True)
    has_recorded(doctor, 2 * seconds)
    phone.is_killed()

    doctor.page = phone.opens()
    doctor.page.context.set_offline(True)
    doctor.page.context.clear_cookies()  # some browsers bring a login back from the dead, after half a minute
    opens(doctor)
    expect(doctor.page.get_by_role("heading", name="Un enregistrement non envoyé de")).to_be_visible(timeout=PATIENT)
    doctor.page.get_by_role("button", name="Continuer l'entretien").click()
    has_recorded(doctor, 3 * seconds - 2)
    doctor.page.get_by_role("button", name="Terminer", exact=True).click()
    doctor.page.get_by_role("button", name="Terminer l'enregistrement").click()
    expect(doctor.page.get_by_text("Pas de connexion.")).to_be_visible(timeout=PATIENT)
    assert len(kept(doctor)) == 2  # the file, and its key

    doctor.page.context.set_offline(False)
    logs_in_again(doctor)
    doctor.page.get_by_role("button", name="Envoyer maintenant").click()
    expect(doctor.page.get_by_text("La copie de cet appareil est effacée")).to_be_visible(timeout=90_000)
    assert kept(doctor) == []

    doctor.page.get_by_role("link", name="Contrôler et envoyer à l'office").click()
    expect(doctor.page.locator("#quality")).to_be_visible(timeout=PATIENT)
    is_what_was_spoken(doctor)


def is_what_was_spoken(doctor: Someone) -> None:
    """Every stretch the log names is in the sound, in its place, and follows the interview the microphone heard.

    What comes out of the player on the page is that sound.
    """
    whole = samples_of(sound(doctor))
    spoken = samples_of(_SOUND.read_bytes())
    lengths = stretches(doctor)
    assert [reason for _length, reason in lengths] == [
        "Tests, qui ne sont pas enregistrés (circulaire LCAI 412)",
        "Appareil arrêté pendant l'enregistrement",
        "Fin de l'entretien",
    ]
    assert abs(sum(length for length, _reason in lengths) - whole.size / RATE) < 2.5
    place = 0.0
    for length, _reason in lengths:
        inside = slice(int((place + 0.6) * RATE), int((place + length - 0.6) * RATE))
        assert likeness(whole[inside], spoken) >= LIKE
        place += length
    heard = (likeness(hears(doctor, seconds=2.5), spoken) for _again in range(3))  # a loaded machine may stutter once
    assert any(like >= LIKE for like in heard)
