/**
 * Swiss formats in the browser: the twin of `guichet/kernel` (dates, money, identifiers, bank, decisions).
 *
 * Both are run against `kernel/vectors/formats.json`. `parse(kind, text, today)` returns the canonical text (ISO for dates
 * and times, plain digits for numbers) or throws `Invalid` with the kernel's code; `format(kind, canonical)` returns what
 * people see. No value ever becomes a floating-point number. No dependencies, no globals, no reading of the clock
 * unless the caller leaves `today` out.
 */

export class Invalid extends Error {
  /** @param {string} code the kernel's code, for example "avs.check_digit" */
  constructor(code, params = {}) {
    super(code);
    this.code = code;
    this.params = params;
  }
}

const SPACES = "\\t\\n\\r \\u00a0\\u1680\\u2000-\\u200d\\u2028\\u2029\\u202f\\u205f\\u2060\\u3000\\ufeff";
const DASHES = "\\-\\u2010-\\u2015\\u2212";
const APOSTROPHES = "'\\u2018\\u2019\\u02bc\\u00b4`";
const ALL_SPACES = new RegExp(`[${SPACES}]+`, "g");
const ALL_DASHES = new RegExp(`[${DASHES}]`, "g");
const ALL_APOSTROPHES = new RegExp(`[${APOSTROPHES}]`, "g");
const SEPARATORS = new RegExp(`[${SPACES}${DASHES}${APOSTROPHES}./_,:;]+`, "g");
const LONGEST_INPUT = 100;

function simplified(text, kind) {
  if ([...text].length > LONGEST_INPUT) throw new Invalid(`${kind}.format`);
  const plain = text
    .replace(ALL_SPACES, " ")
    .replace(ALL_DASHES, "-")
    .replace(ALL_APOSTROPHES, "'")
    .replace(/^ | $/g, "");
  if (!plain) throw new Invalid(`${kind}.missing`);
  return plain;
}

function compact(text, kind) {
  const bare = simplified(text, kind)
    .replace(SEPARATORS, "")
    .replace(/[a-z]/g, (letter) => letter.toUpperCase());
  if (!bare) throw new Invalid(`${kind}.format`);
  return bare;
}

function digitsOnly(text, kind, isLength) {
  const number = compact(text, kind);
  if (!/^[0-9]+$/.test(number)) throw new Invalid(`${kind}.format`);
  if (!isLength(number.length)) throw new Invalid(`${kind}.length`, { length: number.length });
  return number;
}

function grouped(value, ...sizes) {
  const groups = [];
  for (let at = 0, turn = 0; at < value.length; turn += 1) {
    const size = sizes[Math.min(turn, sizes.length - 1)];
    groups.push(value.slice(at, at + size));
    at += size;
  }
  return groups.join(" ");
}

// --- check digits ----------------------------------------------------------------------------------

function eanDigit(body) {
  let sum = 0;
  for (let at = 0; at < body.length; at += 1) sum += Number(body[at]) * (at % 2 ? 3 : 1);
  return String((10 - (sum % 10)) % 10);
}

function uidDigit(body) {
  const weights = [5, 4, 3, 2, 7, 6, 5, 4];
  const sum = weights.reduce((total, weight, at) => total + weight * Number(body[at]), 0);
  return String((11 - (sum % 11)) % 11);
}

function qrrDigit(body) {
  const table = [0, 9, 4, 6, 8, 2, 7, 1, 3, 5];
  let carry = 0;
  for (const digit of body) carry = table[(Number(digit) + carry) % 10];
  return String((10 - carry) % 10);
}

function mod97(text) {
  let rest = 0;
  for (const sign of text) {
    for (const digit of String(parseInt(sign, 36))) rest = (rest * 10 + Number(digit)) % 97;
  }
  return rest;
}

const isMod97 = (number) => mod97(number.slice(4) + number.slice(0, 4)) === 1;

// --- people and organisations ----------------------------------------------------------------------

function parseAvs(text) {
  const number = digitsOnly(text, "avs", (length) => length === 13);
  if (!number.startsWith("756")) throw new Invalid("avs.prefix");
  if (eanDigit(number.slice(0, 12)) !== number[12]) throw new Invalid("avs.check_digit");
  return number;
}

const formatAvs = (number) => number.replace(/^(.{3})(.{4})(.{4})(.*)$/, "$1.$2.$3.$4");

