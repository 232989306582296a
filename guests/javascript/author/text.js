// TextEncoder and TextDecoder, for UTF-8.

export function installText({ encode, decode }, define) {
  class TextEncoder {
    get encoding() {
      return "utf-8";
    }

    encode(text = "") {
      return encode(`${text}`.toWellFormed());
    }

    encodeInto(text, target) {
      let read = 0;
      let written = 0;
      for (const character of `${text}`.toWellFormed()) {
        const bytes = encode(character);
        if (written + bytes.length > target.length) break;
        target.set(bytes, written);
        written += bytes.length;
        read += character.length;
      }
      return { read, written };
    }
  }

  class TextDecoder {
    #fatal;
    #keepsMark;

    constructor(label = "utf-8", { fatal = false, ignoreBOM = false } = {}) {
      if (!/^(unicode-1-1-)?utf-?8$/i.test(`${label}`.trim())) throw new RangeError(`the encoding ${label} isn't supported`);
      this.#fatal = Boolean(fatal);
      this.#keepsMark = Boolean(ignoreBOM);
    }

    get encoding() {
      return "utf-8";
    }

    get fatal() {
      return this.#fatal;
    }

    get ignoreBOM() {
      return this.#keepsMark;
    }

    decode(input = new Uint8Array()) {
      const bytes = ArrayBuffer.isView(input)
        ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
        : new Uint8Array(input);
      const text = decode(bytes);
      if (this.#fatal && text.includes("\ufffd")) {
        const again = encode(text);
        if (again.length !== bytes.length || again.some((byte, index) => byte !== bytes[index])) {
          throw new TypeError("the bytes aren't UTF-8");
        }
      }
      return !this.#keepsMark && text.startsWith("\ufeff") ? text.slice(1) : text;
    }
  }

  define({ TextEncoder, TextDecoder });
}
