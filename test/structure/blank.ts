// A scanner that knows just enough of TypeScript to tell code from comments and strings. What it blanks becomes spaces,
// so every offset and line number stays what it was.

const REGEX_MAY_FOLLOW = /(?:^|[([{},;:=!&|?+\-*%<>~^]|\b(?:return|typeof|case|in|of|void|await|yield))\s*$/;

type Kind = "code" | "comment" | "string";

function endOfQuoted(text: string, start: number, quote: string): number {
  let at = start + 1;
  while (at < text.length && text[at] !== quote) at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function endOfRegex(text: string, start: number): number {
  let inClass = false;
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text[at];
    if (character === "\n") return start + 1;
    if (character === "\\") at += 1;
    else if (character === "[") inClass = true;
    else if (character === "]") inClass = false;
    else if (character === "/" && !inClass) return at + 1;
  }
  return start + 1;
}

function indexOrEnd(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at === -1 ? text.length : at + (what === "\n" ? 0 : what.length);
}

/** Cuts a text into pieces of one kind. Code inside `${}` of a template is code. */
function* pieces(text: string): Generator<{ kind: Kind; start: number; end: number }> {
  const braces: number[] = [];
  let at = 0;
  while (at < text.length) {
    const start = at;
    const two = text.slice(at, at + 2);
    const one = text[at];
    let kind: Kind = "code";
    if (two === "//") [kind, at] = ["comment", indexOrEnd(text, "\n", at)];
    else if (two === "/*") [kind, at] = ["comment", indexOrEnd(text, "*/", at + 2)];
    else if (one === '"' || one === "'") [kind, at] = ["string", endOfQuoted(text, at, one)];
    else if (one === "/" && REGEX_MAY_FOLLOW.test(text.slice(Math.max(0, at - 40), at))) {
      [kind, at] = ["string", endOfRegex(text, at)];
    } else if (one === "`" || (one === "}" && braces.at(-1) === 0)) {
      if (one === "}") braces.pop();
      kind = "string";
      at += 1;
      while (at < text.length && text[at] !== "`" && text.slice(at, at + 2) !== "${") at += text[at] === "\\" ? 2 : 1;
      if (text[at] === "$") braces.push(0);
      at += text[at] === "$" ? 2 : 1;
    } else {
      if (one === "{" && braces.length > 0) braces.push((braces.pop() ?? 0) + 1);
      if (one === "}" && braces.length > 0) braces.push((braces.pop() ?? 1) - 1);
      at += 1;
    }
    yield { kind, start, end: Math.min(at, text.length) };
  }
}

function blank(text: string, kinds: ReadonlySet<Kind>): string {
  let result = "";
  for (const { kind, start, end } of pieces(text)) {
    const piece = text.slice(start, end);
    result += kinds.has(kind) ? piece.replaceAll(/[^\n]/g, " ") : piece;
  }
  return result;
}

/** The text without comments. */
export function withoutComments(text: string): string {
  return blank(text, new Set<Kind>(["comment"]));
}

/** The text without comments, strings and regular expressions: what is left is code. */
export function onlyCode(text: string): string {
  return blank(text, new Set<Kind>(["comment", "string"]));
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
