// Random numbers. All of them come from the host, which seeds them for every run.

export function installCrypto({ random, className }, define) {
  const integers = /^(Ui|I)nt(8|16|32)(Clamped)?Array$|^Big(Ui|I)nt64Array$/i;
  const byte = () => Math.floor(random() * 256);
  Math.random = { random: () => random() }.random;
  define({
    crypto: {
      getRandomValues(array) {
        if (!integers.test(className(array) ?? "")) throw new TypeError("the argument isn't an array of integers");
        const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
        for (let index = 0; index < bytes.length; index += 1) bytes[index] = byte();
        return array;
      },
      randomUUID() {
        const bytes = Array.from({ length: 16 }, byte);
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        const digits = bytes.map((value) => value.toString(16).padStart(2, "0")).join("");
        return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
      },
    },
  });
}
