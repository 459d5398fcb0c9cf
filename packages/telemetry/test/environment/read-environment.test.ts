import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { otelEnvironment } from "../../src/environment/documentation.ts";
import { readOtelEnvironment } from "../../src/environment/read-environment.ts";
import { allPipelines } from "../../src/environment/settings.ts";
import { variableCases } from "./variables.ts";

const messages = (env: Record<string, string>): string[] =>
  readOtelEnvironment(env).findings.map(({ message }) => message);

describe("every variable", () => {
  for (const { variable, of, good, bad, beside } of variableCases) {
    test(`${variable} reads what makes sense, without a word`, () => {
      const [value, reads] = good;
      const settings = readOtelEnvironment({ ...beside, [variable]: ` ${value} ` });
      assert.deepEqual(of(settings), reads);
      assert.deepEqual(settings.findings, []);
      assert.ok(settings.given.has(variable));
    });

    test(`${variable} tells of what makes none, once`, () => {
      const [value, stays] = bad;
      const settings = readOtelEnvironment({ ...beside, [variable]: value });
      assert.deepEqual(of(settings), stays);
      const told = settings.findings.filter((finding) => finding.variable === variable);
      assert.equal(told.length, 1, JSON.stringify(settings.findings));
      assert.match(told[0]?.message ?? "", new RegExp(`^${variable} .+[.?]$`, "s"));
    });

    test(`${variable} is not set when it is empty`, () => {
      const { given: _, ...empty } = readOtelEnvironment({ [variable]: "  " });
      const { given: __, ...unset } = readOtelEnvironment({});
      assert.deepEqual(empty, unset);
    });
  }

  test("is in the table, and every row of the table is tried here", () => {
    const honoured = otelEnvironment.filter(({ refused }) => !refused).map(({ variable }) => variable);
    assert.deepEqual(variableCases.map(({ variable }) => variable).toSorted(), honoured.toSorted());
  });
});

test("an empty environment has the defaults of the specification, and nothing to tell", () => {
  const { findings, given, otlp, exporters, ...settings } = readOtelEnvironment({});
  assert.deepEqual(findings, []);
  assert.equal(given.size, 0);
  assert.deepEqual(exporters, { traces: ["otlp"], metrics: ["otlp", "prometheus"], logs: ["otlp"] });
  assert.deepEqual(settings.propagators, ["tracecontext", "baggage"]);
  assert.deepEqual(settings.sampler, { name: "parentbased_always_on", ratio: 1 });
  for (const pipeline of allPipelines) {
    assert.deepEqual(otlp[pipeline], {
      protocol: "http/protobuf",
      url: `http://localhost:4318/v1/${pipeline}`,
      headers: {},
      timeoutMs: 10_000,
      compression: "none",
      insecure: false,
      caFile: undefined,
      clientCertificateFile: undefined,
      clientKeyFile: undefined,
    });
  }
});

test("what is said of one pipeline goes over what is said of all, for that one only", () => {
  const values = { PROTOCOL: "grpc", TIMEOUT: "1", COMPRESSION: "gzip", INSECURE: "true", CERTIFICATE: "/own.pem" };
  const common = {
    PROTOCOL: "http/json",
    TIMEOUT: "2",
    COMPRESSION: "none",
    INSECURE: "false",
    CERTIFICATE: "/ca.pem",
  };
  const env = Object.fromEntries([
    ...Object.entries(values).map(([name, value]) => [`OTEL_EXPORTER_OTLP_TRACES_${name}`, value]),
    ...Object.entries(common).map(([name, value]) => [`OTEL_EXPORTER_OTLP_${name}`, value]),
  ]);
  const { otlp } = readOtelEnvironment(env);
  const of = ({ protocol, timeoutMs, compression, insecure, caFile }: typeof otlp.traces): unknown[] => [
    protocol,
    timeoutMs,
    compression,
    insecure,
    caFile,
  ];
  assert.deepEqual(of(otlp.traces), ["grpc", 1, "gzip", true, "/own.pem"]);
  assert.deepEqual(of(otlp.logs), ["http/json", 2, "none", false, "/ca.pem"]);
});

describe("what is refused", () => {
  for (const { variable, refused } of otelEnvironment) {
    if (!refused) continue;
    test(`${variable} is told once, with the reason`, () => {
      const name = variable.replace("*", "ENDPOINT");
      const told = messages({ [name]: "secret" });
      assert.equal(told.length, 1);
      assert.match(told[0] ?? "", new RegExp(`^${name} is set, and not honoured\\. [A-Z/].+\\. .+\\.$`));
      assert.doesNotMatch(told[0] ?? "", /secret/);
    });
  }
});

