"""What goes wrong on a device, and that nothing said is lost by it (REC-04): disk, microphone, clock, other people."""

import pytest

from guichet.recordings.tests.test_recorder_modules import MEMORY, address, chromium, run

__all__ = ["address", "chromium", "run"]

# A recorder without a microphone; `keeps` is what the disk says to the next record.
CAPTURE = """
  const {Capture} = await import('/recorder/capture.js');
  const kept = [], troubles = []; let keeps = true;
  const vault = {ask: async (act, {data, event}) => {
    if (!keeps) throw Object.assign(new Error('full'), {name: 'QuotaExceededError'});
    kept.push(data ? data.byteLength : event.what); return {}; }};
  const capture = new Capture(vault, {id: 'one', type: ''});
  capture.addEventListener('trouble', ({detail}) => troubles.push(detail));
  const blob = size => new Blob([new Uint8Array(size)]);
"""


@pytest.mark.proves("REC-04")
def test_reading_goes_on_where_it_was_while_the_row_is_looked_at(run):
    script = """const again = await opened(), {data} = await again.next(1700); await again.open();
      const rest = await again.next(1e6); return [data.length, rest.data.length, rest.done];"""
    assert run(MEMORY + script) == [1700, 3310, True]


def test_row_of_which_the_disk_took_half_a_record_is_whole(run):
    script = """const write = memory.write; memory.write = (data, how) => {
        write.call(memory, data.subarray(0, 30), how); throw new DOMException('', 'QuotaExceededError'); };
      const failed = await row.append(SOUND, 9, new Uint8Array(500)).catch(error => error.name);
      memory.write = write; await row.append(SOUND, 10, new Uint8Array(7));
      const {bytes, torn, damaged} = (await opened()).summary(); return [failed, bytes, torn, damaged];"""
    assert run(MEMORY + script) == ["QuotaExceededError", 5017, 0, False]


@pytest.mark.proves("REC-04")
def test_slices_are_kept_empty_ones_dropped_and_huge_ones_divided(run):
    script = "for (const size of [0, 5, 0, 9e6]) capture.slice(blob(size)); await capture.keep(); return kept;"
    assert run(CAPTURE + script) == [5, 4194304, 4194304, 611392]


@pytest.mark.proves("REC-04")
def test_what_the_disk_refuses_waits_for_the_next_slice(run):
    script = """keeps = false; capture.slice(blob(5)); await capture.note('stop', 'tests'); await capture.kept;
      const told = [...troubles]; keeps = true; capture.slice(blob(6)); await capture.keep();
      return [new Set(told).size, told[0], kept];"""
    assert run(CAPTURE + script) == [1, "full", [5, "stop", 6]]


@pytest.mark.proves("REC-04")
@pytest.mark.parametrize(("back", "lost"), [("capture.muted(false);", 0), ("", 1)])
def test_microphone_muted_for_longer_than_a_moment_ends_the_part(run, back, lost):
    script = f"""globalThis.setTimeout = (act) => (globalThis.due = act, 1);
      globalThis.clearTimeout = () => (globalThis.due = null);
      let lost = 0; capture.addEventListener('lost', () => (lost += 1));
      capture.state = 'going'; capture.recorder = {{state: 'inactive'}}; capture.microphone = {{close() {{}}}};
      capture.muted(true); {back} if (globalThis.due) await globalThis.due();
      return [lost, troubles[0], kept];"""
    assert run(CAPTURE + script) == [lost, "mute", ["stop"] * lost]


LOG = """const {stretches, spoken, lengthOf} = await import('/recorder/log.js');
  const brief = found => found.map(({from, to, reason}) => [from, to, reason]);
"""


@pytest.mark.proves("REC-04")
def test_log_measures_what_a_changed_clock_would_falsify(run):
    script = """const page = 1, events = [{what: 'go', at: 10000, tick: 0, page},
        {what: 'stop', at: 7000, tick: 5000, page, why: 'tests'}, {what: 'go', at: 8000, tick: 6000, page}];
      return brief(stretches(events, 9000, {tick: 8000, page}));"""
    assert run(LOG + script) == [[10000, 15000, "tests"], [15000, 17000, "cut"]]


def test_log_of_another_page_goes_by_the_clock(run):
    script = """const events = [{what: 'go', at: 1000, tick: 50, page: 1},
        {what: 'stop', at: 3000, tick: 9, page: 2, why: ''}];
      return brief(stretches(events, 3000));"""
    assert run(LOG + script) == [[1000, 3000, ""]]


def test_log_names_nothing_that_is_to_come(run):
    script = """const parts = [{from: 5000, to: 8000, reason: ''}, {from: 9000, to: 12000, reason: ''}];
      const [one, two] = spoken(parts, 10000);
      return [Date.parse(one.from), Date.parse(two.to)];"""
    assert run(LOG + script) == [3000, 10000]


