// structuredClone.

export function installClone({ className }, define) {
  const refuse = (what) => {
    throw new DOMException(`${what} could not be cloned.`, "DataCloneError");
  };

  const copied = (value, copies) => {
    if (typeof value === "function" || typeof value === "symbol") refuse(String(value));
    if (typeof value !== "object" || value === null) return value;
    if (copies.has(value)) return copies.get(value);
    const keep = (copy) => {
      copies.set(value, copy);
      return copy;
    };
    const kind = className(value);
    switch (kind) {
      case "Number":
      case "String":
      case "Boolean":
      case "BigInt":
        return keep(Object(value.valueOf()));
      case "Date":
        return keep(new Date(value.getTime()));
      case "RegExp":
        return keep(new RegExp(value.source, value.flags));
      case "ArrayBuffer":
        return keep(value.slice(0));
      case "Map": {
        const map = keep(new Map());
        for (const [key, item] of [...value]) map.set(copied(key, copies), copied(item, copies));
        return map;
      }
      case "Set": {
        const set = keep(new Set());
        for (const item of [...value]) set.add(copied(item, copies));
        return set;
      }
      case "Error": {
        const standard = /^(Eval|Range|Reference|Syntax|Type|URI)Error$/.test(value.name) ? globalThis[value.name] : Error;
        const error = keep(new standard(value.message));
        if ("cause" in value) error.cause = copied(value.cause, copies);
        return error;
      }
      case "Array": {
        const list = keep(new Array(value.length));
        for (const key of Object.keys(value)) list[key] = copied(value[key], copies);
        return list;
      }
      case "Object":
      case "Arguments": {
        const object = keep({});
        for (const key of Object.keys(value)) object[key] = copied(value[key], copies);
        return object;
      }
    }
    if (ArrayBuffer.isView(value)) {
      const buffer = copied(value.buffer, copies);
      return keep(new globalThis[kind](buffer, value.byteOffset, kind === "DataView" ? value.byteLength : value.length));
    }
    return refuse(`a ${kind}`);
  };

  define({
    structuredClone(value) {
      return copied(value, new Map());
    },
  });
}
