import { parser } from "@prometheus-io/lezer-promql";
import { type Dashboard, shownOn } from "./written.ts";

/** A query of a dashboard, and where it stands. */
export interface Query {
  readonly where: string;
  /** As it is written, with Grafana's variables. */
  readonly written: string;
  /** As Prometheus would be asked. */
  readonly asked: string;
}

/** What a query asks for. */
export interface Meaning {
  /** The places where it does not parse. */
  readonly errors: readonly string[];
  /** Each metric, with the labels that its matchers name. */
  readonly selected: readonly { readonly metric: string; readonly labels: readonly string[] }[];
  /** The labels by which it groups and joins. */
  readonly grouped: readonly string[];
}

/** What Grafana puts in by itself. */
const builtIn: Readonly<Record<string, string>> = { __rate_interval: "4m", __range: "3h", __interval: "1m" };

/** Every name that stands for something else in a text: `$name`, `${name}`. */
export const variablesIn = (text: string): string[] =>
  [...text.matchAll(/\$\{?(\w+)/g)].flatMap(([, name = ""]) => (name in builtIn ? [] : [name]));

/** What is asked when every variable has the value `any`. */
const substitute = (text: string): string =>
  text.replaceAll(/\$\{?(\w+)\}?/g, (_, name: string) => builtIn[name] ?? "any");

/** Every query of a dashboard: those of its panels, of its annotations and of its variables. */
export function queriesOf(dashboard: Dashboard): readonly Query[] {
  const query = (where: string, written: string): Query => ({ where, written, asked: substitute(written) });
  const ofPanels = shownOn(dashboard).flatMap(({ title, targets = [] }) =>
    targets.map(({ refId, expr }) => query(`${title}, ${refId}`, expr)),
  );
  const ofAnnotations = dashboard.annotations.list.map(({ name, expr }) => query(name, expr));
  const ofVariables = dashboard.templating.list.flatMap(({ name, query: values }) => {
    if (typeof values !== "object") return [];
    const [, series = "", label = ""] = /^label_values\((.+), (\w+)\)$/.exec(values.query) ?? [];
    return [query(`$${name}`, `group by (${label}) (${series})`)];
  });
  return [...ofPanels, ...ofAnnotations, ...ofVariables];
}

/** Reads a query by the grammar that Prometheus's own editor goes by. */
export function read(asked: string): Meaning {
  const errors: string[] = [];
  const selected: { metric: string; labels: string[] }[] = [];
  const grouped: string[] = [];
  parser.parse(asked).iterate({
    enter({ name, type, from, to, node }) {
      const text = asked.slice(from, to);
      if (type.isError) errors.push(`at ${from}: ${asked.slice(from)}`);
      if (name === "VectorSelector") selected.push({ metric: "", labels: [] });
      if (name === "Identifier" && node.parent?.name === "VectorSelector")
        (selected.at(-1) ?? { metric: "" }).metric = text;
      if (name !== "LabelName") return;
      if (node.parent?.name === "GroupingLabels") grouped.push(text);
      else selected.at(-1)?.labels.push(text);
    },
  });
  return { errors, selected, grouped };
}