def test_watch_says_when_the_longest_interview_is_near(run):
    script = """const {Watch} = await import('/recorder/watch.js'); delete globalThis.AudioContext;
      const watch = new Watch(new EventTarget()), told = [];
      watch.addEventListener('alarm', ({detail}) => told.push(detail));
      watch.lasts(1900000); watch.lasts(1700000); watch.lasts(1600000); return told;"""
    assert run(script) == [["long"]]


@pytest.mark.proves("REC-04")
@pytest.mark.parametrize(
    ("entry", "owner", "whose"),
    [
        ("{space: '/vs/', owner: 'a'}", "a", "mine"),
        ("{space: '/vs/', owner: 'a'}", "b", "other"),
        ("{space: '/vs/', owner: 'a'}", "", "unknown"),
        ("{space: '/be/', owner: 'a'}", "a", "elsewhere"),
    ],
)
def test_recording_on_a_shared_device_is_its_experts(run, entry, owner, whose):
    script = f"""const {{claim}} = await import('/recorder/shelf.js');
      return claim({entry}, {{owner: '{owner}', scope: '/vs/'}});"""
    assert run(script) == whose


SHELF = """const {Shelf} = await import('/recorder/shelf.js'), {places} = await import('/recorder/page.js');
  const online = said => (globalThis.fetch = async () => new Response(JSON.stringify(said)));
  const offline = () => (globalThis.fetch = async () => { throw new TypeError(); });
  const seen = async () => {
    const {line, owner, mandates} = await new Shelf().load(); return [line, owner, mandates]; };
"""


@pytest.mark.proves("REC-04")
def test_shelf_knows_the_day_without_a_line_until_the_logout(run):
    script = """online({owner: 'a', token: 't', mandates: [{id: 1}]}); const first = await seen();
      offline(); const second = await seen();
      await new Promise(done => indexedDB.deleteDatabase('guichet-login').addEventListener('success', done));
      return [first, second, await seen()];"""
    mandates = [{"id": 1}]
    assert run(SHELF + script) == [["online", "a", mandates], ["offline", "a", mandates], ["offline", "", []]]


def test_shelf_of_one_office_is_none_of_another(run):
    script = """online({owner: 'a', token: 't', mandates: [{id: 1}]}); await seen();
      places.scope = '/be/enregistreur/'; offline(); return seen();"""
    assert run(SHELF + script) == ["offline", "", []]


def test_vault_that_cannot_keep_leaves_no_trace(run):
    script = """const {Vault} = await import('/recorder/vault.js'), vault = new Vault('/recorder/vault-worker.js');
      const ask = vault.ask.bind(vault);
      vault.ask = (act, what) => act === 'open' ? Promise.reject(new Error('full')) : ask(act, what);
      const failed = await vault.begin({}).catch(error => error.message);
      return [failed, await vault.recordings()];"""
    assert run(script) == ["full", []]


# The screen of the sending, and a server that lets it wait until `go` is called.
OUTBOX = """
  const names = 'name length bar sent-said stopped stopped-said to-login to-refused keep done to-deposit again';
  const screen = document.createElement('div'); screen.dataset.screen = 'sending';
  for (const name of names.split(' ')) {
    const part = document.createElement('a'); part.setAttribute(`data-${name}`, ''); screen.append(part); }
  document.body.append(screen);
  const {Outbox} = await import('/recorder/outbox.js'), {Vault} = await import('/recorder/vault.js');
  const vault = new Vault('/recorder/vault-worker.js'), asked = [];
  const entry = await vault.begin({type: 'audio/webm', mandate: 'm', owner: 'a'}, {name: 'Nom'});
  await vault.ask('event', {id: entry.id, time: 2000, event: {what: 'go', at: 1000}});
  await vault.ask('sound', {id: entry.id, time: 2000, data: new Uint8Array(50).buffer});
  let go; const free = new Promise(done => (go = done));
  globalThis.fetch = async url => {
    asked.push(url); await free; return new Response('{"why": "waived"}', {status: 409}); };
  const shelf = {line: 'online', owner: 'a', token: 't', load: async () => shelf};
  const outbox = new Outbox(screen, vault, shelf), part = name => screen.querySelector(`[data-${name}]`);
"""


@pytest.mark.proves("REC-04")
def test_recording_is_sent_once_at_a_time(run):
    script = """const first = outbox.send(entry, {name: 'Nom'}); await new Promise(done => setTimeout(done, 50));
      await outbox.send(entry, {name: 'Nom'}); go(); await first;
      return [asked.length, outbox.stoppedBy, part('stopped').hidden, (await vault.recordings()).length];"""
    assert run(OUTBOX + script) == [1, "waived", False, 1]


@pytest.mark.proves("REC-04")
def test_recording_of_one_person_is_not_sent_by_another(run):
    script = """shelf.owner = 'b'; await outbox.send(entry, {name: 'Nom'});
      return [asked.length, outbox.stoppedBy, part('to-login').hidden, (await vault.recordings()).length];"""
    assert run(OUTBOX + script) == [0, "other", False, 1]
