// What would need Intl, for English: numbers and dates as elsewhere, texts in the order of most languages. What is asked for
// beyond that is ignored, and a line of the log says so, once.

const DIGITS = 100;
const ORDER = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789";
const LETTERS = { "\u00df": "ss", "\u00e6": "ae", "\u0153": "oe", "\u00f8": "o", "\u0142": "l", "\u0111": "d" };

export function installLocale({ write }) {
  const told = new Set();

  // Names what can't be honoured; `able` holds the options that are.
  const check = (method, locales, options, language, able) => {
    const locale = Array.isArray(locales) ? locales[0] : locales;
    const ignored = Object.keys(options).filter((name) => options[name] !== undefined && !able(name, options[name]));
    if (locale !== undefined && !language.test(`${locale}`)) ignored.unshift(`the locale ${locale}`);
    if (ignored.length === 0 || told.has(method)) return;
    told.add(method);
    write(`jurybox: ${method} ignores ${ignored.join(", ")}, because there is no Intl`);
  };

  const English = /^en(-US)?$/i;
  const Common = /^(de|en|fr|it|nl|pt|und)(-|$)/i;

  const numberOption = (name, value) => {
    if (name === "style") return value === "decimal" || value === "percent" || value === "currency";
    if (name === "currency") return value === "USD";
    return name === "minimumFractionDigits" || name === "maximumFractionDigits" || name === "useGrouping";
  };

  const fractionDigits = (options, name) => {
    const value = options[name];
    if (value === undefined) return undefined;
    const digits = Math.floor(Number(value));
    if (!(digits >= 0 && digits <= DIGITS)) throw new RangeError(`${name} value is out of range.`);
    return digits;
  };

  const numberText = (value, locales, options = {}) => {
    check("toLocaleString", locales, options, English, numberOption);
    const { style } = options;
    const isMoney = style === "currency" && options.currency === "USD";
    const given = fractionDigits(options, "minimumFractionDigits");
    const most = fractionDigits(options, "maximumFractionDigits");
    let least = given ?? (isMoney ? 2 : 0);
    if (given === undefined && most !== undefined) least = Math.min(least, most);
    const limit = most ?? Math.max(least, isMoney ? 2 : style === "percent" ? 0 : 3);
    if (least > limit) throw new RangeError("maximumFractionDigits value is out of range.");
    const sign = value < 0 || Object.is(value, -0) ? "-" : "";
    const around = (text) => `${sign}${isMoney ? "$" : ""}${text}${style === "percent" ? "%" : ""}`;
    const [, whole, part = "", exponent = "0"] = /^-?(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(Object.is(value, -0) ? "0" : `${value}`) ?? [];
    if (whole === undefined) return Number.isNaN(value) ? "NaN" : around("\u221e");
    // The shortest decimal that is this number, half away from zero.
    let places = part.length - Number(exponent) - (style === "percent" ? 2 : 0);
    let digits = BigInt(whole + part);
    if (places > limit) {
      const unit = 10n ** BigInt(places - limit);
      digits = digits / unit + (2n * (digits % unit) >= unit ? 1n : 0n);
      places = limit;
    } else {
      digits *= 10n ** BigInt(limit - places);
      places = limit;
    }
    const text = `${digits}`.padStart(places + 1, "0");
    const integer = text.slice(0, text.length - places);
    let fraction = text.slice(text.length - places);
    while (fraction.length > least && fraction.endsWith("0")) fraction = fraction.slice(0, -1);
    const grouped = options.useGrouping === false ? integer : integer.replace(/\B(?=(\d{3})+$)/g, ",");
    return around(fraction === "" ? grouped : `${grouped}.${fraction}`);
  };

  const dateOption = (name, value) => name === "timeZone" && /^(UTC|GMT|Etc\/UTC)$/i.test(`${value}`);
  const day = (date) => `${date.getMonth() + 1}/${date.getDate()}/${date.getFullYear()}`;
  const two = (number) => `${number}`.padStart(2, "0");
  const time = (date) =>
    `${date.getHours() % 12 || 12}:${two(date.getMinutes())}:${two(date.getSeconds())} ${date.getHours() < 12 ? "AM" : "PM"}`;
  const dateText = (method, date, locales, options, text) => {
    const isInvalid = Number.isNaN(Date.prototype.getTime.call(date));
    check(method, locales, options ?? {}, English, dateOption);
    return isInvalid ? "Invalid Date" : text(date);
  };

  const ranks = new Uint16Array(128);
  for (let index = 0; index < 128; index += 1) {
    const place = ORDER.indexOf(String.fromCharCode(index).toLowerCase());
    ranks[index] = place === -1 ? index + 64 : place;
  }
  for (let index = 65; index <= 90; index += 1) ranks[index] = index + 32 + 64;

  const compareNumbers = (one, other) => one.length - other.length || (one < other ? -1 : one > other ? 1 : 0);

  // Letters without case and accents.
  const base = (text) =>
    text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[\u00df\u00e6\u0153\u00f8\u0142\u0111]/g, (letter) => LETTERS[letter]);

  // Punctuation, symbols, digits, letters, as in ASCII.
  const rank = (character) => {
    const code = character.codePointAt(0);
    if (code < 128) return ranks[code];
    return /[\p{L}\p{N}]/u.test(character) ? 0x1000 + code : /\s/.test(character) ? 5 : /\p{P}/u.test(character) ? 20 : 38;
  };

  const compareBases = (one, other, numeric) => {
    const parts = numeric ? /\d+|[^]/gu : /[^]/gu;
    const left = one.match(parts) ?? [];
    const right = other.match(parts) ?? [];
    for (let index = 0; index < left.length && index < right.length; index += 1) {
      const [a, b] = [left[index], right[index]];
      if (a === b) continue;
      const both = numeric && /^\d/.test(a) && /^\d/.test(b);
      const difference = both ? compareNumbers(a.replace(/^0+/, ""), b.replace(/^0+/, "")) : rank(a) - rank(b) || (a < b ? -1 : 1);
      if (difference !== 0) return difference;
    }
    return left.length - right.length;
  };

  // The first letter that differs decides: what is plain comes first.
  const compareMarks = (one, other) => {
    const left = one.normalize("NFD").toLowerCase();
    const right = other.normalize("NFD").toLowerCase();
    return left === right ? 0 : left < right ? -1 : 1;
  };

  const compareCase = (one, other) => {
    for (let index = 0; index < one.length && index < other.length; index += 1) {
      if (one[index] !== other[index]) return one[index] === one[index].toLowerCase() ? -1 : 1;
    }
    return 0;
  };

  const compareTexts = (one, other, sensitivity, numeric) => {
    const difference = compareBases(base(one), base(other), numeric);
    if (difference !== 0 || sensitivity === "base") return difference;
    const marks = sensitivity === "case" ? 0 : compareMarks(one, other);
    return marks !== 0 || sensitivity === "accent" ? marks : compareCase(one.normalize("NFD"), other.normalize("NFD"));
  };

  // The same for ASCII, where speed matters to sorts; undefined if there is something else.
  const compareAscii = (one, other) => {
    if (one === other) return 0;
    let cases = 0;
    let difference = 0;
    const length = Math.max(one.length, other.length);
    for (let index = 0; index < length; index += 1) {
      const a = index < one.length ? one.charCodeAt(index) : -1;
      const b = index < other.length ? other.charCodeAt(index) : -1;
      if (a > 127 || b > 127) return undefined;
      if (a === b || difference !== 0) continue;
      difference = (a < 0 ? -1 : ranks[a]) - (b < 0 ? -1 : ranks[b]);
      if (difference === 0 && cases === 0) cases = b - a;
    }
    return difference || cases;
  };

  const textOption = (name, value) => {
    if (name === "sensitivity" || name === "numeric") return true;
    return name === "usage" ? value === "sort" : (name === "ignorePunctuation" && value === false);
  };

  const methods = (prototype, added) => {
    for (const name of Object.keys(added)) {
      Object.defineProperty(prototype, name, { value: added[name], writable: true, enumerable: false, configurable: true });
    }
  };
  const { valueOf } = Number.prototype;
  const bigValueOf = BigInt.prototype.valueOf;
  methods(Number.prototype, {
    toLocaleString(locales = undefined, options = undefined) {
      return numberText(valueOf.call(this), locales, options);
    },
  });
  methods(BigInt.prototype, {
    toLocaleString(locales = undefined, options = undefined) {
      return numberText(bigValueOf.call(this), locales, options);
    },
  });
  methods(Date.prototype, {
    toLocaleString(locales = undefined, options = undefined) {
      return dateText("toLocaleString", this, locales, options, (date) => `${day(date)}, ${time(date)}`);
    },
    toLocaleDateString(locales = undefined, options = undefined) {
      return dateText("toLocaleDateString", this, locales, options, day);
    },
    toLocaleTimeString(locales = undefined, options = undefined) {
      return dateText("toLocaleTimeString", this, locales, options, time);
    },
  });
  methods(String.prototype, {
    localeCompare(that, locales = undefined, options = undefined) {
      if (this === undefined || this === null) throw new TypeError("cannot convert to object");
      const one = `${this}`;
      const other = `${that}`;
      if (locales !== undefined || options !== undefined) check("localeCompare", locales, options ?? {}, Common, textOption);
      const { sensitivity = "variant", numeric = false } = options ?? {};
      const difference = (sensitivity === "variant" && !numeric ? compareAscii(one, other) : undefined)
        ?? compareTexts(one, other, sensitivity, numeric);
      return difference < 0 ? -1 : difference > 0 ? 1 : 0;
    },
  });
}
