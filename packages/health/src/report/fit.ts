import type { ProbeEntry } from "../probe-result.ts";
import { longestBodyBytes } from "./options.ts";

/**
 * Renders as many entries as fit in a probe's body. When not all do, those that do not pass come first and the number
 * of those left out is handed to the renderer.
 */
export function fit(
  entries: readonly ProbeEntry[],
  render: (entries: readonly ProbeEntry[], omitted: number) => string,
): string {
  const all = render(entries, 0);
  if (Buffer.byteLength(all) <= longestBodyBytes) return all;
  const rank = ({ result }: ProbeEntry): number => ["fail", "degraded", "pass"].indexOf(result);
  const sorted = entries.toSorted((a, b) => rank(a) - rank(b));
  let fits = 0;
  for (let step = 2 ** Math.floor(Math.log2(sorted.length)); step >= 1; step /= 2) {
    const next = fits + step;
    if (next > sorted.length) continue;
    const body = render(sorted.slice(0, next), sorted.length - next);
    if (Buffer.byteLength(body) <= longestBodyBytes) fits = next;
  }
  return render(sorted.slice(0, fits), sorted.length - fits);
}
