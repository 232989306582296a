/** Reads the answer easily? The mean length of its sentences in words, and whether that is at most 20. */

import { answer, document, log, quoted, room, text } from "./jurybox";

const MOST_WORDS: f64 = 20;

export function alloc(length: i32): usize {
  return room(length);
}

export function evaluate(pointer: usize, length: i32): u64 {
  const output = text(document(pointer, length), "output_text");
  if (output === null) return answer("null");
  let words = 0;
  let sentences = 0;
  let inWord = false;
  let inSentence = false;
  for (let i = 0; i < output.length; i++) {
    const code = output.charCodeAt(i);
    if (code == 0x2e || code == 0x21 || code == 0x3f) inSentence = false; // . ! ?
    const isSpace = code == 0x20 || (code >= 0x09 && code <= 0x0d);
    if (!isSpace && !inWord && isLetter(code)) {
      words++;
      if (!inSentence) sentences++;
      inSentence = true;
    }
    inWord = !isSpace && (inWord || isLetter(code));
  }
  if (sentences == 0) return answer("null");
  log(`${words.toString()} words in ${sentences.toString()} sentences`);
  const mean = <f64>words / <f64>sentences;
  const reason = `a sentence has ${mean.toString()} words`;
  const passed = mean <= MOST_WORDS;
  return answer(`{"value":${mean.toString()},"pass":${passed.toString()},"reason":${quoted(reason)}}`);
}

/** Letters and digits of ASCII, and everything beyond it. */
function isLetter(code: i32): bool {
  const lower = code | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || (code >= 0x30 && code <= 0x39) || code >= 0x80;
}
