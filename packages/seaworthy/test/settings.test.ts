import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SeaworthyError } from "@seaworthy/lifecycle";
import { type StartOptions, seaworthyDefaults } from "../src/options.ts";
import { seaworthyEnvironment, withEnvironment } from "../src/settings.ts";

/** For each option: its variable, a text, and what the text means. */
const readings: readonly [option: string, variable: string, text: string, options: StartOptions][] = [
  // That it does is seen of a whole service.
  ["name", "OTEL_SERVICE_NAME", "orders", {}],
  ["gracePeriodMs", "SEAWORTHY_GRACE_PERIOD_SECONDS", "45", { gracePeriodMs: 45_000 }],
  ["exitReserveMs", "SEAWORTHY_EXIT_RESERVE_MS", "500", { exitReserveMs: 500 }],
  ["stopTailMs", "SEAWORTHY_STOP_TAIL_MS", "0", { stopTailMs: 0 }],
  ["fatalBudgetMs", "SEAWORTHY_FATAL_BUDGET_MS", "2500", { fatalBudgetMs: 2_500 }],
  ["drainWindow.minMs", "SEAWORTHY_DRAIN_WINDOW_MIN_MS", "100", { drainWindow: { minMs: 100 } }],
  ["drainWindow.maxMs", "SEAWORTHY_DRAIN_WINDOW_MAX_MS", "9000", { drainWindow: { maxMs: 9_000 } }],
  ["drainWindow.quietMs", "SEAWORTHY_DRAIN_WINDOW_QUIET_MS", "12.5", { drainWindow: { quietMs: 12.5 } }],
  ["lingerMs", "SEAWORTHY_LINGER_MS", "250", { lingerMs: 250 }],
  ["osSignals", "SEAWORTHY_OS_SIGNALS", "SIGTERM, SIGHUP", { osSignals: ["SIGTERM", "SIGHUP"] }],
  ["fatalErrors", "SEAWORTHY_FATAL_ERRORS", "false", { fatalErrors: false }],
  ["probePort", "SEAWORTHY_PROBE_PORT", "9000", { probePort: 9_000 }],
  ["probeHost", "SEAWORTHY_PROBE_HOST", "127.0.0.1", { probeHost: "127.0.0.1" }],
  ["probePaths.startup", "SEAWORTHY_STARTUP_PATH", "/up", { probePaths: { startup: "/up" } }],
  ["probePaths.liveness", "SEAWORTHY_LIVENESS_PATH", "/health/live", { probePaths: { liveness: "/health/live" } }],
  ["probePaths.readiness", "SEAWORTHY_READINESS_PATH", "/ready", { probePaths: { readiness: "/ready" } }],
  ["showReasons", "SEAWORTHY_SHOW_REASONS", "true", { showReasons: true }],
  ["longLivedMs", "SEAWORTHY_LONG_LIVED_MS", "250", { longLivedMs: 250 }],
  ["preStop.stopWithinMs", "SEAWORTHY_PRESTOP_STOP_WITHIN_MS", "500", { preStop: { stopWithinMs: 500 } }],
  ["preStop.withoutStop", "SEAWORTHY_PRESTOP_WITHOUT_STOP", "stay", { preStop: { withoutStop: "stay" } }],
  ["probeThread", "SEAWORTHY_PROBE_THREAD", "false", { probeThread: false }],
  ["stallLimitMs", "SEAWORTHY_STALL_LIMIT_MS", "5000", { stallLimitMs: 5_000 }],
  ["readinessStallLimitMs", "SEAWORTHY_READINESS_STALL_LIMIT_MS", "4500", { readinessStallLimitMs: 4_500 }],
  ["preStopPath", "SEAWORTHY_PRESTOP_PATH", "/leave", { preStopPath: "/leave" }],
  ["preStopToken", "SEAWORTHY_PRESTOP_TOKEN", "0123456789abcdef", { preStopToken: "0123456789abcdef" }],
  ["onPortInUse", "SEAWORTHY_ON_PORT_IN_USE", "fallback", { onPortInUse: "fallback" }],
  ["readinessWhileDraining", "SEAWORTHY_READINESS_WHILE_DRAINING", "pass", { readinessWhileDraining: "pass" }],
  ["startedWhen", "SEAWORTHY_STARTED_WHEN", "listening", { startedWhen: "listening" }],
  ["telemetry", "SEAWORTHY_TELEMETRY", "false", { telemetry: false }],
  ["log", "SEAWORTHY_LOG", "text", { log: "text" }],
];

