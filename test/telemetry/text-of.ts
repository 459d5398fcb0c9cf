import { inspect } from "node:util";

/** A value of an attribute, or of a body, as a person would write it. */
export const textOf = (value: unknown): string => (typeof value === "string" ? value : inspect(value));
