// The part of the guest that has to live in the author's realm: it makes objects that the author's code holds, and those must have
// the prototypes the author knows. It runs before any snippet does.
//
// What prepares a call (`arguments.js`) must work whatever a snippet did to the built-in objects. The library may break
// when its user breaks what it stands on, as it would anywhere.

import { installClone } from "./clone.js";
import { installConsole } from "./console.js";
import { installCrypto } from "./crypto.js";
import { installLocale } from "./locale.js";
import { installParams } from "./params.js";
import { installText } from "./text.js";
import { installTime } from "./time.js";

export { argumentsFor } from "./arguments.js";

/** Defines the globals that aren't part of the language. `exposed` holds functions of `boot/exposed.js`. */
export function install(exposed) {
  const define = (values) => {
    for (const name of Object.keys(values)) {
      Object.defineProperty(globalThis, name, {
        value: values[name],
        writable: true,
        enumerable: false,
        configurable: true,
      });
    }
  };
  installConsole(exposed, define);
  installTime(exposed, define);
  installCrypto(exposed, define);
  installText(exposed, define);
  installClone(exposed, define);
  installLocale(exposed);
  installParams(define);
  define({
    require(name) {
      throw new Error(`can't require "${name}": modules can't be imported in the sandbox`);
    },
  });
}
