/** The ABI between jurybox and a metric; the page is guest-sdk/ABI.md. Texts are UTF-8, AssemblyScript's are UTF-16. */

@external("jurybox", "log")
declare function hostLog(pointer: usize, length: usize): void;
@external("jurybox", "fail")
declare function hostFail(pointer: usize, length: usize): void;

/** Writes a line to the log of the verdict. */
export function log(line: string): void {
  const text = String.UTF8.encode(line);
  hostLog(changetype<usize>(text), text.byteLength);
}

/** Room for an event, as long as the run. */
export function room(length: i32): usize {
  return heap.alloc(length);
}

/** The event document that the host wrote. */
export function document(pointer: usize, length: i32): string {
  return String.UTF8.decodeUnsafe(pointer, length);
}

/** An answer, which is JSON. */
export function answer(json: string): u64 {
  const text = String.UTF8.encode(json);
  return ((changetype<usize>(text) as u64) << 32) | (text.byteLength as u64);
}

/** What AssemblyScript calls when a program throws or fails; `--use abort=...` names it. It does not return. */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  const error = message ? message : "the metric aborted";
  const text = String.UTF8.encode(
    `{"type":"abort","message":${quoted(error)},"line":${line.toString()},"column":${column.toString()}}`,
  );
  hostFail(changetype<usize>(text), text.byteLength);
  unreachable();
}

/** A text as JSON. */
export function quoted(text: string): string {
  let out = '"';
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code == 0x22 || code == 0x5c) out += "\\" + text.charAt(i);
    else if (code < 0x20) out += "\\u00" + (code >> 4).toString(16) + (code & 15).toString(16);
    else out += text.charAt(i);
  }
  return out + '"';
}

/** The text under a key of the document itself; null if it is not there or no text. */
export function text(document: string, key: string): string | null {
  let depth = 0;
  for (let i = 0; i < document.length; i++) {
    const code = document.charCodeAt(i);
    if (code == 0x7b || code == 0x5b) depth++; // { [
    else if (code == 0x7d || code == 0x5d) depth--; // } ]
    else if (code == 0x22) {
      const end = endOfString(document, i + 1);
      const found = depth == 1 && document.charCodeAt(end + 1) == 0x3a && document.substring(i + 1, end) == key;
      if (found) {
        const start = end + 2;
        if (document.charCodeAt(start) != 0x22) return null;
        return unescaped(document.substring(start + 1, endOfString(document, start + 1)));
      }
      i = end;
    }
  }
  return null;
}

/** Where the quote is that ends a string of JSON. */
function endOfString(json: string, at: i32): i32 {
  while (at < json.length && json.charCodeAt(at) != 0x22) at += json.charCodeAt(at) == 0x5c ? 2 : 1;
  return at;
}

function unescaped(json: string): string {
  if (!json.includes("\\")) return json;
  const parts = new Array<string>();
  let start = 0;
  for (let i = 0; i < json.length; i++) {
    if (json.charCodeAt(i) != 0x5c) continue;
    parts.push(json.substring(start, i));
    const escape = json.charAt(++i);
    if (escape == "u") {
      parts.push(String.fromCharCode(u16.parse(json.substr(i + 1, 4), 16)));
      i += 4;
    } else if (escape == "n") parts.push("\n");
    else if (escape == "r") parts.push("\r");
    else if (escape == "t") parts.push("\t");
    else if (escape == "b") parts.push("\b");
    else if (escape == "f") parts.push("\f");
    else parts.push(escape);
    start = i + 1;
  }
  parts.push(json.substring(start));
  return parts.join("");
}
