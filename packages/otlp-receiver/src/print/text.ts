import type { AttributeValue, Attributes } from "../otlp/any-value.ts";
import type { Origin } from "../otlp/origin.ts";

/** Makes text that a sender chose fit for one line of a terminal: no control characters, and not too long. */
export function oneLine(text: string, most: number): string {
  const line = text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/\p{Cc}|\p{Cf}/gu, "�")
    .trim();
  return line.length > most ? `${line.slice(0, most - 1).toWellFormed()}…` : line;
}

/** An attribute's value, or a body, in one line. */
export function valueText(value: AttributeValue, most = 80): string {
  if (typeof value === "bigint") return value.toString();
  return oneLine(typeof value === "string" ? value : JSON.stringify(value, jsonValue), most);
}

function jsonValue(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString("hex")}`;
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

/** `key=value` for each attribute, at most as many as told. */
export function pairs(attributes: Attributes, most: number): string[] {
  const all = Object.entries(attributes).map(([key, value]) => `${oneLine(key, 60)}=${valueText(value)}`);
  return all.length > most ? [...all.slice(0, most), `and ${all.length - most} more`] : all;
}

/** The service that something comes from; empty when its resource has none. */
export function serviceOf({ resource }: Origin): string {
  return valueText(resource["service.name"] ?? "", 60);
}

/** Puts what is there side by side. */
export function beside(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== "").join("  ");
}