const nonsense: Readonly<Record<string, readonly string[]>> = {
  SEAWORTHY_GRACE_PERIOD_SECONDS: ["30s", "-1", "0", "1e3", "0x10", "Infinity", "NaN", "1,5", "half a minute"],
  SEAWORTHY_EXIT_RESERVE_MS: ["-1", "1s", "true"],
  SEAWORTHY_STOP_TAIL_MS: ["-1", "1s", "true"],
  SEAWORTHY_FATAL_BUDGET_MS: ["-1", "1s", "true"],
  SEAWORTHY_DRAIN_WINDOW_MIN_MS: ["-1", "1s", "true"],
  SEAWORTHY_DRAIN_WINDOW_MAX_MS: ["-1", "1s", "true"],
  SEAWORTHY_DRAIN_WINDOW_QUIET_MS: ["-1", "1s", "true"],
  SEAWORTHY_LINGER_MS: ["-1", "1s", "true"],
  SEAWORTHY_FATAL_ERRORS: ["1", "0", "yes", "TRUE", "off"],
  SEAWORTHY_PROBE_PORT: ["65536", "-1", "80.5", "http", "false", "0x50", "1e3", "9464/tcp"],
  SEAWORTHY_STARTUP_PATH: ["startupz", "/", "/startupz/", "http://localhost/startupz"],
  SEAWORTHY_LIVENESS_PATH: ["livez", "/"],
  SEAWORTHY_READINESS_PATH: ["readyz", "/"],
  SEAWORTHY_SHOW_REASONS: ["1", "no"],
  SEAWORTHY_ON_PORT_IN_USE: ["ignore", "FAIL"],
  SEAWORTHY_READINESS_WHILE_DRAINING: ["200", "ready"],
  SEAWORTHY_STARTED_WHEN: ["now", "true"],
  SEAWORTHY_TELEMETRY: ["off", "0", "otlp"],
  SEAWORTHY_LOG: ["pino", "false", "stdout", "JSON"],
};

const refused = (environment: NodeJS.ProcessEnv, expected: string, got: string): void => {
  assert.throws(
    () => withEnvironment({}, environment),
    (error: unknown) => {
      assert.ok(error instanceof SeaworthyError, String(error));
      assert.equal(error.code, "ERR_SEAWORTHY_ENVIRONMENT");
      assert.ok(error.message.startsWith(`Expected ${expected}`), error.message);
      assert.ok(error.message.includes(`, got ${got}. `), error.message);
      return true;
    },
  );
};

describe("a variable", () => {
  for (const [option, variable, text, options] of readings) {
    test(`${variable} sets ${option}`, () => {
      assert.deepEqual(withEnvironment({}, { [variable]: text }), options);
      assert.equal(seaworthyEnvironment[option], variable);
    });
  }

  test("off turns the probe server and the log off", () => {
    assert.deepEqual(withEnvironment({}, { SEAWORTHY_PROBE_PORT: "off", SEAWORTHY_LOG: "off" }), {
      probePort: false,
      log: false,
    });
  });

  test("port 0 is a port", () => {
    assert.deepEqual(withEnvironment({}, { SEAWORTHY_PROBE_PORT: "0" }), { probePort: 0 });
  });

  test("spaces around a text are not part of it", () => {
    assert.deepEqual(withEnvironment({}, { SEAWORTHY_LOG: " json\n", SEAWORTHY_GRACE_PERIOD_SECONDS: "\t5 " }), {
      log: "json",
      gracePeriodMs: 5_000,
    });
  });

  test("empty or blank means unset", () => {
    const variables = readings.map(([, variable]) => variable);
    for (const blank of ["", " ", "\n"]) {
      assert.deepEqual(withEnvironment({}, Object.fromEntries(variables.map((variable) => [variable, blank]))), {});
    }
    assert.deepEqual(withEnvironment({}, { SEAWORTHY_LOG: undefined }), {});
  });

  for (const [variable, texts] of Object.entries(nonsense)) {
    test(`${variable} is refused when it makes no sense, with what it got`, () => {
      for (const text of texts) refused({ [variable]: text }, `${variable} to be `, `${JSON.stringify(text)} (string)`);
    });
  }
});

