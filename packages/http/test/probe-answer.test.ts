import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HealthSnapshot } from "@seaworthy/health";
import { type ProbeAnswer, answerRequest } from "../src/probe-answer.ts";
import { type ProbeOptions, resolveProbeOptions } from "../src/probe-options.ts";

type Check = HealthSnapshot["checks"][number];

const check = (name: string, told: Partial<Check> = {}): Check => ({
  name,
  gates: ["readiness"],
  status: "pass",
  everPassed: true,
  stale: false,
  inLivenessGrace: false,
  intervalMs: 5_000,
  ...told,
});

const failing = (name: string, told: Partial<Check> = {}): Check =>
  check(name, { status: "fail", reason: "connection refused", ...told });

interface Asked {
  readonly method?: string;
  readonly accept?: string;
  readonly checks?: readonly Check[];
  readonly service?: Partial<HealthSnapshot>;
  readonly options?: ProbeOptions;
}

function answer(url: string | undefined, asked: Asked = {}): ProbeAnswer | undefined {
  const { method = "GET", accept, checks = [], service, options } = asked;
  const snapshot: HealthSnapshot = {
    phase: "started",
    leaving: false,
    windowOver: false,
    readinessWhileDraining: "fail",
    startupPending: [],
    checks,
    ...service,
  };
  return answerRequest({ method, url, headers: { accept } }, () => snapshot, resolveProbeOptions(options));
}

function answered(url: string, asked?: Asked): ProbeAnswer {
  const given = answer(url, asked);
  assert.ok(given, `${url} asks for no probe`);
  return given;
}

const statusOf = (url: string, asked?: Asked): number | undefined => answer(url, asked)?.status;

describe("what asks for a probe", () => {
  for (const url of [
    "/readyz",
    "/readyz/",
    "/readyz//",
    "/readyz?",
    "/readyz?verbose",
    "/readyz/?verbose&exclude=db",
    "/readyz?a=b?c=d",
    "/readyz/ping",
    "/livez",
    "/startupz",
  ]) {
    test(`${url} does, and is never sent elsewhere`, () => {
      const { status, headers } = answered(url);
      assert.equal(status, 200);
      assert.equal("location" in headers, false);
    });
  }

  for (const url of [
    undefined,
    "",
    "/",
    "*",
    "//",
    "/ready",
    "/readyzz",
    "/readyz2",
    "//readyz",
    "/x/readyz",
    "readyz",
  ]) {
    test(`${url ?? "nothing"} does not, whatever the method`, () => {
      for (const method of ["GET", "POST"]) assert.equal(answer(url, { method }), undefined);
    });
  }

  test("thousands of slashes are read as fast as a few", () => {
    const near = `${"/".repeat(100_000)}x`;
    const startedAt = process.cpuUsage();
    assert.equal(answer(near), undefined);
    assert.equal(statusOf(`/readyz${"/".repeat(100_000)}`), 200);
    assert.equal(statusOf(`/readyz${near}`), 404);
    assert.ok(process.cpuUsage(startedAt).user < 1_000_000, "a second of CPU");
  });
});

describe("custom paths", () => {
  test("take the place of the usual ones", () => {
    const options = { paths: { readiness: "/health/ready" } };
    assert.equal(statusOf("/health/ready", { options }), 200);
    assert.equal(statusOf("/health/ready/ping", { options }), 200);
    assert.equal(answer("/readyz", { options }), undefined);
    assert.equal(statusOf("/livez", { options }), 200);
  });

  test("may lie below one another", () => {
    const options = { paths: { startup: "/health", liveness: "/health/live", readiness: "/health/live/ready" } };
    const probeOf = (url: string): string | undefined => answer(url, { options })?.result?.probe;
    assert.equal(probeOf("/health"), "startup");
    assert.equal(probeOf("/health/ping"), "startup");
    assert.equal(probeOf("/health/live"), "liveness");
    assert.equal(probeOf("/health/live/"), "liveness");
    assert.equal(probeOf("/health/live/ping"), "liveness");
    assert.equal(probeOf("/health/live/ready"), "readiness");
    assert.equal(probeOf("/health/live/ready/ping"), "readiness");
    assert.equal(statusOf("/health/lively", { options }), 404);
  });
});

