/** Units as Prometheus writes them, by UCUM's. */
const mainUnits: ReadonlyMap<string, string> = new Map([
  ["d", "days"],
  ["h", "hours"],
  ["min", "minutes"],
  ["s", "seconds"],
  ["ms", "milliseconds"],
  ["us", "microseconds"],
  ["ns", "nanoseconds"],
  ["By", "bytes"],
  ["KiBy", "kibibytes"],
  ["MiBy", "mebibytes"],
  ["GiBy", "gibibytes"],
  ["TiBy", "tibibytes"],
  ["KBy", "kilobytes"],
  ["MBy", "megabytes"],
  ["GBy", "gigabytes"],
  ["TBy", "terabytes"],
  ["m", "meters"],
  ["V", "volts"],
  ["A", "amperes"],
  ["J", "joules"],
  ["W", "watts"],
  ["g", "grams"],
  ["Cel", "celsius"],
  ["Hz", "hertz"],
  ["1", ""],
  ["%", "percent"],
]);

/** Units after a slash, where `m` is a minute. */
const perUnits: ReadonlyMap<string, string> = new Map([
  ["s", "second"],
  ["m", "minute"],
  ["h", "hour"],
  ["d", "day"],
  ["w", "week"],
  ["mo", "month"],
  ["y", "year"],
]);

/** The two parts that a unit gives to a name, such as `bytes` and `per_second`; empty where it gives none. */
export interface UnitSuffixes {
  readonly main: string;
  readonly per: string;
}

/** Takes a UCUM unit apart. What stands in braces is an annotation and no unit. */
export function unitSuffixes(unit: string): UnitSuffixes {
  const slash = unit.indexOf("/");
  const [main, per] = slash < 0 ? [unit, ""] : [unit.slice(0, slash), unit.slice(slash + 1)];
  const perName = nameIn(perUnits, per);
  return { main: clean(nameIn(mainUnits, main)), per: perName === "" ? "" : trimEnd(clean(`per_${perName}`)) };
}

/** The unit as metadata: `bytes_per_second`. */
export const unitName = (unit: string): string => {
  const { main, per } = unitSuffixes(unit);
  return [trimEnd(main), per].filter(Boolean).join("_");
};

function nameIn(names: ReadonlyMap<string, string>, unit: string): string {
  const trimmed = unit.trim();
  return /[{}]/.test(trimmed) ? "" : (names.get(trimmed) ?? trimmed);
}

const clean = (text: string): string => text.replaceAll(/[^a-zA-Z0-9:]+/g, "_").replace(/^_/, "");

const trimEnd = (text: string): string => (text === "per_" || text === "per" ? "" : text.replace(/_$/, ""));