describe("code", () => {
  test("wins over the environment, option by option", () => {
    const environment = { SEAWORTHY_LOG: "text", SEAWORTHY_LINGER_MS: "1", SEAWORTHY_PROBE_PORT: "1" };
    assert.deepEqual(withEnvironment({ log: "json", probePort: false }, environment), {
      log: "json",
      lingerMs: 1,
      probePort: false,
    });
  });

  test("wins part by part where an option has parts", () => {
    const environment = {
      SEAWORTHY_DRAIN_WINDOW_MIN_MS: "1",
      SEAWORTHY_DRAIN_WINDOW_MAX_MS: "2",
      SEAWORTHY_LIVENESS_PATH: "/live",
    };
    assert.deepEqual(withEnvironment({ drainWindow: { maxMs: 3 }, probePaths: { readiness: "/ready" } }, environment), {
      drainWindow: { minMs: 1, maxMs: 3 },
      probePaths: { liveness: "/live", readiness: "/ready" },
    });
  });

  test("says nothing with undefined, at any depth", () => {
    const options = { log: undefined, drainWindow: { minMs: undefined, maxMs: 3 } } as unknown as StartOptions;
    assert.deepEqual(withEnvironment(options, { SEAWORTHY_LOG: "json", SEAWORTHY_DRAIN_WINDOW_MIN_MS: "1" }), {
      log: "json",
      drainWindow: { minMs: 1, maxMs: 3 },
    });
  });

  test("keeps its own objects as they were", () => {
    const options = { drainWindow: Object.freeze({ maxMs: 3 }) };
    withEnvironment(Object.freeze(options), { SEAWORTHY_DRAIN_WINDOW_MIN_MS: "1" });
    assert.deepEqual(options, { drainWindow: { maxMs: 3 } });
  });
});

describe("a name that begins with SEAWORTHY_ and is none of ours", () => {
  test("is refused with the nearest one that is", () => {
    const slips = {
      SEAWORTHY_PROBE_PRT: "SEAWORTHY_PROBE_PORT",
      SEAWORTHY_GRACE_PERIOD_MS: "SEAWORTHY_GRACE_PERIOD_SECONDS",
      SEAWORTHY_SIGNALS: "SEAWORTHY_OS_SIGNALS",
      SEAWORTHY_DRAIN_WINDOW: "SEAWORTHY_DRAIN_WINDOW_MIN_MS",
    };
    for (const [slip, meant] of Object.entries(slips)) {
      refused({ [slip]: "1" }, "a variable that begins with SEAWORTHY_ to be one of ours", slip);
      assert.throws(() => withEnvironment({}, { [slip]: "1" }), new RegExp(`Did you mean ${meant}\\?`));
    }
  });

  test("is nobody's business when it is empty, or another program's", () => {
    const environment = { SEAWORTHY_PROBE_PRT: "", SEAWORTH_PROBE_PORT: "1", seaworthy_probe_port: "1", PATH: "/" };
    assert.deepEqual(withEnvironment({}, environment), {});
  });

  test("is tolerated when Kubernetes sets it for a Service called seaworthy, or seaworthy-anything", () => {
    const forService = (prefix: string): Record<string, string> => ({
      [`${prefix}_SERVICE_HOST`]: "10.0.0.1",
      [`${prefix}_SERVICE_PORT`]: "80",
      [`${prefix}_SERVICE_PORT_HTTP_ALT`]: "80",
      [`${prefix}_PORT`]: "tcp://10.0.0.1:80",
      [`${prefix}_PORT_80_TCP`]: "tcp://10.0.0.1:80",
      [`${prefix}_PORT_80_TCP_PROTO`]: "tcp",
      [`${prefix}_PORT_80_TCP_PORT`]: "80",
      [`${prefix}_PORT_80_TCP_ADDR`]: "10.0.0.1",
      [`${prefix}_PORT_53_UDP_ADDR`]: "10.0.0.1",
      [`${prefix}_PORT_9_SCTP_ADDR`]: "10.0.0.1",
    });
    for (const prefix of ["SEAWORTHY", "SEAWORTHY_API", "SEAWORTHY_PROBE"]) {
      assert.deepEqual(withEnvironment({}, forService(prefix)), {}, prefix);
    }
  });

  test("is refused although it looks like such a one and is not", () => {
    refused({ SEAWORTHY_API_PORT: "80" }, "a variable that begins with SEAWORTHY_", "SEAWORTHY_API_PORT");
  });
});

test("every option has a variable, and no other option is in the table", () => {
  const paths = Object.entries(seaworthyDefaults).flatMap(([option, value]: [string, unknown]) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.keys(value).map((part) => `${option}.${part}`)
      : [option],
  );
  assert.deepEqual(Object.keys(seaworthyEnvironment).toSorted(), paths.toSorted());
  assert.deepEqual(readings.map(([option]) => option).toSorted(), paths.toSorted());
});

test("no two options have the same variable", () => {
  const variables = Object.values(seaworthyEnvironment);
  assert.equal(new Set(variables).size, variables.length);
});

test("every variable of ours begins with SEAWORTHY_; the name is the one that OpenTelemetry has", () => {
  const foreign = Object.values(seaworthyEnvironment).filter((variable) => !variable.startsWith("SEAWORTHY_"));
  assert.deepEqual(foreign, ["OTEL_SERVICE_NAME"]);
});
