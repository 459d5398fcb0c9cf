import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../run/workspaces.ts";

/** What of a dashboard's JSON is looked at here; the schema says what may be in it besides. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr: string }[] };
}

/** A panel, or the heading of a row of them. */
export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly links?: readonly { readonly url: string }[];
}

export interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query?: string | { readonly query: string };
}

export const folder: string = join(root, "collector/grafana");

/** The checked-in dashboards, by the names of their files. */
export const dashboards: ReadonlyMap<string, Dashboard> = new Map(
  readdirSync(join(folder, "dashboards"))
    .toSorted()
    .map((name) => [name, JSON.parse(readFileSync(join(folder, "dashboards", name), "utf8")) as Dashboard]),
);

/** Those of its panels that show something. */
export const shownOn = ({ panels }: Dashboard): readonly Panel[] => panels.filter(({ type }) => type !== "row");
