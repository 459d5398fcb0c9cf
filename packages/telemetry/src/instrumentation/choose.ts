import type { Tell } from "../channels.ts";
import { nearest } from "../environment/nearest.ts";
import type { Library } from "./library.ts";
import { libraries, otherNames } from "./libraries.ts";
import { type OwnParts, ownParts } from "./own-parts.ts";

/** Which libraries are instrumented. */
export interface InstrumentationChoice {
  /**
   * By short name, such as `pg`: off, on, or on with the configuration of its official instrumentation. It comes before
   * the two lists.
   */
  readonly instrumentations?: Readonly<Record<string, boolean | object>> | undefined;
  /** Short names: only these are on. `OTEL_NODE_ENABLED_INSTRUMENTATIONS`. */
  readonly enabled?: readonly string[] | undefined;
  /** Short names: these are off. `OTEL_NODE_DISABLED_INSTRUMENTATIONS`. */
  readonly disabled?: readonly string[] | undefined;
}

/** Whether a library is instrumented, and how its instrumentation is configured. */
export interface Chosen {
  readonly isOn: boolean;
  readonly config: Readonly<Record<string, unknown>>;
}

/** What is chosen for a library, or for a part that is recorded without one. */
export function choose(
  library: Pick<Library, "name" | "off" | "config">,
  { instrumentations, enabled, disabled }: InstrumentationChoice,
): Chosen {
  const option = instrumentations?.[library.name];
  const byLists = !disabled?.includes(library.name) && (enabled?.includes(library.name) ?? library.off === undefined);
  const isOn = option === undefined ? byLists : option !== false;
  return { isOn, config: { ...library.config, ...(typeof option === "object" ? option : undefined) } };
}

/** Which parts are on that are recorded without a library. */
export const chooseOwnParts = (choice: InstrumentationChoice): OwnParts =>
  Object.fromEntries(ownParts.map((name) => [name, choose({ name }, choice).isOn])) as Record<keyof OwnParts, boolean>;

/** Whether a later choice makes a difference to a library. */
export function isChosenAnew(library: Library, before: InstrumentationChoice, after: InstrumentationChoice): boolean {
  const isConfigured = [before, after].some((choice) => typeof choice.instrumentations?.[library.name] === "object");
  return isConfigured || choose(library, before).isOn !== choose(library, after).isOn;
}

/** Tells of names that name nothing, and of those that are never on. */
export function tellNames({ instrumentations, enabled, disabled }: InstrumentationChoice, tell: Tell): void {
  const asked = Object.entries(instrumentations ?? {}).filter(([, option]) => option !== false);
  const from = [
    ...Object.keys(instrumentations ?? {}).map((name) => ({ name, where: "the option `instrumentations`" })),
    ...(enabled ?? []).map((name) => ({ name, where: "OTEL_NODE_ENABLED_INSTRUMENTATIONS" })),
    ...(disabled ?? []).map((name) => ({ name, where: "OTEL_NODE_DISABLED_INSTRUMENTATIONS" })),
  ];
  for (const { name, where } of from) {
    if (known.has(name)) continue;
    const close = nearest(name, [...known]);
    const meant = close === undefined ? `Known are ${[...known].join(", ")}.` : `Did you mean "${close}"?`;
    tell({
      level: "warn",
      code: "instrumentation",
      message: `${where} names no instrumentation by "${name}". ${meant}`,
    });
  }
  for (const name of ownParts) {
    if (typeof instrumentations?.[name] !== "object") continue;
    const message = `The option \`instrumentations\` configures "${name}", which takes true or false only: it is recorded without its official instrumentation. Use the other options of telemetry, such as \`ignoreRequest\`.`;
    tell({ level: "warn", code: "instrumentation", message });
  }
  for (const name of new Set([...asked.map(([key]) => key), ...(enabled ?? [])])) {
    const why = otherNames[name];
    if (why === undefined) continue;
    const message = `The instrumentation "${name}" is not offered: ${why}. Take it out of what is asked for.`;
    tell({ level: "info", code: "instrumentation", message });
  }
}

const known: ReadonlySet<string> = new Set([
  ...libraries.map(({ name }) => name),
  ...ownParts,
  ...Object.keys(otherNames),
]);
