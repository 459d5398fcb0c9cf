/** A fenced block of TypeScript in a page. */
export interface Block {
  /** The line of the page on which its first line stands. */
  readonly line: number;
  /** What follows `ts` on the fence. */
  readonly flags: string;
  readonly code: string;
  /** What the page leaves out, from a comment right above: `<!-- given: declare const pool: Pool; -->`. */
  readonly given: string;
}

const BLOCK = /(?:^ *<!-- given: ([\s\S]*?) -->\n+)?^( *)```(?:ts|typescript)\b([^\n]*)\n([\s\S]*?)^ *```/gm;

export function typescriptBlocksOf(page: string): Block[] {
  return [...page.matchAll(BLOCK)].map((match) => {
    const [, given = "", indent = "", flags = "", code = ""] = match;
    const before = page.slice(0, match.index + match[0].lastIndexOf(code));
    return {
      line: before.split("\n").length,
      flags: flags.trim(),
      code: code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
      given: given.replaceAll("\n", " "),
    };
  });
}

/** A module in which every line of the block has the number it has in its page, so that an error points there. */
export function moduleOf({ line, code, given }: Block): string {
  return `${"\n".repeat(Math.max(0, line - 2))}${given} export {};\n${code}`;
}
