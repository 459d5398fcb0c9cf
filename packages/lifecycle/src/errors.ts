/** Every code an error of this package can carry. Closed: a new one is a change of the public surface. */
export const lifecycleErrorCodes = [
  "ERR_SEAWORTHY_OPTION",
  "ERR_SEAWORTHY_PHASE",
  "ERR_SEAWORTHY_BUDGET",
  "ERR_SEAWORTHY_OS_SIGNAL",
  "ERR_SEAWORTHY_DUPLICATE_NAME",
  "ERR_SEAWORTHY_ALREADY_BOUND",
  "ERR_SEAWORTHY_STARTUP_TASK",
] as const;

/** The codes of errors that `@seaworthy/lifecycle` makes. */
export type LifecycleErrorCode = (typeof lifecycleErrorCodes)[number];

/** The three parts of every message: what was expected, what came, what to do. */
export interface ErrorParts {
  /** What should have been, as a clause that follows "Expected". */
  readonly expected: string;
  /** What came instead, as a clause that follows "got". */
  readonly got: string;
  /** One sentence that tells the reader what to do about it. */
  readonly fix: string;
}

/**
 * The one error class of all Seaworthy packages. `code` is stable and comes from the closed list of the package
 * that throws; the message may change.
 */
export class SeaworthyError<Code extends string = string> extends Error {
  readonly code: Code;

  constructor(code: Code, { expected, got, fix }: ErrorParts, options?: ErrorOptions) {
    super(`Expected ${expected}, got ${got}. ${fix}`, options);
    this.name = "SeaworthyError";
    this.code = code;
  }
}

/** Describes a value that came instead of the expected one, with its type, short enough for one line. */
export function describe(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value === "function") return `a function (${value.name || "anonymous"})`;
  if (typeof value === "object") return describeObject(value);
  const text = typeof value === "string" ? JSON.stringify(value) : (value as number).toString();
  return `${text.length > 80 ? `${text.slice(0, 77)}…` : text} (${typeof value})`;
}

function describeObject(value: object): string {
  try {
    return `an object (${value.constructor?.name ?? "null prototype"})`;
  } catch {
    // A revoked proxy throws whatever it is asked.
    return "an object (unreadable)";
  }
}

/** An `ERR_SEAWORTHY_OPTION` about one option; `expected` follows "to be". */
export function optionError(option: string, expected: string, value: unknown, fix: string): SeaworthyError {
  const code: LifecycleErrorCode = "ERR_SEAWORTHY_OPTION";
  return new SeaworthyError(code, {
    expected: `the \`${option}\` option to be ${expected}`,
    got: describe(value),
    fix,
  });
}

/** @throws `ERR_SEAWORTHY_OPTION` unless `name` is a string that says something. */
export function assertName(name: unknown, what: string): asserts name is string {
  if (typeof name === "string" && name.trim() !== "") return;
  throw new SeaworthyError("ERR_SEAWORTHY_OPTION", {
    expected: `the name of a ${what} to be a string that is not empty`,
    got: describe(name),
    fix: "Give it the name you would look for in a report at night.",
  });
}

/** @throws `ERR_SEAWORTHY_OPTION` unless `value` can be called. */
export function assertFunction(value: unknown, what: string): void {
  if (typeof value === "function") return;
  throw new SeaworthyError("ERR_SEAWORTHY_OPTION", {
    expected: `${what} to be a function`,
    got: describe(value),
    fix: "Pass a function, such as () => pool.end().",
  });
}
