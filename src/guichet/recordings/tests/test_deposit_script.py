"""What a deposit says while it goes: speed, remaining time, advice for a slow line, what to choose (REC-03, SUP-04)."""

import pytest

from guichet.recordings.tests.test_recorder_modules import address, chromium, run

__all__ = ["address", "chromium", "run"]

# The page's part of a deposit, its words named by themselves, and an upload that is moved by hand.
PAGE = """
  const names = ["error", "running", "bar", "line", "advice", "digest", "pause", "go", "restart", "other"];
  const box = document.body.appendChild(document.createElement("div"));
  box.innerHTML = `<div data-drop><input type="file"></div>` +
    names.map(name => `<p data-${name} hidden><span></span></p>`).join("");
  const words = ["slow", "offline", "retry", "ending", "empty", "large", "failed", "full", "start", "seconds {n}",
    "unit", "minutes {n}", "hours {h} {n}", "progress {percent} {speed} {left}"];
  for (const word of words) box.dataset[`w${word[0].toUpperCase()}${word.split(" ")[0].slice(1)}`] = word;
  const limits = {endings: ".aac,.m4a,.mp3,.dss", mostBytes: "2000000000", partSize: "8388608"};
  Object.assign(box.dataset, {deposit: ""}, limits);
  let told, at = 1000;
  performance.now = () => at;
  globalThis.Worker = class extends EventTarget { postMessage() {} };
  window.tus = {Upload: class { constructor(file, options) { told = options; } start() {} async abort() {} }};
  await import("/deposit.js");
  const choose = (name, size) => {
    const file = new File(["x"], name); Object.defineProperty(file, "size", {value: size});
    Object.defineProperty(box.querySelector("input"), "files", {value: [file], configurable: true});
    box.querySelector("input").dispatchEvent(new Event("change")); };
  const part = name => box.querySelector(`[data-${name}]`), line = () => part("line").textContent;
  const says = name => part(name).hidden ? "" : part(name).textContent;
  const sent = (seconds, bytes) => {
    at = 1000 + 1000 * seconds; told.onProgress(bytes, 300e6); return says("advice"); };
"""


@pytest.mark.proves("REC-03", "SUP-04", "USE-06")
def test_slow_line_is_noticed_and_advised_about_and_the_advice_goes(run):
    script = (
        PAGE
        + """choose("entretien.mp3", 300e6);
      const slow = [[0, 0], [4, 400e3], [9, 900e3], [10, 1e6]].map(([seconds, bytes]) => sent(seconds, bytes));
      const before = line();
      return [slow, before, sent(20, 101e6), line()];"""
    )
    assert run(script) == [
        ["", "", "slow", "slow"], "progress 0 0.10 unit minutes 50", "", "progress 33 10.0 unit seconds 20",
    ]  # fmt: skip


@pytest.mark.proves("REC-03")
def test_cut_line_and_silent_server_are_told_apart_and_tried_again(run):
    script = (
        PAGE
        + """choose("entretien.mp3", 300e6);
      const head = {getBody: () => "", getHeader: () => "text/html"};
      const answered = status => ({originalResponse: status ? {getStatus: () => status, ...head} : null});
      const tried = [0, 409, 423, 429, 500, 503, 400, 403, 410, 415].filter(one => told.onShouldRetry(answered(one)));
      const retry = says("advice");
      dispatchEvent(new Event("offline"));
      return [tried, retry, says("advice")];"""
    )
    assert run(script) == [[0, 409, 423, 429, 500, 503], "retry", "offline"]


@pytest.mark.proves("REL-04")
def test_full_server_is_told_and_asked_again_for_as_long_as_it_takes(run):
    script = (
        PAGE
        + """let later = [], started = 0;
      globalThis.setTimeout = (act, time) => later.push([act, time]);
      window.tus.Upload.prototype.start = () => (started += 1);
      choose("entretien.mp3", 300e6);
      const full = {originalResponse: {getStatus: () => 507, getBody: () => ""}};
      const said = [];
      for (let n = 0; n < 20; n++) {
        said.push(told.onShouldRetry(full)); told.onError(full); said.push(line(), says("error"));
        const [act, time] = later.pop(); act(); await null; said.push(time);
      }
      return [[...new Set(said)], started, box.querySelector("input").disabled];"""
    )
    assert run(script) == [[False, "full", "", 30_000], 21, True]


def test_deposit_that_finds_no_place_says_why_and_keeps_the_file_for_another_attempt(run):
    script = (
        PAGE
        + """choose("entretien.mp3", 300e6);
      const first = told;
      const full = {getStatus: () => 429, getBody: () => "trop de dépôts", getHeader: () => "text/plain; charset=x"};
      const tried = told.onShouldRetry({originalResponse: full});
      told.onError({originalResponse: full});
      const offered = !part("restart").hidden;
      part("other").dispatchEvent(new Event("click"));
      return [tried, offered, told !== first && told.metadata.filename, part("restart").hidden];"""
    )
    assert run(script) == [False, True, "entretien.mp3", True]


@pytest.mark.proves("REC-02")
@pytest.mark.parametrize(
    ("name", "size", "said"),
    [("a.wav", 9, "ending"), ("a.mp3", 0, "empty"), ("a.mp3", 2_000_000_001, "large"), ("A.DSS", 9, "")],
)
def test_file_that_is_not_taken_is_told_before_its_first_byte(run, name, size, said):
    script = PAGE + f"choose({name!r}, {size}); return [says('error'), Boolean(told)];"
    assert run(script) == [said, not said]
