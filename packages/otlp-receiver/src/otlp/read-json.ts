import protobuf from "protobufjs";
import { Malformed } from "./malformed.ts";

/** OTLP writes these as hexadecimal, and all other bytes as base64 like any protobuf message. */
const hexFields = new Set(["traceId", "spanId", "parentSpanId"]);

/**
 * Reads a message in OTLP's JSON encoding. Names that the schema does not have are passed over; `null` counts as absent.
 *
 * @throws `Malformed`, with the place of what is wrong
 */
export function readJson(type: protobuf.Type, body: Uint8Array): unknown {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (error) {
    throw new Malformed(`The body is not JSON: ${(error as Error).message}.`);
  }
  return readMessage(type, value, type.name);
}

function readMessage(type: protobuf.Type, value: unknown, place: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(place, "an object", value);
  const given = value as Record<string, unknown>;
  const message: Record<string, unknown> = {};
  for (const field of type.fieldsArray) {
    const sent = Object.hasOwn(given, field.name) ? given[field.name] : undefined;
    const at = `${place}.${field.name}`;
    if (field.repeated) {
      if (sent !== undefined && sent !== null && !Array.isArray(sent)) throw wrong(at, "a list", sent);
      message[field.name] = ((sent ?? []) as unknown[]).map((item, index) => readField(field, item, `${at}[${index}]`));
    } else if (sent !== undefined && sent !== null) {
      message[field.name] = readField(field, sent, at);
    }
  }
  const twice = type.oneofsArray.find(({ oneof }) => oneof.filter((name) => message[name] !== undefined).length > 1);
  if (twice) throw new Malformed(`Expected ${place} to have one ${twice.name}, got several.`);
  return message;
}

function readField(field: protobuf.Field, value: unknown, place: string): unknown {
  if (field.resolvedType instanceof protobuf.Type) return readMessage(field.resolvedType, value, place);
  if (field.resolvedType instanceof protobuf.Enum) return readNumber(value, place, "a number, as OTLP writes enums");
  switch (field.type) {
    case "string":
      if (typeof value !== "string") throw wrong(place, "a string", value);
      return value;
    case "bool":
      if (typeof value !== "boolean") throw wrong(place, "true or false", value);
      return value;
    case "bytes":
      return readBytes(value, place, hexFields.has(field.name) ? "hex" : "base64");
    case "double":
      return readDouble(value, place);
    case "int64":
    case "uint64":
    case "fixed64":
    case "sfixed64":
      return readLong(value, place);
    default:
      return readNumber(value, place, "an integer");
  }
}

function readNumber(value: unknown, place: string, expected: string): number {
  const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
  if (!Number.isSafeInteger(number)) throw wrong(place, expected, value);
  return number as number;
}

function readLong(value: unknown, place: string): bigint {
  if (typeof value === "string" && /^-?\d+$/.test(value)) return BigInt(value);
  if (Number.isInteger(value)) return BigInt(value as number);
  throw wrong(place, "a 64-bit integer as a decimal string", value);
}

function readDouble(value: unknown, place: string): number {
  if (typeof value === "number") return value;
  if (value === "NaN") return Number.NaN;
  if (typeof value === "string" && value.trim() !== "" && !Number.isNaN(Number(value))) return Number(value);
  throw wrong(place, "a number", value);
}

function readBytes(value: unknown, place: string, encoding: "hex" | "base64"): Uint8Array {
  const pattern = encoding === "hex" ? /^(?:[\da-f]{2})*$/i : /^[\w+/-]*={0,2}$/;
  if (typeof value !== "string" || !pattern.test(value)) throw wrong(place, `bytes in ${encoding}`, value);
  return Buffer.from(value, encoding);
}

function wrong(place: string, expected: string, got: unknown): Malformed {
  const text = JSON.stringify(got);
  return new Malformed(
    `Expected ${place} to be ${expected}, got ${text.length > 60 ? `${text.slice(0, 59)}…` : text}.`,
  );
}
