"""What an expert does with the recorder, in a browser of his own that survives being killed."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import time
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import av
import numpy as np
from playwright.sync_api import expect

from tests.journeys.steps import login
from tests.journeys.steps.people import Someone

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Playwright

    from tests.rails.browser import Live

_SOUND: Final = Path("src/guichet/recordings/demo_data/entretien.mp3")
RATE: Final = 16_000
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
        self.context.set_default_timeout(20_000)
        return self.context.pages[0] if self.context.pages else self.context.new_page()

    def is_killed(self) -> None:
        """SIGKILL for every process of this browser, as an empty battery would."""
        for number in self._processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        self.closes()
        end = time.monotonic() + 10
        while self._processes() and time.monotonic() < end:
            time.sleep(0.1)
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
    expect(someone.page.get_by_text("Votre session a pris fin")).to_be_visible()
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


def kept(someone: Someone) -> list[str]:
    """Names of the files the recorder has on this device, its database entries and what it sealed about them."""
    found: list[str] = someone.page.evaluate(
        """async () => {
          const root = await navigator.storage.getDirectory(), names = [];
          const folder = await root.getDirectoryHandle('guichet-recorder').catch(() => null);
          if (folder) for await (const name of folder.keys()) names.push(name);
          const open = await new Promise(done => {
            const asked = indexedDB.open('guichet-recorder'); asked.onsuccess = () => done(asked.result)});
          for (const store of ['recordings', 'sealed']) names.push(...await new Promise(done => {
            const asked = open.transaction(store).objectStore(store).getAllKeys();
            asked.onsuccess = () => done(asked.result)}));
          open.close();
          return names.filter(name => name !== 'mandates')}"""
    )
    return found


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
