"""What becomes of the copy on the device while it is sent: erased for the same SHA-256 and nothing else (REC-04)."""

import pytest

from guichet.recordings.tests.test_recorder_modules import address, chromium, run

__all__ = ["address", "chromium", "run"]

# A server in the page that speaks the protocol; `answers` changes what it says.
SERVER = """
  const {Vault} = await import('/recorder/vault.js'), {Sending} = await import('/recorder/sending.js');
  const vault = new Vault('/recorder/vault-worker.js');
  const entry = await vault.begin({type: 'audio/webm', mandate: 'm'});
  const at = Date.now();
  await vault.ask('event', {id: entry.id, time: at, event: {what: 'go', at: at - 5000}});
  for (let n = 0; n < 5; n++)
    await vault.ask('sound', {id: entry.id, time: at, data: new Uint8Array(700).fill(n).buffer});
  const got = [], log = [];
  let cut = 0, length = 0, sha256 = '', step = 'file', last = 'ready', begin = 200, lie = false;
  const places = {begin: '/begin', partSize: 1000, token: 't'};
  globalThis.fetch = async (url, {method = 'GET', headers = {}, body} = {}) => {
    log.push(`${method} ${url}`);
    const answer = (status, headers = {}, text = null) => new Response(text, {status, headers});
    if (url === '/begin') return answer(begin, {}, JSON.stringify(
      begin === 200 ? {page: '/page', state: '/state', endpoint: '/tus'} : {why: 'waived'}));
    if (url === '/state') {
      if (length && got.length === length) step = last;
      const place = length && step === 'file' ? '/up' : '';
      return answer(200, {}, JSON.stringify({step, url: place, sha256: lie ? 'x' : sha256}));
    }
    if (method === 'POST') { length = +headers['Upload-Length']; return answer(201, {Location: '/up'}); }
    if (method === 'HEAD') return answer(200, {'Upload-Offset': String(got.length)});
    if (+headers['Upload-Offset'] !== got.length) return answer(409, {'Upload-Offset': String(got.length)});
    if (cut-- > 0) { got.push(...body); throw new TypeError('the line is cut, the part had arrived'); }
    got.push(...body); sha256 = headers['Upload-Sha256'] ?? '';
    return answer(204, {'Upload-Offset': String(got.length)});
  };
  const run = () => new Sending({vault, entry, places}).run().catch(error => error.why ?? String(error));
  const kept = async () => (await vault.recordings()).length;
"""


@pytest.mark.proves("REC-04")
def test_sending_erases_once_the_server_has_the_same(run):
    said = run(SERVER + "return [await run(), got.length, await kept(), await vault.ask('names')];")
    assert said == ["/page", 3500, 0, []]


@pytest.mark.proves("REC-03")
def test_sending_goes_on_behind_what_the_server_has(run):
    said = run(SERVER + "cut = 1; return [await run(), got.length, log.filter(line => line === 'PATCH /up').length];")
    assert said == ["/page", 3500, 4]


@pytest.mark.proves("REC-04")
def test_sending_begun_on_another_day_sends_the_rest_only(run):
    script = """length = 3500; for (let n = 0; n < 2000; n++) got.push(Math.floor(n / 700));
      return [await run(), got.length, log.filter(line => line.startsWith('PATCH')).length, await kept()];"""
    assert run(SERVER + script) == ["/page", 3500, 2, 0]


@pytest.mark.proves("REC-04")
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("lie = true;", "differs"),
        ("last = 'refused';", "refused"),
        ("begin = 409;", "waived"),
        ("begin = 404;", "gone"),
    ],
)
def test_sending_keeps_the_copy_for_any_other_answer(run, change, why):
    assert run(SERVER + change + "return [await run(), await kept()];") == [why, 1]
