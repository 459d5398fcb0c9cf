/**
 * The candidate that a text was most likely meant to be: one that is a few slips of the hand away, or that holds all
 * of its words.
 */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  const most = Math.min(3, Math.ceil(text.length / 3));
  const [closest] = candidates
    .filter((candidate) => Math.abs(candidate.length - text.length) <= most)
    .map((candidate) => ({ candidate, distance: edits(...withoutEnds(text, candidate)) }))
    .filter(({ distance }) => distance <= most)
    .toSorted((a, b) => a.distance - b.distance);
  return closest?.candidate ?? candidates.filter((candidate) => holdsWordsOf(text, candidate)).toSorted(byLength)[0];
}

const byLength = (a: string, b: string): number => a.length - b.length;

/** One word, or two, say too little. */
function holdsWordsOf(text: string, candidate: string): boolean {
  const words = text.split("_");
  const known = new Set(candidate.split("_"));
  return words.length > 2 && words.every((word) => known.has(word));
}

/** What two texts have in common at both ends adds nothing to their distance, and most of the work. */
function withoutEnds(a: string, b: string): [string, string] {
  const least = Math.min(a.length, b.length);
  let start = 0;
  while (start < least && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < least - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  return [a.slice(start, a.length - end), b.slice(start, b.length - end)];
}

/** The Levenshtein distance, row by row. */
function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [line, letter] of from.split("").entries()) {
    const next = [line + 1];
    for (let column = 1; column <= to.length; column += 1) {
      const swap = (row[column - 1] ?? 0) + (letter === to[column - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
