import { readFileSync } from "node:fs";

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle) - 1] ?? NaN)) / 2;
}

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, column) => (column === 0 ? "---" : "---:")), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");

/** The versions that the workspace pins: `lightship 9.0.4, …`. */
export function versionsOf(names: readonly string[]): string {
  const manifest = readFileSync(new URL("package.json", import.meta.url), "utf8");
  const { devDependencies } = JSON.parse(manifest) as { devDependencies: Record<string, string> };
  return names.map((name) => `${name} ${devDependencies[name]}`).join(", ");
}

/** How often to measure: the first argument, or three times. */
export const rounds = Number(process.argv[2] ?? 3);

/** Every round begins with another one, so that none is always first. */
export const turned = <T>(all: readonly T[], round: number): readonly T[] => {
  const at = round % all.length;
  return [...all.slice(at), ...all.slice(0, at)];
};