function parseGln(text) {
  const number = digitsOnly(text, "gln", (length) => length === 13);
  if (eanDigit(number.slice(0, 12)) !== number[12]) throw new Invalid("gln.check_digit");
  return number;
}

function parseUid(text) {
  const bare = compact(text, "uid").replace(/(MWST|TVA|IVA|VAT|HR|RC)$/, "");
  const found = /^CHE([0-9]+)$/.exec(bare.startsWith("CHE") ? bare : `CHE${bare}`);
  if (!found) throw new Invalid("uid.format");
  const digits = found[1];
  if (digits.length !== 9) throw new Invalid("uid.length", { length: digits.length });
  if (digits[0] === "0" || uidDigit(digits) !== digits[8]) throw new Invalid("uid.check_digit");
  return `CHE${digits}`;
}

const formatUid = (number) => number.replace(/^(.{3})(.{3})(.{3})(.*)$/, "$1-$2.$3.$4");

function parsePattern(kind, pattern) {
  return (text) => {
    const number = compact(text, kind);
    if (!pattern.test(number)) throw new Invalid(`${kind}.format`);
    return number;
  };
}

const formatZsr = (number) => number.replace(/^(.)(.{4})(.*)$/, "$1 $2.$3");

// --- accounts and references -----------------------------------------------------------------------

/** Foreign accounts are checked for length and check digits; their structure only on the server. */
function parseIban(text) {
  const number = compact(text, "iban").replace(/^IBAN/, "");
  if (!/^[A-Z]{2}[0-9]{2}[0-9A-Z]+$/.test(number)) throw new Invalid("iban.format");
  const country = number.slice(0, 2);
  const isDomestic = country === "CH" || country === "LI";
  if ((isDomestic && number.length !== 21) || number.length < 15 || number.length > 34) {
    throw new Invalid("iban.length", { length: number.length, country });
  }
  if (isDomestic && !/^[0-9]{5}$/.test(number.slice(4, 9))) throw new Invalid("iban.format");
  if (!isMod97(number)) throw new Invalid("iban.check_digits");
  return number;
}

/** QR-IBAN: institution identifier 30000 to 31999 of a canonical Swiss or Liechtenstein account. */
export function isQrIban(number) {
  return /^(CH|LI)[0-9]{2}3[01]/.test(number);
}

function parseQrr(text) {
  const number = digitsOnly(text, "qrr", (length) => length >= 1 && length <= 27).padStart(27, "0");
  if (/^0+$/.test(number)) throw new Invalid("qrr.zero");
  if (qrrDigit(number.slice(0, 26)) !== number[26]) throw new Invalid("qrr.check_digit");
  return number;
}

function parseScor(text) {
  const number = compact(text, "scor");
  if (!/^RF[0-9]{2}[0-9A-Z]+$/.test(number)) throw new Invalid("scor.format");
  if (number.length > 25) throw new Invalid("scor.length", { length: number.length });
  if (!isMod97(number)) throw new Invalid("scor.check_digits");
  return number;
}

// --- decisions -------------------------------------------------------------------------------------

function parseDecision(text) {
  const number = digitsOnly(text, "decision", (length) => [6, 9, 10, 14].includes(length));
  if (number.length === 6 && !/^3[0-9]{2}280$/.test(number)) throw new Invalid("decision.length", { length: 6 });
  if (number.length === 14 && !/^3(0[1-9]|1[0-9]|2[0-7]|50)/.test(number)) {
    throw new Invalid("decision.office", { office: number.slice(0, 3) });
  }
  return number;
}

function formatDecision(number) {
  if (number.length === 14) return grouped(number, 3, 4, 7);
  return number.length === 6 ? grouped(number, 3) : number;
}

// --- money -----------------------------------------------------------------------------------------

