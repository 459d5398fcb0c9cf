import { SeaworthyError, describe } from "@seaworthy/lifecycle";
import type { SeaworthyErrorCode } from "./errors.ts";
import { nearest } from "./nearest.ts";
import { type StartOptions, seaworthyDefaults } from "./options.ts";

type Rule = readonly [expected: string, holds: (value: unknown) => boolean];

const isText = (value: unknown): boolean => typeof value === "string" && value.trim() !== "";
const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;
const isMilliseconds = (value: unknown): boolean => typeof value === "number" && value >= 0;
const isPort = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535;

/** What the parts that take an option do not ask of it themselves, or only once something is open. */
const rules: Partial<Readonly<Record<keyof StartOptions, Rule>>> = {
  name: ["a string that is not empty", isText],
  drainWindow: ["an object", isObject],
  preStop: ["an object", isObject],
  lingerMs: ["a number of milliseconds, at least 0", isMilliseconds],
  longLivedMs: ["a number of milliseconds, at least 0", isMilliseconds],
  osSignals: ["a list of names", Array.isArray],
  fatalErrors: ["true or false", (value) => typeof value === "boolean"],
  probePort: ["a whole number from 0 to 65535, or false", (value) => value === false || isPort(value)],
  probeHost: ["an address", isText],
  probePaths: ["an object", isObject],
  onPortInUse: ['"fail" or "fallback"', (value) => value === "fail" || value === "fallback"],
  telemetry: ["true, false, an object of options or an SDK", (value) => typeof value === "boolean" || isObject(value)],
  startedWhen: ['"marked" or "listening"', (value) => value === "marked" || value === "listening"],
};

/** Refuses options that are unknown or make no sense. @throws `ERR_SEAWORTHY_OPTION` */
export function assertOptions(options: StartOptions): void {
  if (!isObject(options)) throw optionError("the options to be an object", describe(options), "Pass { name: … }.");
  assertNames("", options, seaworthyDefaults);
  for (const [name, [expected, holds]] of Object.entries(rules)) {
    const value = options[name as keyof StartOptions];
    if (value === undefined || holds(value)) continue;
    throw optionError(`the \`${name}\` option to be ${expected}`, describe(value), "Leave it out for the default.");
  }
  assertNames("preStop.", options.preStop ?? {}, seaworthyDefaults.preStop ?? {});
  assertNames("drainWindow.", options.drainWindow ?? {}, seaworthyDefaults.drainWindow ?? {});
  assertNames("probePaths.", options.probePaths ?? {}, seaworthyDefaults.probePaths ?? {});
}

function assertNames(prefix: string, options: object, known: object): void {
  const names = Object.keys(known);
  const stranger = Object.keys(options).find((name) => !names.includes(name));
  if (stranger === undefined) return;
  const fix = `Did you mean ${prefix}${nearest(stranger, names)}? The README lists all of them.`;
  throw optionError("an option of start()", `${prefix}${stranger}`, fix);
}

function optionError(expected: string, got: string, fix: string): SeaworthyError {
  const code: SeaworthyErrorCode = "ERR_SEAWORTHY_OPTION";
  return new SeaworthyError(code, { expected, got, fix });
}
