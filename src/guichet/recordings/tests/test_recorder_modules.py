"""The recorder's modules in a real browser: what lies on the device, what is noticed, what is said of the time.

And the player, in a browser that cannot have the sound in segments.
"""

from __future__ import annotations

import hashlib
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

STATIC = Path(__file__).parent.parent / "static" / "recordings"
TYPES = {".js": "text/javascript", ".css": "text/css"}
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; media-src blob:"
FRAME = b"""<!doctype html><title>Essai</title>
<script type="application/json" id="recorder-words">{"a": "de {n}"}</script>
<script type="application/json" id="recorder-config">
{"vault": "/recorder/vault-worker.js", "scope": "/vs/enregistreur/", "data": "/data", "longest": 21600000}</script>"""

# A row in memory, as the file of a device would hold it.
MEMORY = """
  class Memory {
    constructor() { this.bytes = new Uint8Array(0); this.room = Infinity; }
    getSize() { return this.bytes.length; }
    read(into, {at}) { into.set(this.bytes.subarray(at, at + into.length)); }
    write(data, {at}) {
      const much = Math.min(data.length, this.room - at), all = new Uint8Array(Math.max(this.bytes.length, at + much));
      all.set(this.bytes); all.set(data.subarray(0, much), at); this.bytes = all; return much; }
    truncate(size) { this.bytes = this.bytes.slice(0, size); }
    flush() {}
  }
  const {Row, SOUND, EVENT} = await import('/recorder/row.js');
  const key = await crypto.subtle.generateKey({name: 'AES-GCM', length: 256}, false, ['encrypt', 'decrypt']);
  const memory = new Memory(), row = new Row('one', key, memory);
  const words = Array.from({length: 5}, (_none, number) => new Uint8Array(1000 + number).fill(65 + number));
  for (const [number, bytes] of words.entries()) await row.append(SOUND, number, bytes);
  const opened = async (id = 'one') => { const again = new Row(id, key, memory); await again.open(); return again; };
  const whole = async (from) => {
    const {data, done, sha256} = await from.next(1e6); return [data.length, done, sha256]; };
"""


