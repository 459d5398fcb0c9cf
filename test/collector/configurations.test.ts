import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import { probeDefaults } from "@seaworthy/http";
import { root } from "../run/workspaces.ts";
import { codeIn, tablesOf } from "../structure/markdown.ts";
import {
  type Components,
  type Configuration,
  baseFile,
  bases,
  combinationsOf,
  merged,
  named,
  overlayFilesOf,
  readConfiguration,
  typeOf,
} from "./configurations.ts";

const kinds = ["receivers", "processors", "exporters", "connectors", "extensions"] as const;
const combinations = bases.flatMap(combinationsOf);
const files = bases.flatMap((base) => [baseFile(base), ...overlayFilesOf(base)]);
const textOf = (path: string): string => readFileSync(join(root, "collector", path), "utf8");

/** The modules of the components, by the one name that the Collector calls each by today. */
const modules: Readonly<Record<string, string>> = {
  "receivers otlp": "receiver/otlpreceiver",
  "processors memory_limiter": "processor/memorylimiterprocessor",
  "processors k8s_attributes": "processor/k8sattributesprocessor",
  "processors filter": "processor/filterprocessor",
  "processors redaction": "processor/redactionprocessor",
  "processors transform": "processor/transformprocessor",
  "processors tail_sampling": "processor/tailsamplingprocessor",
  "exporters debug": "exporter/debugexporter",
  "exporters otlp_grpc": "exporter/otlpexporter",
  "exporters otlp_http": "exporter/otlphttpexporter",
  "connectors forward": "connector/forwardconnector",
  "connectors span_metrics": "connector/spanmetricsconnector",
  "extensions health_check": "extension/healthcheckextension",
  "extensions file_storage": "extension/storage/filestorage",
  "extensions bearertokenauth": "extension/bearertokenauthextension",
};

/** Before what each processor stands: first what protects, then who sent it, then what is dropped, then what is masked. */
const order = ["memory_limiter", "k8s_attributes", "filter", "redaction", "transform"];

const pipelinesOf = ({ service }: Configuration) => Object.entries(service?.pipelines ?? {});

function usedBy(configuration: Configuration, kind: (typeof kinds)[number]): Set<string> {
  const { service } = configuration;
  if (kind === "extensions") return new Set(service?.extensions);
  const pipelines = Object.values(service?.pipelines ?? {});
  if (kind !== "connectors") {
    const names = pipelines.flatMap((pipeline) => pipeline[kind]);
    return new Set(names.filter((name) => !(name in (configuration.connectors ?? {}))));
  }
  const ends = pipelines.flatMap(({ receivers, exporters }) => [...receivers, ...exporters]);
  return new Set(ends.filter((name) => name in (configuration.connectors ?? {})));
}

/** A setting within a component, by its path. */
function at(components: Components | undefined, ...path: string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Components | undefined)?.[key], components);
}