describe("a variable that Kubernetes did not fill in", () => {
  for (const [variable, value] of [
    ["OTEL_EXPORTER_OTLP_ENDPOINT", "http://$(NODE_IP):4318"],
    ["OTEL_SERVICE_NAME", "$(APP_NAME)"],
    ["OTEL_EXPORTER_OTLP_CERTIFICATE", "/tls/$(TENANT)/ca.pem"],
  ] as const) {
    test(`does not count in ${variable}, and is told once`, () => {
      const { findings, given, ...settings } = readOtelEnvironment({ [variable]: value });
      const { findings: _, given: __, ...unset } = readOtelEnvironment({});
      assert.deepEqual(settings, unset);
      assert.equal(given.size, 0);
      assert.deepEqual(
        findings.map(({ message }) => message),
        [
          `${variable} holds a variable that was not filled in, and does not count; Kubernetes fills in $(…) only from ` +
            "variables that come earlier in the list.",
        ],
      );
    });
  }
});

describe("a name that nobody knows", () => {
  const slips: Readonly<Record<string, string>> = {
    OTEL_EXPORTER_OTLP_ENDIPONT: "OTEL_EXPORTER_OTLP_ENDPOINT",
    OTEL_SERVCE_NAME: "OTEL_SERVICE_NAME",
    OTEL_TRACE_EXPORTER: "OTEL_TRACES_EXPORTER",
    OTEL_EXPORTER_OTLP_TRACE_ENDPOINT: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    OTEL_EXPORTER_ENDPOINT: "OTEL_EXPORTER_OTLP_ENDPOINT",
    OTEL_OTLP_EXPORTER_HEADERS: "OTEL_EXPORTER_OTLP_HEADERS",
    OTEL_RESOURCE_ATTRIBUTE: "OTEL_RESOURCE_ATTRIBUTES",
    OTEL_CONFIG_FLIE: "OTEL_CONFIG_FILE",
  };
  for (const [slip, meant] of Object.entries(slips)) {
    test(`${slip} is told to be ${meant}`, () => {
      assert.deepEqual(messages({ [slip]: "x" }), [`${slip} is no variable that counts. Did you mean ${meant}?`]);
    });
  }

  test("is told when only its letters are small", () => {
    const told = ["otel_service_name is no variable that counts. Did you mean OTEL_SERVICE_NAME?"];
    assert.deepEqual(messages({ otel_service_name: "orders" }), told);
    assert.deepEqual(messages({ otel_service_name: "orders", OTEL_SERVICE_NAME: "orders" }), []);
  });

  test("is left alone when it belongs to others", () => {
    const others = {
      OTEL_PYTHON_LOG_LEVEL: "info",
      OTEL_JAVAAGENT_ENABLED: "true",
      OTEL_DOTNET_AUTO_HOME: "/otel",
      OTEL_GO_AUTO_TARGET_EXE: "/app",
      OTEL_RESOURCE_ATTRIBUTES_POD_NAME: "orders-0",
      OTEL_RESOURCE_ATTRIBUTES_NODE_NAME: "node-1",
      OTEL_INSTRUMENTATION_KAFKA_ENABLED: "true",
      OTEL_POD_IP: "10.0.0.1",
      OTEL_OF_OUR_OWN: "1",
      ANOTEL_SERVCE_NAME: "x",
      PATH: "/bin",
    };
    assert.deepEqual(messages(others), []);
  });

  test("is left alone when Kubernetes set it for a Service", () => {
    const links = {
      OTEL_SERVICE_HOST: "10.0.0.7",
      OTEL_SERVICE_PORT: "4318",
      OTEL_SERVICE_PORT_GRPC: "4317",
      OTEL_PORT: "tcp://10.0.0.7:4318",
      OTEL_PORT_4318_TCP_ADDR: "10.0.0.7",
      OTEL_COLLECTOR_SERVICE_HOST: "10.0.0.8",
      OTEL_EXPORTER_PROMETHEUS_PORT: "tcp://10.0.0.9:9464",
    };
    assert.deepEqual(messages(links), []);
  });
});

describe("names of values", () => {
  test("an unknown one is told the nearest", () => {
    assert.deepEqual(messages({ OTEL_PROPAGATORS: "tracecontex" }), [
      'OTEL_PROPAGATORS names "tracecontex", which nobody knows. Did you mean "tracecontext"?',
    ]);
  });

  test("one that is refused is told why", () => {
    assert.match(messages({ OTEL_TRACES_EXPORTER: "prometheus" })[0] ?? "", /it takes metrics only/);
    assert.match(messages({ OTEL_TRACES_SAMPLER: "xray" })[0] ?? "", /asks a server/);
  });

  test("none counts alone", () => {
    assert.deepEqual(readOtelEnvironment({ OTEL_PROPAGATORS: "b3,none" }).propagators, ["none"]);
  });

  test("one bad name in a list costs itself only", () => {
    assert.deepEqual(readOtelEnvironment({ OTEL_PROPAGATORS: "b3,jaeger,baggage" }).propagators, ["b3", "baggage"]);
  });
});

