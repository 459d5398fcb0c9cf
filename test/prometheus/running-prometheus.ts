import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { type Program, prometheus as find } from "../../collector/prometheus/programs.ts";
import { ask } from "../harness/ask.ts";
import { startProcess } from "../harness/process.ts";
import type { Scope } from "../harness/scope.ts";
import { folder, pathOf, ruleFiles } from "./rules.ts";

/** Prometheus, or why it is not there. */
export const prometheus: Program = find();

/** Whether it takes OTLP. */
export const takesOtlp: boolean = "version" in prometheus && !prometheus.version.startsWith("2.");

/** What is scraped, and by which labels it is known. */
export interface Target {
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A series at this instant. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A target, after relabelling. */
export interface ActiveTarget {
  /** The name of its job in the configuration: its label may be another. */
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** An alert at this instant. */
export interface ActiveAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: "pending" | "firing";
}

export interface RunningPrometheus {
  readonly url: string;
  query(expr: string): Promise<readonly Sample[]>;
  alerts(): Promise<readonly ActiveAlert[]>;
  /** Whom it scrapes. */
  targets(): Promise<readonly ActiveTarget[]>;
  /** The rules that could not be evaluated, with why. */
  failedRules(): Promise<readonly string[]>;
  /** Asks again until something is found, or fails with what was waited for when the signal aborts. */
  until<Found>(what: string, signal: AbortSignal, look: () => Promise<Found | undefined | false>): Promise<Found>;
}

interface Config {
  readonly scrape_configs: readonly { readonly job_name: string }[];
  readonly [key: string]: unknown;
}

/**
 * Starts Prometheus on a free port of 127.0.0.1, with `prometheus.local.yml` and the rules as they are, but for what would
 * keep a test waiting:
 *
 * - it scrapes every three seconds and evaluates every second;
 * - its targets are those that are given;
 * - the `for` of each alert is a sixtieth of what it is, so that minutes are seconds;
 * - where a rule goes by the time between evaluations, a second stands for half a minute. Nothing else of it is touched.
 *
 * One that takes no OTLP is started without the parts of the configuration that say how.
 */
export const startPrometheus = (t: Scope, targets: readonly Target[]): Promise<RunningPrometheus> =>
  startWith(t, overlay(targets));

/** Starts Prometheus with a configuration, and with the rules as {@link startPrometheus} has them. */
export async function startWith(t: Scope, configuration: unknown): Promise<RunningPrometheus> {
  if ("missing" in prometheus) throw new Error(`Expected Prometheus, got none: ${prometheus.missing}.`);
  const scratch = mkdtempSync(join(tmpdir(), "seaworthy-prometheus-"));
  t.after(() => rmSync(scratch, { recursive: true, force: true }));
  const config = join(scratch, "prometheus.yml");
  writeFileSync(config, JSON.stringify(configuration));
  mkdirSync(join(scratch, "rules"));
  for (const file of ruleFiles) writeFileSync(join(scratch, "rules", `${file}.yml`), sooner(pathOf(file)));

  const flags = [
    `--config.file=${config}`,
    "--web.listen-address=127.0.0.1:0",
    `--storage.tsdb.path=${join(scratch, "data")}`,
    ...(takesOtlp ? ["--web.enable-otlp-receiver", "--enable-feature=created-timestamp-zero-ingestion"] : []),
  ];
  const running = startProcess(t, new URL(import.meta.url), { command: [prometheus.path, ...flags] });
  const [, address] = await running.until(/Listening on.*?(127\.0\.0\.1:\d+)/);
  await running.until(/Server is ready to receive web requests/);
  const url = `http://${address}`;

  const get = async <Data>(path: string): Promise<Data> => {
    const { status, body } = await ask(`${url}/api/v1/${path}`);
    if (status !== 200) throw new Error(`Expected 200 from ${path}, got ${status}: ${body}`);
    return (JSON.parse(body) as { data: Data }).data;
  };
  return {
    url,
    async query(expr) {
      type Result = { result: { metric: Record<string, string>; value: [number, string] }[] };
      const { result } = await get<Result>(`query?query=${encodeURIComponent(expr)}`);
      return result.map(({ metric, value: [, value] }) => ({ metric, value: Number(value) }));
    },
    alerts: async () => (await get<{ alerts: ActiveAlert[] }>("alerts")).alerts,
    targets: async () => (await get<{ activeTargets: ActiveTarget[] }>("targets?state=active")).activeTargets,
    async failedRules() {
      type Rules = { groups: { rules: { name: string; lastError?: string }[] }[] };
      const { groups } = await get<Rules>("rules");
      return groups.flatMap(({ rules }) =>
        rules.flatMap((rule) => (rule.lastError ? `${rule.name}: ${rule.lastError}` : [])),
      );
    },
    async until(what, signal, look) {
      while (!signal.aborted) {
        const found = await look();
        if (found !== undefined && found !== false) return found;
        await sleep(250);
      }
      throw new Error(`Expected ${what}, got none of it.`);
    },
  };
}

function overlay(targets: readonly Target[]): unknown {
  const { otlp, storage, ...rest } = parse(readFileSync(join(folder, "prometheus.local.yml"), "utf8")) as Config;
  return {
    ...rest,
    ...(takesOtlp && { otlp, storage }),
    global: { scrape_interval: "3s", scrape_timeout: "3s", evaluation_interval: "1s" },
    scrape_configs: rest.scrape_configs
      .filter(({ job_name }) => job_name === "seaworthy")
      .map((job) => ({
        ...job,
        static_configs: targets.map(({ address, labels }) => ({ targets: [address], labels })),
      })),
  };
}

const sixtieth = { m: "s", h: "m" } as const;

const sooner = (path: string): string =>
  readFileSync(path, "utf8")
    .replaceAll(
      /^( +for: \d+)(m|h)$/gm,
      (_, before: string, unit: keyof typeof sixtieth) => `${before}${sixtieth[unit]}`,
    )
    .replaceAll(":30s]) * 30", ":1s]) * 1")
    .replaceAll("offset 1m", "offset 2s");