for (const combination of combinations) {
  describe(named(combination), () => {
    const configuration = merged(combination);

    test("uses every component that it defines, and defines every one that it uses", () => {
      for (const kind of kinds) {
        assert.deepEqual(usedBy(configuration, kind), new Set(Object.keys(configuration[kind] ?? {})), kind);
      }
    });

    test("joins pipelines of connectors at both ends", () => {
      const pipelines = Object.values(configuration.service?.pipelines ?? {});
      for (const connector of Object.keys(configuration.connectors ?? {})) {
        assert.ok(
          pipelines.some(({ exporters }) => exporters.includes(connector)),
          connector,
        );
        assert.ok(
          pipelines.some(({ receivers }) => receivers.includes(connector)),
          connector,
        );
      }
    });

    test("limits memory before anything else, wherever data comes in", () => {
      for (const [name, { receivers, processors }] of pipelinesOf(configuration)) {
        assert.equal(processors[0] === "memory_limiter", receivers.includes("otlp"), name);
      }
    });

    test("protects, identifies, drops and masks in that order", () => {
      for (const [name, { processors }] of pipelinesOf(configuration)) {
        const places = processors.map((processor) => order.indexOf(typeOf(processor))).filter((place) => place >= 0);
        assert.deepEqual(
          places,
          places.toSorted((a, b) => a - b),
          name,
        );
      }
    });

    test("batches, queues and retries at every exporter that crosses the network", () => {
      for (const [name, exporter] of Object.entries(configuration.exporters ?? {})) {
        if (typeOf(name) === "debug") continue;
        const settings = exporter as Components;
        for (const path of [
          ["sending_queue", "queue_size"],
          ["sending_queue", "sizer"],
          ["sending_queue", "batch", "min_size"],
          ["sending_queue", "batch", "max_size"],
          ["retry_on_failure", "max_elapsed_time"],
        ]) {
          assert.notEqual(at(settings, ...path), undefined, `${name}: ${path.join(".")}`);
        }
      }
    });

    test("listens on no address that it was not told", () => {
      const text = combination.map((file) => readFileSync(file, "utf8")).join("\n");
      assert.doesNotMatch(text, /0\.0\.0\.0|\[::\]|(?:endpoint|host): ['"]?:/);
    });

    test("watches itself: health, its own metrics, its own log", () => {
      assert.ok(configuration.service?.extensions?.includes("health_check"));
      assert.ok(at(configuration.service, "telemetry", "metrics", "readers"));
    });
  });
}

describe("an overlay", () => {
  for (const base of bases) {
    for (const file of overlayFilesOf(base)) {
      test(`${named([file])} takes nothing away from ${base}`, () => {
        const extensions = readConfiguration(file).service?.extensions;
        if (extensions === undefined) return;
        const before = readConfiguration(baseFile(base)).service?.extensions ?? [];
        assert.deepEqual(extensions.slice(0, before.length), before);
      });
    }
  }
});

describe("the distribution", () => {
  const pinned = [...textOf("distribution/manifest.yaml").matchAll(/- gomod: (\S+) (v\S+)/g)].map(
    ([, module = "", version = ""]) => ({ module, version }),
  );
  const components = pinned.filter(({ module }) => !module.includes("/provider/"));

  test("holds what the configurations use, by its name of today, and nothing else", () => {
    const used = new Set<string>();
    for (const configuration of combinations.map(merged)) {
      for (const kind of kinds) {
        for (const name of Object.keys(configuration[kind] ?? {})) used.add(`${kind} ${typeOf(name)}`);
      }
    }
    assert.deepEqual([...used].toSorted(), Object.keys(modules).toSorted());
    const held = components.map(({ module }) =>
      module.replace(/^.*\/(?:collector|opentelemetry-collector-contrib)\//, ""),
    );
    assert.deepEqual(held.toSorted(), Object.values(modules).toSorted());
  });

  test("is locked to the versions of its manifest", () => {
    const locked = textOf("distribution/go.mod");
    const sums = textOf("distribution/go.sum");
    for (const { module, version } of pinned) {
      assert.ok(locked.includes(`\t${module} ${version}\n`), `${module} ${version} in go.mod`);
      assert.ok(sums.includes(`${module} ${version} h1:`), `${module} ${version} in go.sum`);
    }
  });
});

describe("the second net", () => {
  const agent = readConfiguration(baseFile("agent"));

  test("drops the paths of the probe server, and no path that only looks like one", () => {
    const [condition = ""] = at(agent.processors, "filter/probes", "trace_conditions") as string[];
    const paths = new RegExp(/IsMatch\(.*, "(.*)"\)/.exec(condition)?.[1] ?? assert.fail(condition));
    for (const path of [...Object.values(probeDefaults.paths), probeDefaults.preStopPath, "/metrics", "/readyz/ping"]) {
      assert.match(path, paths);
    }
    for (const path of ["/", "/orders/livez", "/livez-report", "/metricsville"]) assert.doesNotMatch(path, paths);
  });

  test("masks in a span's status what it masks in attributes", () => {
    const values = at(agent.processors, "redaction", "blocked_values") as string[];
    const statements = at(agent.processors, "transform/redaction", "trace_statements") as string[];
    const masked = statements.map((statement) =>
      /^replace_pattern\(span\.status\.message, (".*"), "\*{4}"\)$/.exec(statement),
    );
    assert.deepEqual(
      masked.map((match) => JSON.parse(match?.[1] ?? "null") as unknown),
      values,
    );
  });
});

describe("the size of a batch", () => {
  const [agent, twoGateways, gateway] = [
    merged([baseFile("agent")]),
    merged([baseFile("agent"), ...overlayFilesOf("agent").filter((file) => file.endsWith("-two-gateways.yaml"))]),
    merged([baseFile("gateway")]),
  ];
  const doorOf = ({ receivers }: Configuration): number => {
    const protocols = at(receivers, "otlp", "protocols") as Components;
    const [grpc, http] = [
      at(protocols, "grpc", "max_recv_msg_size_mib"),
      at(protocols, "http", "max_request_body_size"),
    ];
    assert.equal(Number(grpc) * 1024 * 1024, http);
    return Number(http);
  };
  const largestOf = ({ exporters = {} }: Configuration): number[] =>
    Object.keys(exporters).map((name) => Number(at(exporters, name, "sending_queue", "batch", "max_size")));

  test("has room for one record as large as the door, and fits through the next door", () => {
    for (const largest of [...largestOf(agent), ...largestOf(twoGateways)]) {
      assert.ok(largest > doorOf(agent), "a record has to fit with what the agent adds to it");
      assert.ok(largest < doorOf(gateway));
    }
    for (const largest of largestOf(gateway)) assert.ok(largest >= doorOf(gateway));
  });
});

describe("the gateway before Prometheus", () => {
  test("drops what is too old for it by its clock, though somebody else's is ahead as far as it may be", () => {
    const conditions = at(readConfiguration(baseFile("gateway")).processors, "filter/unusable", "metric_conditions");
    const limit =
      /datapoint\.time < Now\(\) - Duration\("(\d+)m"\) or datapoint\.time > Now\(\) \+ Duration\("(\d+)m"\)/;
    const [, behind, ahead] = limit.exec(JSON.stringify(conditions).replaceAll("\\", "")) ?? assert.fail();
    for (const file of ["prometheus.yml", "prometheus.local.yml"]) {
      const window = /out_of_order_time_window: (\d+)m$/m.exec(textOf(`prometheus/${file}`))?.[1];
      assert.equal(Number(behind) + Number(ahead), Number(window), file);
    }
  });
});

describe("the environment", () => {
  /** Each variable with its default, and the files that read it so. */
  const readers = new Map<string, Set<string>>();
  for (const file of files) {
    const text = readFileSync(file, "utf8");
    const read = [...text.matchAll(/\$\{env:(\w+)(?::-([^}]*))?\}/g), ...text.matchAll(/node_from_env_var: (\w+)/g)];
    for (const [, name = "", fallback = ""] of read) {
      const key = `${name} ${fallback}`;
      readers.set(key, (readers.get(key) ?? new Set()).add(basename(file, ".yaml")));
    }
  }
  const withMtls = files.map((file) => basename(file, ".yaml")).filter((name) => name.endsWith("-mtls"));

  test("is what the README's table says, with its readers and its defaults", () => {
    const tables = tablesOf(textOf("README.md"));
    const table = tables.find(({ header }) => header[0] === "Variable") ?? assert.fail("no table of variables");
    // The same variable may mean another amount on another tier: then it has a row for each.
    const documented = table.rows.map(([name = "", by = "", fallback = ""]) => {
      const of = by === "every overlay with mtls" ? withMtls : by.split(", ");
      return [`${codeIn(name)} ${codeIn(fallback)}`, of.toSorted()] as const;
    });
    const sorted = (rows: readonly (readonly [string, readonly string[]])[]) =>
      rows.toSorted(([one], [other]) => (one < other ? -1 : 1));
    assert.deepEqual(sorted(documented), sorted([...readers].map(([key, of]) => [key, [...of].toSorted()])));
  });
});