const PLAIN = /^([0-9]+)(?:[.,]([0-9]*))?$|^[.,]([0-9]+)$/;
const GROUPED = /^([0-9]{1,3}(?:([' ])[0-9]{3})(?:\2[0-9]{3})*)(?:[.,]([0-9]*))?$/;
const DOTTED = /^([0-9]{1,3}(?:\.[0-9]{3})+),([0-9]*)$|^([0-9]{1,3}(?:,[0-9]{3})+)\.([0-9]*)$/;
const MANY_DOTS = /^[0-9]{1,3}(?:(?:\.[0-9]{3}){2,}|(?:,[0-9]{3}){2,})$/;
const LARGEST_FRANCS = "9999999";

function amountParts(plain) {
  if (/^[1-9][0-9]{0,2}[.,][0-9]{3}$/.test(plain)) throw new Invalid("amount.ambiguous", { text: plain });
  let found = PLAIN.exec(plain);
  if (found) return [found[1] || "", found[2] || found[3] || ""];
  found = GROUPED.exec(plain);
  if (found) return [found[1].replace(/[' ]/g, ""), found[3] || ""];
  found = DOTTED.exec(plain);
  if (found) return [(found[1] || found[3]).replace(/[.,]/g, ""), found[2] || found[4] || ""];
  if (MANY_DOTS.test(plain)) return [plain.replace(/[.,]/g, ""), ""];
  throw new Invalid("amount.format");
}

function parseAmount(text) {
  const currency = /^(?:CHF|SFR\.?|FR\.?)[ ]*|[ ]*(?:CHF|SFR\.?|FR\.?|FRANCS?)$/gi;
  const plain = simplified(text, "amount").replace(currency, "").replace(/^ | $/g, "");
  const bare = plain.replace(/^-/, "").replace(/^ +/, "");
  const [francs, rappen] = amountParts(bare.replace(/([0-9])(?:[.,]-{1,2}|-)$/, "$1"));
  if (rappen.length > 2) throw new Invalid("amount.decimals");
  if (plain.startsWith("-")) throw new Invalid("amount.negative");
  const whole = francs.replace(/^0+(?=[0-9])/, "") || "0";
  if (whole.length > LARGEST_FRANCS.length) throw new Invalid("amount.too_large", { largest: "9'999'999.99" });
  return `${whole}.${rappen.padEnd(2, "0")}`;
}

function formatAmount(value) {
  const [francs, rappen = ""] = value.split(".");
  return `${francs.replace(/\B(?=(?:[0-9]{3})+$)/g, "'")}.${rappen.padEnd(2, "0")}`;
}

// --- dates, times, periods -------------------------------------------------------------------------

const MONTHS = [
  "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
  "januar februar marz april mai juni juli august september oktober november dezember",
  "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
  "january february march april may june july august september october november december",
].map((names) => names.split(" "));
const ACCENTS = { é: "e", û: "u", ä: "a" };
const FIRST_YEAR = 1900;
const LAST_YEAR = 2100;
const YEARS_AHEAD = 10;

function monthNumber(name) {
  const bare = name.toLowerCase().replace(/[éûä]/g, (letter) => ACCENTS[letter]);
  for (const names of MONTHS) if (names.includes(bare)) return names.indexOf(bare) + 1;
  return 0;
}

function dateNumbers(plain) {
  let found =
    /^([0-9]{1,2}) ?([./-]) ?([0-9]{1,2}) ?\2 ?([0-9]{4}|[0-9]{2})$/.exec(plain) ||
    /^([0-9]{1,2})( )([0-9]{1,2}) ([0-9]{4}|[0-9]{2})$/.exec(plain);
  if (found) return [Number(found[1]), Number(found[3]), found[4]];
  found = /^([0-9]{4})([./-])([0-9]{1,2})\2([0-9]{1,2})$/.exec(plain);
  if (found) return [Number(found[4]), Number(found[3]), found[1]];
  found = /^([0-9]{2})([0-9]{2})([0-9]{4}|[0-9]{2})$/.exec(plain);
  if (found) return [Number(found[1]), Number(found[2]), found[3]];
  found = /^([0-9]{1,2})(?:er|°|º|\.)? ?([A-Za-zéûäÉÛÄ]{3,9})\.? ([0-9]{4})$/.exec(plain);
  if (found && monthNumber(found[2])) return [Number(found[1]), monthNumber(found[2]), found[3]];
  throw new Invalid("date.format");
}

const twoDigits = (number) => String(number).padStart(2, "0");

function localToday() {
  const now = new Date();
  return `${now.getFullYear()}-${twoDigits(now.getMonth() + 1)}-${twoDigits(now.getDate())}`;
}

/** `ahead`: how many years after today's a two-digit year may lie; 0 for dates of birth. */
export function parseDate(text, today = localToday(), ahead = YEARS_AHEAD) {
  const [day, month, written] = dateNumbers(simplified(text, "date"));
  let year = Number(written);
  if (written.length === 2) {
    const latest = Number(today.slice(0, 4)) + ahead;
    year = latest - ((latest - year) % 100);
  }
  if (year < FIRST_YEAR || year > LAST_YEAR) throw new Invalid("date.out_of_range", { first: FIRST_YEAR, last: LAST_YEAR });
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (month < 1 || month > 12 || day < 1 || day > last) {
    throw new Invalid("date.unknown_day", { day: `${twoDigits(day)}.${twoDigits(month)}.${year}` });
  }
  return `${year}-${twoDigits(month)}-${twoDigits(day)}`;
}

const formatDate = (value) => value.split("-").reverse().join(".");

function parseTime(text) {
  const plain = simplified(text, "time");
  const found =
    /^([0-9]{1,2})(?: ?[:.hH] ?([0-9]{2})?)?(?: ?(?:[hH]|Uhr|uhr))?$/.exec(plain) || /^([0-9]{1,2})([0-9]{2})$/.exec(plain);
  if (!found) throw new Invalid("time.format");
  const hour = Number(found[1]);
  const minute = Number(found[2] || 0);
  const time = `${twoDigits(hour)}:${twoDigits(minute)}`;
  if (hour > 23 || minute > 59) throw new Invalid("time.unknown", { time });
  return time;
}

function parsePeriod(text, today) {
  const plain = simplified(text.replace(/\u2013/g, " - "), "date");
  const found = /^(.+?)(?: - | au | bis | al | to )(.+)$/.exec(plain);
  const start = parseDate(found ? found[1] : plain, today);
  const end = found ? parseDate(found[2], today) : start;
  if (end < start) throw new Invalid("period.end_before_start", { start: formatDate(start), end: formatDate(end) });
  return `${start}/${end}`;
}

function formatPeriod(value) {
  const [start, end] = value.split("/");
  return start === end ? formatDate(start) : `${formatDate(start)} - ${formatDate(end)}`;
}

// --- telephone -------------------------------------------------------------------------------------

/** Swiss numbers completely; foreign ones only into +digits: the server knows the rest. */
function parsePhone(text) {
  const plain = simplified(text, "phone").replace(/\(0\)/g, "");
  const bare = plain.replace(/[ ./'()-]/g, "").replace(/^00/, "+");
  if (!/^\+?[0-9]+$/.test(bare)) throw new Invalid("phone.format");
  const number = bare.startsWith("+") ? bare : `+41${bare.replace(/^0/, "")}`;
  if (number.startsWith("+41") ? !/^\+41[1-9][0-9]{8}$/.test(number) : !/^\+[0-9]{8,15}$/.test(number)) {
    throw new Invalid("phone.format");
  }
  return number;
}

const formatPhone = (number) => number.replace(/^(\+41)(..)(...)(..)(..)$/, "$1 $2 $3 $4 $5");

// --- all of them -----------------------------------------------------------------------------------

const same = (value) => value;

const KINDS = {
  date: [parseDate, formatDate],
  time: [parseTime, same],
  period: [parsePeriod, formatPeriod],
  amount: [parseAmount, formatAmount],
  avs: [parseAvs, formatAvs],
  gln: [parseGln, same],
  uid: [parseUid, formatUid],
  zsr: [parsePattern("zsr", /^[A-Z][0-9]{6}$/), formatZsr],
  nif: [parsePattern("nif", /^[0-9]{1,7}$/), same],
  iban: [parseIban, (number) => grouped(number, 4)],
  qrr: [parseQrr, (number) => grouped(number, 2, 5)],
  scor: [parseScor, (number) => grouped(number, 4)],
  decision: [parseDecision, formatDecision],
  phone: [parsePhone, formatPhone],
};

/** Any usual spelling → canonical text. Throws `Invalid`; a kind nobody knows is a mistake of the caller. */
export function parse(kind, text, today = localToday()) {
  const pair = KINDS[kind];
  if (!pair) throw new TypeError(`unknown kind ${kind}`);
  return kind === "date" || kind === "period" ? pair[0](text, today) : pair[0](text);
}

/** Canonical text → what people see. */
export function format(kind, canonical) {
  const pair = KINDS[kind];
  if (!pair) throw new TypeError(`unknown kind ${kind}`);
  return pair[1](canonical);
}

/** The amount in whole rappen, exact up to 90 million francs: for live totals without floating-point francs. */
export function toRappen(canonical) {
  return Number(canonical.replace(".", ""));
}

/** Whole rappen → canonical amount. */
export function fromRappen(rappen) {
  const digits = String(Math.abs(rappen)).padStart(3, "0");
  return `${rappen < 0 ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
