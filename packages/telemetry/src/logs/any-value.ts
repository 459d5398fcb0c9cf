import type { AnyValue, Attributes } from "@opentelemetry/api";
import { errorFields, isError } from "./exception.ts";

/** Deeper and wider than this a field is no longer one that somebody searches for. */
const maxDepth = 6;
const maxEntries = 256;

/** How many values one field may have in all: objects that know each other by many ways would be written out for ever. */
const maxValues = 10_000;

/** How many more the field that is being looked at may have. */
let valuesLeft = 0;

/**
 * Any value as one that OpenTelemetry can carry: plain objects, arrays, strings, numbers, booleans, bytes and null. What
 * has `toJSON` shows itself by that, as it does in a line of JSON; functions, symbols and what cannot be read are left
 * out. The SDK would drop an attribute whole for one value of another kind.
 */
export function toAnyValue(value: unknown): AnyValue {
  valuesLeft = maxValues;
  return plain(value, []);
}

/** Sets an attribute, unless there is nothing to set. */
export function setAttribute(attributes: Attributes, name: string, value: unknown): void {
  const shown = toAnyValue(value);
  if (shown !== undefined && name !== "") attributes[name] = shown;
}

function plain(value: unknown, path: readonly object[]): AnyValue {
  switch (typeof value) {
    case "string":
    case "number":
    case "boolean":
      return value;
    case "bigint":
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    case "object":
      return value === null ? null : plainObject(value, path);
    case "function":
    case "symbol":
    case "undefined":
      return undefined;
  }
}

function plainObject(value: object, path: readonly object[]): AnyValue {
  if (path.includes(value)) return "[Circular]";
  // A revoked proxy throws whatever it is asked.
  try {
    if (value instanceof Uint8Array) return value;
    const isList = Array.isArray(value) || value instanceof Set || ArrayBuffer.isView(value);
    if (path.length >= maxDepth) return isList ? "[Array]" : "[Object]";
    const inside = [...path, value];
    if (isError(value)) return entries(Object.entries(errorFields(value)), inside);
    if ("toJSON" in value && typeof value.toJSON === "function") {
      const shown: unknown = value.toJSON();
      if (shown !== value) return plain(shown, inside);
    }
    if (isList) return items(value as Iterable<unknown>, inside);
    return entries(value instanceof Map ? value.entries() : readable(value), inside);
  } catch {
    return undefined;
  }
}

function items(values: Iterable<unknown>, path: readonly object[]): AnyValue {
  const shown: AnyValue[] = [];
  for (const value of values) {
    if (shown.length >= maxEntries || valuesLeft <= 0) break;
    valuesLeft -= 1;
    shown.push(plain(value, path) ?? null);
  }
  return shown;
}

function entries(pairs: Iterable<readonly [unknown, unknown]>, path: readonly object[]): AnyValue {
  const shown: Attributes = {};
  let count = 0;
  for (const [name, value] of pairs) {
    if (typeof name !== "string" && typeof name !== "number") continue;
    if (count >= maxEntries || valuesLeft <= 0) break;
    valuesLeft -= 1;
    const known = plain(value, path);
    if (known === undefined) continue;
    shown[name] = known;
    count += 1;
  }
  return shown;
}

/** The own fields of an object, without those whose getters throw. */
function* readable(value: object): Generator<readonly [string, unknown]> {
  for (const name of Object.keys(value)) {
    try {
      yield [name, (value as Record<string, unknown>)[name]];
    } catch {
      // A getter that throws.
    }
  }
}