describe("methods", () => {
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "get", ""]) {
    test(`"${method}" is answered with 405 and what is allowed`, () => {
      for (const url of ["/readyz", "/readyz/ping", "/readyz/nosuch"]) {
        const { status, headers, result } = answered(url, { method });
        assert.equal(status, 405);
        assert.equal(headers["allow"], "GET, HEAD");
        assert.equal(headers["cache-control"], "no-store");
        assert.equal(result, undefined);
      }
    });
  }

  test("HEAD is answered as GET is", () => {
    for (const url of ["/readyz", "/readyz/ping", "/readyz/nosuch"]) {
      assert.deepEqual(answered(url, { method: "HEAD" }), answered(url));
    }
  });
});

describe("a whole probe", () => {
  test("is 200 when it passes and 503 when it fails", () => {
    assert.equal(statusOf("/readyz"), 200);
    assert.equal(statusOf("/readyz", { checks: [failing("db")] }), 503);
    assert.equal(statusOf("/livez", { checks: [failing("db")] }), 200);
    assert.equal(statusOf("/startupz", { service: { phase: "starting" } }), 503);
  });

  test("is 200 when a check is degraded", () => {
    for (const accept of ["text/plain", "application/json", "application/health+json"]) {
      assert.equal(statusOf("/readyz", { accept, checks: [failing("cache", { gates: ["none"] })] }), 200);
    }
  });

  test("has headers that keep it out of caches and describe its body", () => {
    for (const [accept, type] of [
      ["text/plain", "text/plain; charset=utf-8"],
      ["application/json", "application/json"],
      ["application/health+json", "application/health+json"],
    ] as const) {
      const { headers, body } = answered("/readyz?verbose", { accept, checks: [failing("bäckend")] });
      assert.deepEqual(headers, {
        "content-type": type,
        "content-length": String(Buffer.byteLength(body)),
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        vary: "accept",
        "retry-after": "5",
      });
    }
  });

  test("is verbose when asked to be, with whatever value", () => {
    assert.equal(answered("/readyz").body, "ok");
    for (const query of ["verbose", "verbose=", "verbose=1", "a=b&verbose"]) {
      assert.match(answered(`/readyz?${query}`).body, /^\[\+\]ping ok\n/);
    }
  });

  test("leaves out the checks that are excluded, and warns of those it does not know", () => {
    const checks = [failing("db"), failing("disk /var")];
    const { status, body } = answered("/readyz?exclude=db&exclude=disk%20/var&exclude=nosuch&verbose", { checks });
    assert.equal(status, 200);
    assert.match(body, /^\[\+\]db excluded: ok$/m);
    assert.match(body, /^\[\+\]disk \/var excluded: ok$/m);
    assert.match(body, /^warn: .* no matches for "nosuch"$/m);
    assert.equal(statusOf("/readyz?exclude=db", { checks }), 503);
  });

  test("stands any query", () => {
    for (const query of ["%", "%zz", "exclude=%", "exclude", "exclude=", "&&&", "exclude[]=db", "__proto__=1"]) {
      assert.equal(statusOf(`/readyz?${query}`), 200);
    }
    assert.equal(statusOf(`/readyz?${"exclude=x&".repeat(10_000)}`), 200);
  });

  test("stands any Accept", () => {
    for (const accept of ["constructor", "__proto__", "toString", "x".repeat(100_000), ",".repeat(10_000)]) {
      assert.equal(statusOf("/readyz", { accept }), 200);
    }
  });

  test("shows reasons only where it is told to", () => {
    for (const accept of ["text/plain", "application/json", "application/health+json"]) {
      const asked = { accept, checks: [failing("db"), failing("cache", { gates: ["none"] })] };
      assert.doesNotMatch(answered("/readyz?verbose", asked).body, /connection refused/);
      assert.match(
        answered("/readyz?verbose", { ...asked, options: { showReasons: true } }).body,
        /connection refused/,
      );
    }
  });
});

