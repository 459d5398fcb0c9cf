import { builtinModules, isBuiltin } from "node:module";
import type { Plugin } from "rolldown";

type Tree = Readonly<{ type: string; start: number; end: number }> & { readonly [part: string]: unknown };

/** A piece of a file, and what comes in its place. */
type Edit = readonly [from: Tree, text: string];

/**
 * Has a bundle take the modules of Node without evaluating all they export: `import … from "http"` loads undici and all
 * else that hides behind a getter, 18 MB of it; `process.getBuiltinModule` loads nothing. The lines stay where they are.
 */
export const lazyBuiltins: Plugin = {
  name: "lazy-builtins",
  transform: {
    // The bundler's own parts begin with a NUL.
    filter: { id: /^[^\0].*\.([cm]?js|ts)$/ },
    handler(code, id) {
      if (!named.test(code)) return null;
      const edits: Edit[] = [];
      const imports: string[] = [];
      visit(this.parse(code, { lang: id.endsWith(".ts") ? "ts" : "js" }), (node) => {
        const required = createdRequireOf(node);
        const text = required === undefined ? lazily(node, id) : `__required${imports.length}`;
        if (required !== undefined) imports.push(`import * as ${text} from ${JSON.stringify(required)}; `);
        if (text !== undefined) edits.push([node, text + code.slice(node.start, node.end).replaceAll(/[^\n]/g, "")]);
      });
      if (edits.length === 0) return null;
      const edited = edits
        .toSorted(([one], [other]) => other.start - one.start)
        .reduce((all, [{ start, end }, text]) => all.slice(0, start) + text + all.slice(end), code);
      return { code: imports.join("") + edited, map: null };
    },
  },
};

/** Whatever else a file asks for need not be looked at. */
const named = new RegExp(`["'](?:node:|(?:${builtinModules.join("|")})["'])|\\b__require\\(`);

/** What an ES module asks of a `require` that it has made itself, which no bundler looks into. */
function createdRequireOf(node: Tree): string | undefined {
  if (node.type !== "CallExpression" || (node["callee"] as Tree)["name"] !== "__require") return undefined;
  const [argument] = node["arguments"] as Tree[];
  const name = argument?.["value"];
  return typeof name === "string" && !isBuiltin(name) ? name : undefined;
}

/** What an import, a `require` or an `import()` of a module of Node becomes. */
function lazily(node: Tree, id: string): string | undefined {
  const [argument] = (node["arguments"] ?? []) as Tree[];
  const isRequire = node.type === "CallExpression" && (node["callee"] as Tree)["name"] === "require";
  const source = isRequire ? argument : (node["source"] as Tree | null | undefined);
  const name = source?.["value"];
  if (typeof name !== "string" || !isBuiltin(name)) return undefined;
  if (node["importKind"] === "type") return undefined;
  const taken = `/* @__PURE__ */ process.getBuiltinModule(${JSON.stringify(name)})`;
  if (node.type === "CallExpression") return taken;
  if (node.type === "ImportExpression") return `Promise.resolve(${taken})`;
  if (node.type !== "ImportDeclaration") throw new Error(`${id} hands on what ${name} exports, which is not foreseen`);
  const values = (node["specifiers"] as Tree[]).filter((specifier) => specifier["importKind"] !== "type");
  return values.map((specifier) => `const ${bindingOf(specifier)} = ${taken};`).join(" ");
}

function bindingOf({ type, local, imported }: Tree): string {
  const name = (local as Tree)["name"] as string;
  const from = (imported as Tree | undefined)?.["name"] as string | undefined;
  return type === "ImportSpecifier" && from !== "default" ? `{ ${from}: ${name} }` : name;
}

function visit(node: unknown, see: (node: Tree) => void): void {
  if (Array.isArray(node)) for (const each of node) visit(each, see);
  else if (typeof node === "object" && node !== null) {
    if ("type" in node) see(node as Tree);
    for (const part of Object.values(node)) visit(part, see);
  }
}
