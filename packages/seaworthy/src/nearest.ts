/** The candidate that takes the fewest edits to reach from `text`, for "did you mean". */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  return candidates.toSorted((a, b) => edits(text, a) - edits(text, b))[0];
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