describe("one check", () => {
  const checks = [
    check("cache"),
    failing("db"),
    failing("disk /var"),
    failing("http://x:80/y"),
    failing("logs", { gates: ["none"] }),
  ];

  test("is answered alone", () => {
    assert.equal(statusOf("/readyz/ping", { checks }), 200);
    assert.equal(statusOf("/readyz/phase", { checks }), 200);
    assert.equal(statusOf("/readyz/cache", { checks }), 200);
    assert.equal(statusOf("/readyz/db", { checks }), 503);
    assert.equal(answered("/readyz/cache", { checks }).body, "ok");
    assert.equal(answered("/readyz/db", { checks }).body, "[-]db failed: reason withheld\nreadyz check failed\n");
  });

  test("is 200 when it is degraded", () => {
    assert.equal(statusOf("/readyz/logs", { checks }), 200);
  });

  test("is found by a name that is percent-encoded, or holds a slash", () => {
    for (const name of ["disk%20/var", "disk%20%2Fvar", "http:%2F%2Fx:80%2Fy", "http://x:80/y", "d%62"]) {
      assert.equal(statusOf(`/readyz/${name}`, { checks }), 503);
    }
  });

  test("is not found by a name that it has not, or that is no encoding of one", () => {
    for (const name of ["nosuch", "DB", "db/x", "%", "%zz", "%E0%A4%A", "__proto__", "constructor", "a%00b"]) {
      const { status, headers, body } = answered(`/readyz/${name}`, { checks });
      assert.equal(status, 404);
      assert.equal(headers["cache-control"], "no-store");
      assert.doesNotMatch(body, /[%<]|proto|DB/, "what was asked for does not come back");
    }
  });

  test("is not found among those of another probe", () => {
    assert.equal(statusOf("/livez/db", { checks }), 404);
  });

  test("can be a startup task", () => {
    const service = { startupPending: ["db", "warm up"] };
    assert.equal(statusOf("/readyz/startup/db", { checks, service }), 503);
    assert.equal(statusOf("/readyz/startup/warm%20up", { checks, service }), 503);
    assert.equal(statusOf("/readyz/warm%20up", { checks, service }), 404);
  });

  test("tells its reason only where it is told to", () => {
    assert.match(answered("/readyz/db", { checks, options: { showReasons: true } }).body, /connection refused/);
  });
});

describe("Retry-After", () => {
  const retryAfter = (url: string, asked: Asked): string | undefined => answered(url, asked).headers["retry-after"];

  test("is the longest interval of the checks in the way, in whole seconds", () => {
    assert.equal(retryAfter("/readyz", { checks: [failing("db")] }), "5");
    assert.equal(retryAfter("/readyz", { checks: [failing("db"), failing("bus", { intervalMs: 30_001 })] }), "31");
    assert.equal(retryAfter("/readyz", { checks: [failing("db", { intervalMs: 10 })] }), "1");
    assert.equal(retryAfter("/readyz/db", { checks: [failing("db"), failing("bus", { intervalMs: 30_000 })] }), "5");
  });

  test("does not ask to come back sooner for a check that is not in the way", () => {
    const checks = [failing("db"), check("bus", { intervalMs: 60_000 }), failing("logs", { gates: ["none"] })];
    assert.equal(retryAfter("/readyz", { checks }), "5");
  });

  test("is not said when something else than a check is in the way", () => {
    const checks = [failing("db")];
    assert.equal(retryAfter("/readyz", { checks, service: { phase: "draining" } }), undefined);
    assert.equal(retryAfter("/readyz", { checks, service: { startupPending: ["cache"] } }), undefined);
    assert.equal(retryAfter("/readyz/phase", { checks, service: { phase: "draining" } }), undefined);
  });

  test("is not said for a check whose results come when they come", () => {
    const { intervalMs: _, ...pushed } = failing("bus");
    assert.equal(retryAfter("/readyz", { checks: [failing("db"), pushed] }), undefined);
  });

  test("is not said by a probe that passes, nor by the other probes", () => {
    assert.equal(retryAfter("/readyz", { checks: [check("db")] }), undefined);
    assert.equal(retryAfter("/readyz?exclude=db", { checks: [failing("db")] }), undefined);
    assert.equal(retryAfter("/livez", { checks: [failing("loop", { gates: ["liveness"] })] }), undefined);
    assert.equal(
      retryAfter("/startupz", { checks: [check("db", { gates: ["startup"], everPassed: false })] }),
      undefined,
    );
  });
});
