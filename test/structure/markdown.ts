/** A table: its header, and the cells of its rows. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Section {
  readonly heading: string;
  readonly text: string;
}

/** The text with fenced blocks blanked, line by line. */
export function withoutFences(text: string): string {
  return text.replaceAll(/^( *)(`{3,})[^\n]*\n[\s\S]*?^ *\2 *$/gm, (block) => block.replaceAll(/[^\n]/g, ""));
}

/** The parts of a page under its `##` headings; the first one, before any heading of that level, has the title. */
export function sectionsOf(page: string): Section[] {
  const [intro = "", ...parts] = withoutFences(page).split(/^## /m);
  const title = /^# (.*)$/m.exec(intro)?.[1] ?? "";
  return [
    { heading: title, text: intro.replace(/^# .*$/m, "") },
    ...parts.map((part) => {
      const [heading = "", ...rest] = part.split("\n");
      return { heading: heading.trim(), text: rest.join("\n") };
    }),
  ];
}

function cellsOf(line: string): string[] {
  return line
    .trim()
    .replaceAll(/^\||\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}

/** The tables of a text, in order, each with the offset at which it starts. */
export function tablesOf(text: string): (Table & { readonly offset: number })[] {
  return [...text.matchAll(/(?:^ *\|.*\n?)+/gm)].map(({ 0: table, index }) => {
    const [header = "", , ...rows] = table.trimEnd().split("\n");
    return { header: cellsOf(header), rows: rows.map(cellsOf), offset: index };
  });
}

/** What a cell says between backticks, or the whole of it. */
export function codeIn(cell: string): string {
  return /^`+ ?(.*?) ?`+$/.exec(cell)?.[1] ?? cell;
}