class Handler(BaseHTTPRequestHandler):
    """Scripts as the platform would serve them, and one empty page."""

    def do_GET(self) -> None:
        file = STATIC / self.path.lstrip("/")
        found = self.path != "/" and file.is_file()
        body = file.read_bytes() if found else FRAME
        self.send_response(200)
        self.send_header("Content-Type", TYPES.get(file.suffix, "text/html") if found else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def address():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def chromium(browser_path):
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright's loop runs in this thread while the browser is open
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
        browser = playwright.chromium.launch(executable_path=browser_path, args=arguments)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def run(chromium, address):
    """`run(script)` runs the body of an async function in a fresh page; `without` is what this browser lacks."""
    contexts = []

    def running(script, *, without=""):
        context = chromium.new_context()
        contexts.append(context)
        if without:
            context.add_init_script(without)
        page = context.new_page()
        page.goto(address)
        return page.evaluate(f"(async () => {{{script}}})()")

    yield running
    for context in contexts:
        context.close()


SAID = b"".join(bytes([65 + number]) * (1000 + number) for number in range(5))
DIGEST = hashlib.sha256(SAID).hexdigest()


@pytest.mark.proves("REC-04")
def test_row_gives_back_what_was_said_with_its_checksum(run):
    assert run(MEMORY + "return whole(await opened());") == [len(SAID), True, DIGEST]


def test_row_is_read_in_parts_of_any_size(run):
    script = """const again = await opened(), sizes = [];
      for (;;) {
        const {data, done, sha256} = await again.next(1700);
        sizes.push(data.length); if (done) return [sizes, sha256]; }"""
    assert run(MEMORY + script) == [[1700, 1700, 1610], DIGEST]


def test_row_lies_sealed(run):
    script = "return new TextDecoder('latin1').decode(memory.bytes).includes('AAAAAAAA');"
    assert run(MEMORY + script) is False


@pytest.mark.proves("REC-04")
def test_row_cuts_off_what_death_left_unfinished(run):
    script = """memory.truncate(memory.bytes.length - 3); const again = await opened(), said = again.summary();
      await again.append(SOUND, 9, new Uint8Array(10)); const after = (await opened()).summary();
      return [said.bytes, said.torn > 0, said.damaged, after.bytes, after.torn];"""
    assert run(MEMORY + script) == [4006, True, False, 4016, 0]


@pytest.mark.parametrize(
    "change",
    [
        "memory.bytes[1100] ^= 1;",  # a bit of the second record
        "const size = 1000 + 48; memory.bytes.copyWithin(0, size, 2 * size);",  # a record in the place of another
    ],
)
def test_row_notices_a_change(run, change):
    script = f"{change} const said = (await opened()).summary(); return [said.damaged, said.bytes < 5010];"
    assert run(MEMORY + script) == [True, True]


def test_row_of_one_recording_is_none_of_another(run):
    assert run(MEMORY + "return (await opened('other')).summary().damaged;") is True


def test_row_on_a_full_disk_stays_whole(run):
    script = """memory.room = memory.bytes.length + 20;
      const failed = await row.append(SOUND, 9, new Uint8Array(500)).catch(error => error.message);
      return [failed, (await opened()).summary().bytes];"""
    assert run(MEMORY + script) == ["full", 5010]


def test_row_keeps_events_beside_the_sound(run):
    script = """await row.append(EVENT, 7, new TextEncoder().encode('{"what":"stop"}'));
      const again = await opened(); return [again.summary().events, again.summary().last, ...(await whole(again))];"""
    assert run(MEMORY + script) == [[{"what": "stop"}], 7, len(SAID), True, DIGEST]


@pytest.mark.proves("REC-04")
def test_vault_keeps_and_erases_on_the_device(run):
    script = """const {Vault} = await import('/recorder/vault.js'), vault = new Vault('/recorder/vault-worker.js');
      const entry = await vault.begin({mandate: 'm'}, {name: 'Nom'});
      await vault.ask('sound', {id: entry.id, time: 1, data: new Uint8Array(10).buffer});
      const [kept] = await vault.recordings(), row = await vault.ask('open', {id: kept.id, key: kept.key});
      const exported = await crypto.subtle.exportKey('raw', kept.key).catch(error => error.name);
      const label = await vault.labelOf(kept), clear = new TextDecoder().decode(kept.label.data).includes('Nom');
      await vault.erase(entry.id);
      return [row.bytes, exported, label, clear, await vault.recordings(), await vault.ask('names')];"""
    assert run(script) == [10, "InvalidAccessError", {"name": "Nom"}, False, [], []]


def test_vault_lets_go_of_a_file_whose_key_is_gone(run):
    script = """const {Vault} = await import('/recorder/vault.js'), vault = new Vault('/recorder/vault-worker.js');
      const entry = await vault.begin({}); await vault.ask('close', {id: entry.id});
      await vault.cupboard.store('recordings', 'readwrite', rows => rows.delete(entry.id));
      await vault.recordings(); return vault.ask('names');"""
    assert run(script) == []


def test_log_counts_what_was_recorded_and_why_it_ended(run):
    script = """const {stretches, lengthOf} = await import('/recorder/log.js');
      const events = [['go', 10], ['stop', 20, 'pause'], ['why', 21, 'tests'], ['go', 30]];
      const found = stretches(events.map(([what, at, why]) => ({what, at, why})), 37);
      return [found.map(({from, to, reason}) => [from, to, reason]), lengthOf(found)];"""
    assert run(script) == [[[10, 20, "tests"], [30, 37, "cut"]], 17]


def test_page_puts_values_into_words(run):
    script = """const {word} = await import('/recorder/page.js'), {clock} = await import('/recorder/log.js');
      return [word('a', {n: 3}), word('none'), clock(65000), clock(3661000)];"""
    assert run(script) == ["de 3", "", "1:05", "1:01:01"]


MEASURE = """const {measure, suffices} = await import('/recorder/device.js');
  const {Vault} = await import('/recorder/vault.js');
  const found = await measure(new Vault('/recorder/vault-worker.js'));
  return [suffices(found), found.filter(one => one.state === 'fails').map(one => one.name)];"""


@pytest.mark.proves("REC-18", "REC-09", "SUP-04")
@pytest.mark.parametrize(
    ("without", "missing"),
    [
        ("", []),
        ("delete globalThis.MediaRecorder;", ["recorder"]),
        ("MediaRecorder.isTypeSupported = () => false;", ["recorder"]),
        ("SubtleCrypto.prototype.generateKey = () => Promise.reject(new Error());", ["crypto"]),
        ("StorageManager.prototype.estimate = async () => ({quota: 1e8, usage: 0});", ["room"]),
        ("globalThis.Worker = class extends EventTarget { postMessage() { this.dispatchEvent(new Event('error')); } };",
         ["store"]),
    ],
)  # fmt: skip
def test_device_below_the_minimum_is_known_before_the_interview(run, without, missing):
    assert run(MEASURE, without=without) == [not missing, missing]


def test_device_that_measures_little_may_still_record(run):
    without = "delete Navigator.prototype.getBattery; delete Navigator.prototype.wakeLock;"
    assert run(MEASURE, without=without) == [True, []]


@pytest.mark.proves("REC-09")
def test_device_is_usable_while_the_browser_waits_for_an_answer_and_takes_it_later(run):
    without = """let answer; StorageManager.prototype.persist = () => new Promise(done => (answer = done));
      StorageManager.prototype.persisted = async () => false; globalThis.answered = () => answer(true);"""
    script = """const {measure, suffices} = await import('/recorder/device.js');
      let heard; const later = new Promise(done => (heard = done));
      const {Vault} = await import('/recorder/vault.js');
      const found = await measure(new Vault('/recorder/vault-worker.js'), heard);
      answered(); return [suffices(found), found.find(({name}) => name === 'lasting').state, (await later).state];"""
    assert run(script, without=without) == [True, "warns", "ok"]


@pytest.mark.proves("REC-09")
@pytest.mark.parametrize("ready, below", [("", True), ("document.documentElement.dataset.recorder = 'ready';", False)])
def test_page_names_the_other_way_where_the_recorders_script_cannot_be_read(run, ready, below):
    script = """document.body.innerHTML =
        '<div data-screen="home" hidden><p data-measuring></p><p data-below hidden></p></div>';
      const loaded = (kind, src, end) => new Promise(done => {
        const script = Object.assign(document.createElement('script'), {type: kind, src});
        script.addEventListener(end, done); document.head.append(script); });
      await loaded('', '/recorder/guard.js', 'load'); %s await loaded('module', '/recorder/none.js', 'error');
      return [!document.querySelector('[data-screen]').hidden, !document.querySelector('[data-below]').hidden];"""
    assert run(script % ready) == [below, below]


WATCH = """const {Watch} = await import('/recorder/watch.js');
  delete globalThis.AudioContext;
  const microphone = {level: () => loud};
  const capture = Object.assign(new EventTarget(), {state: 'going', heard: Date.now(), microphone});
  let loud = 0.2, told = [], shaken = 0; navigator.vibrate = () => (shaken += 1);
  const watch = new Watch(capture); watch.addEventListener('alarm', ({detail}) => told.push(detail));
"""


@pytest.mark.proves("REC-04")
def test_watch_raises_an_alarm_once_and_takes_it_back(run):
    script = """watch.start(); capture.dispatchEvent(new CustomEvent('trouble', {detail: 'mute'}));
      capture.dispatchEvent(new CustomEvent('trouble', {detail: 'mute'}));
      capture.dispatchEvent(new CustomEvent('trouble', {detail: ''})); watch.stop(); return [told, shaken];"""
    assert run(WATCH + script) == [[["mute"], []], 1]


def test_watch_notices_silence_and_a_recorder_that_stopped(run):
    script = """loud = 0; watch.noise = capture.heard = Date.now() - 60000; watch.look(); const first = [...watch.on];
      loud = 0.2; capture.heard = Date.now(); watch.look(); const heard = [...watch.on];
      watch.raise('deaf'); capture.state = 'paused'; loud = 0; capture.heard = 0; watch.look();
      return [first, heard, [...watch.on]];"""
    assert run(WATCH + script) == [["deaf", "late"], [], []]


def test_watch_notices_little_room(run):
    script = "navigator.storage.estimate = async () => ({quota: 1e6, usage: 0}); await watch.room(); return told;"
    assert run(WATCH + script) == [["room"]]


def test_capture_takes_a_muted_microphone_for_a_trouble_only_while_it_records(run):
    script = """const {Capture} = await import('/recorder/capture.js'), told = [];
      const capture = Object.assign(new Capture({}, {}), {state: 'paused'});
      capture.addEventListener('trouble', ({detail}) => told.push(detail));
      capture.muted(true); capture.state = 'going'; capture.muted(true); capture.muted(false); return told;"""
    assert run(script) == ["mute", ""]


def test_capture_makes_slices_and_a_new_part_after_the_microphone_was_lost(run):
    script = """const {Capture, soundType} = await import('/recorder/capture.js');
      const {Vault} = await import('/recorder/vault.js');
      const vault = new Vault('/recorder/vault-worker.js'), entry = await vault.begin({type: soundType()});
      const capture = new Capture(vault, entry);
      const lost = new Promise(done => capture.addEventListener('lost', done));
      const heard = () => new Promise(done => {
        const asking = setInterval(() => capture.recorder.requestData(), 100);
        capture.addEventListener('safe', () => (clearInterval(asking), done()), {once: true}); });
      await capture.start(); await heard();
      capture.microphone.track.stop(); capture.microphone.track.dispatchEvent(new Event('ended')); await lost;
      await capture.start(); await heard(); await capture.stop();
      await capture.kept; await new Promise(done => setTimeout(done, 100));
      const row = await vault.ask('open', {id: entry.id, key: entry.key});
      const {data} = await vault.ask('next', {id: entry.id, size: 1e7});
      const head = [0x1a, 0x45, 0xdf, 0xa3]; let heads = 0;
      for (let at = 0; at + 4 < data.length; at++)
        if (head.every((byte, place) => data[at + place] === byte)) heads += 1;
      await vault.erase(entry.id);
      return [row.events.map(({what, why}) => [what, why]), heads];"""
    events = [["go", ""], ["stop", "device"], ["go", ""], ["stop", "end"]]
    assert run(script) == [events, 2]


BARE = "delete globalThis.MediaSource; delete globalThis.ManagedMediaSource;"
# The page's part of a player; the server gives addresses that have no sound, or none.
PLAYER = """
  const names = ["toggle", "back", "forward"];
  const texts = ["clock", "said", "word", "icon-play", "icon-pause"];
  document.body.innerHTML = `<section data-player data-pass-url="/pass" data-wave-url="/wave" data-duration="40000"
    data-say-unable="unable" data-say-broken="broken" data-say-over="over"><canvas data-wave></canvas>
    ${names.map(name => `<button data-${name} disabled></button>`).join("")}
    ${texts.map(name => `<p data-${name}></p>`).join("")}
    <input type="range" data-place><select data-speed></select><audio preload="none"></audio></section>`;
  let asked = 0, status = 200;
  globalThis.fetch = async url => {
    asked += url === "/pass";
    return {ok: status === 200, status, json: async () => ({url: "/none.m3u8", peaks: []})}; };
  const part = name => document.querySelector(`[data-${name}]`), audio = document.querySelector("audio");
  const said = text => new Promise(done => {
    const look = () => (part("said").textContent === text ? done(text) : setTimeout(look, 10)); look(); });
  const state = () => [asked, part("said").textContent, part("toggle").disabled];
"""


@pytest.mark.parametrize(
    "script, wanted",
    [
        ("audio.canPlayType = () => ''; await import('/player.js'); return state();", [0, "unable", True]),
        (
            """await import('/player.js'); part('toggle').click(); audio.preload = 'auto';
              await said('broken'); return state();""",
            [4, "broken", False],
        ),
        ("status = 410; await import('/player.js'); await said('over'); return state();", [1, "over", True]),
    ],
    ids=["no way", "no sound", "taken away"],
)
@pytest.mark.proves("REC-12")
def test_player_without_segments_takes_the_browsers_own_way_or_says_that_it_cannot(run, script, wanted):
    assert run(PLAYER + script, without=BARE) == wanted
