/**
 * Whether a version is in a range as the definitions of instrumentations write them: `>=4.0.0 <6`, `^1.2.0`, `~1.2`,
 * `1.x`, `*`, an exact version, and several by `||`. A pre-release counts as the version it leads to.
 */
export function inRange(version: string, range: string): boolean {
  const found = numbersOf(version);
  if (found === undefined) return false;
  return range.split("||").some((part) => {
    const comparators = part.replaceAll(/([<>=^~])\s+/g, "$1").trim();
    return comparators === "" || comparators.split(/\s+/).every((one) => holds(found, one));
  });
}

type Numbers = readonly [number, number, number];

function holds(found: Numbers, comparator: string): boolean {
  const [, operator = "", text = ""] = /^(>=|<=|>|<|=|\^|~)?v?(.*)$/.exec(comparator) ?? [];
  const given =
    text
      .split(/[-+]/, 1)[0]
      ?.split(".")
      .filter((part) => /^\d+$/.test(part)).length ?? 0;
  if (given === 0) return true;
  const bound = numbersOf(text);
  if (bound === undefined) return false;
  switch (operator) {
    case ">=":
      return compare(found, bound) >= 0;
    case ">":
      return compare(found, given < 3 ? next(bound, given) : bound) >= (given < 3 ? 0 : 1);
    case "<":
      return compare(found, bound) < 0;
    case "<=":
      return given < 3 ? compare(found, next(bound, given)) < 0 : compare(found, bound) <= 0;
    case "^": {
      // The first number that is not zero stays.
      const first = bound.findIndex((number) => number > 0) + 1;
      return compare(found, bound) >= 0 && compare(found, next(bound, first === 0 ? given : first)) < 0;
    }
    case "~":
      return compare(found, bound) >= 0 && compare(found, next(bound, Math.min(given, 2))) < 0;
    default:
      return compare(found, bound) >= 0 && compare(found, next(bound, given)) < 0;
  }
}

/** The lowest version that differs in one of the first `count` numbers. */
function next([major, minor, patch]: Numbers, count: number): Numbers {
  if (count === 1) return [major + 1, 0, 0];
  return count === 2 ? [major, minor + 1, 0] : [major, minor, patch + 1];
}

function compare(a: Numbers, b: Numbers): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

function numbersOf(version: string): Numbers | undefined {
  const [, major, minor, patch] = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version.trim()) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor ?? 0), Number(patch ?? 0)];
}