describe("what depends on each other", () => {
  test("a ratio without a sampler that goes by it is told", () => {
    assert.match(messages({ OTEL_TRACES_SAMPLER_ARG: "0.1" }).join(), /^OTEL_TRACES_SAMPLER_ARG has no say/);
  });

  test("a sampler that goes by a ratio is told when it has none", () => {
    assert.match(messages({ OTEL_TRACES_SAMPLER: "traceidratio" }).join(), /^OTEL_TRACES_SAMPLER .* keeps everything/);
  });

  test("a percentage is told the ratio that it is", () => {
    const env = { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "2.5%" };
    assert.match(messages(env)[0] ?? "", /for 2\.5 percent write 0\.025/);
  });

  test("a push that may take longer than the interval is cut to it, silently when nobody asked", () => {
    const settings = readOtelEnvironment({ OTEL_METRIC_EXPORT_INTERVAL: "5000" });
    assert.deepEqual([settings.metrics.timeoutMs, settings.findings], [5_000, []]);
  });

  test("a batch that is more than the queue is cut to it, silently when nobody asked", () => {
    const small = readOtelEnvironment({ OTEL_BSP_MAX_QUEUE_SIZE: "100" });
    assert.deepEqual([small.batch.spans.maxExportBatchSize, small.findings], [100, []]);
    const asked = { OTEL_BSP_MAX_QUEUE_SIZE: "100", OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "200" };
    assert.match(messages(asked).join(), /^OTEL_BSP_MAX_EXPORT_BATCH_SIZE is more than the queue holds, 100/);
  });

  test("a client's certificate does not count without its key", () => {
    const settings = readOtelEnvironment({ OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: "/tls/client.pem" });
    assert.equal(settings.otlp.traces.clientCertificateFile, undefined);
    assert.deepEqual(
      settings.findings.map(({ message }) => message),
      [
        "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE stands alone, and does not count; set OTEL_EXPORTER_OTLP_CLIENT_KEY, too.",
      ],
    );
  });

  test("INSECURE has no say over HTTP, nor beside https", () => {
    const secure = { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc", OTEL_EXPORTER_OTLP_ENDPOINT: "https://collector:4317" };
    assert.match(messages({ OTEL_EXPORTER_OTLP_INSECURE: "true" }).join(), /no say over HTTP/);
    assert.match(messages({ ...secure, OTEL_EXPORTER_OTLP_INSECURE: "true" }).join(), /no say beside/);
  });

  test("PEM files have no say beside http, which whoever gives them should know", () => {
    const plain = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318", OTEL_EXPORTER_OTLP_CERTIFICATE: "/ca.pem" };
    assert.deepEqual(messages(plain), [
      "OTEL_EXPORTER_OTLP_CERTIFICATE has no say beside an endpoint with http://, to which all is sent in plain text; " +
        "write https://, or unset it.",
    ]);
    const client = {
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://collector:4318/v1/logs",
      OTEL_EXPORTER_OTLP_LOGS_CLIENT_CERTIFICATE: "/client.pem",
      OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY: "/client.key",
    };
    assert.match(messages(client).join("\n"), /^OTEL_EXPORTER_OTLP_LOGS_CLIENT_CERTIFICATE has no say beside/);
    const grpc = { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc", OTEL_EXPORTER_OTLP_CERTIFICATE: "/ca.pem" };
    assert.deepEqual(messages({ ...grpc, OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4317" }), []);
    assert.deepEqual(messages({ ...plain, OTEL_EXPORTER_OTLP_ENDPOINT: "https://collector:4318" }), []);
    assert.deepEqual(messages({ OTEL_EXPORTER_OTLP_CERTIFICATE: "/ca.pem" }), []);
  });

  test("a quoted value is read without its quotes, and told", () => {
    const settings = readOtelEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: "'http://collector:4318'" });
    assert.equal(settings.otlp.logs.url, "http://collector:4318/v1/logs");
    assert.match(settings.findings[0]?.message ?? "", /quotes/);
  });
});

test("no secret shows in what is told, whatever is wrong with it", () => {
  const secret = "s3cr3t";
  const values = [
    secret,
    `Bearer ${secret}`,
    `authorization: ${secret}`,
    `authorization=Bearer ${secret}%`,
    `authorization=${secret}\r\nx`,
    `authorization=a,${secret}`,
    `${secret}%=1`,
    `"${secret}=1`,
    `http://user:${secret}@collector:4317`,
    `${secret}://collector`,
    `https://collector:4317/v1/logs?key=${secret}`,
  ];
  for (const value of values) {
    for (const name of ["HEADERS", "TRACES_HEADERS", "ENDPOINT", "LOGS_ENDPOINT"]) {
      for (const OTEL_EXPORTER_OTLP_PROTOCOL of ["grpc", "http/protobuf"]) {
        const told = messages({ [`OTEL_EXPORTER_OTLP_${name}`]: value, OTEL_EXPORTER_OTLP_PROTOCOL });
        assert.doesNotMatch(told.join(), /s3cr3t/i, `${name}=${value}`);
      }
    }
    assert.doesNotMatch(messages({ OTEL_RESOURCE_ATTRIBUTES: `a=${value},b=c%` }).join(), /s3cr3t/i, value);
  }
});

test("whatever the environment holds, reading it does not throw", () => {
  const odd = ["", "%", "=", ",", "=,=", "\u0000", "💥", "a".repeat(10_000), "%E0%A4%A", "-", "1e999", "http://", "{}"];
  for (const { variable } of variableCases) {
    for (const value of odd) assert.doesNotThrow(() => readOtelEnvironment({ [variable]: value }));
  }
});
