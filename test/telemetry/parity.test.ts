import assert from "node:assert/strict";
import { request } from "node:http";
import { type TestContext, test } from "node:test";
import { ask } from "../harness/ask.ts";
import { type OtherServer, openOther } from "./other-server.ts";
import { factsOf } from "./facts.ts";
import { openReceiver, startService } from "./service.ts";

/** What one of the two has told of the same requests. */
async function tell(t: TestContext, whose: "ours" | "theirs", payments: OtherServer): Promise<Set<string>> {
  const receiver = await openReceiver(t);
  const service = startService(t, "parity.cjs", receiver.url, {
    args: [whose],
    env: { PAYMENTS: payments.url, OTEL_SERVICE_NAME: "orders", OTEL_RESOURCE_ATTRIBUTES: "team=harbour" },
  });
  const [, port] = await service.until(/port (\d+)/);
  const app = `http://localhost:${port}`;
  await ask(`${app}/orders/7`);
  await ask(`${app}/orders/8?sig=secret&colour=red`, { headers: { "user-agent": "tester/1" } });
  await ask(`${app}/orders`, { method: "POST", body: "{}" });
  await ask(`${app}/missing`);
  await ask(`${app}/fails`);
  await ask(`${app}/orders/9`, {
    headers: {
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      "x-forwarded-for": "203.0.113.7",
      "x-forwarded-proto": "https",
    },
  });
  const slow = request(`${app}/slow`).end();
  slow.on("error", () => {});
  await service.until(/slow is in flight/);
  slow.destroy();
  await service.until(/nobody waits for slow/);
  service.kill("SIGTERM");
  assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
  return factsOf(receiver);
}

/** A difference that is meant: what only one of the two tells, and why. */
interface Difference {
  readonly ours?: RegExp;
  readonly theirs?: RegExp;
  readonly why: string;
}

const differences: readonly Difference[] = [
  {
    theirs: /^\w+ \/\w+(\/\d)? > internal (router - \/:id|request handler): /,
    why: "A span for every middleware is noise: the span of the request has the route.",
  },
  {
    ours: /^GET \/slow: error\.type = aborted$/,
    theirs: /^GET \/slow: http\.response\.status_code = 200$/,
    why: "Nobody was sent the 200 that a response begins with: the client had gone.",
  },
  {
    ours: /^metric http\.server\.request\.duration: \{error\.type=aborted, .*http\.route=\/slow, .*\} 1$/,
    theirs: /^metric http\.server\.request\.duration: \{.*http\.response\.status_code=200, http\.route=\/slow, .*\} 1$/,
    why: "The same in the metric.",
  },
  {
    ours: /^GET \/orders\/9: url\.scheme = https$/,
    theirs: /^GET \/orders\/9: url\.scheme = http$/,
    why: "The scheme is that of the client's request, which a proxy tells of, as it does of the client's address.",
  },
  {
    ours: /calls POST \/charge\/\d: url\.full = \S+\?sig=REDACTED&to=them$/,
    theirs: /calls POST \/charge\/\d: url\.full = \S+\?sig=secret&to=them$/,
    why: "The conventions want signatures redacted; the instrumentation of undici does not.",
  },
  {
    theirs: /calls \w+ \/(charge|breaks)\S*: (url\.(path|query|scheme)|user_agent\.original) = /,
    why: "All of it is in url.full, or opt-in by the conventions; node:http's instrumentation has none of it either.",
  },
  {
    theirs: /calls \w+ \/(charge|breaks)\S*: http\.request\.method_original = /,
    why: "It is for a method that was changed, and these were not.",
  },
  {
    theirs: /calls GET \/(breaks|nobody): event exception /,
    why: "Exceptions as events of spans are deprecated; error.type says what went wrong.",
  },
  {
    ours: /calls GET \/nobody: error\.type = ECONNREFUSED$/,
    theirs: /calls GET \/nobody: error\.type = Error$/,
    why: "Node's own code tells more than the class, which is the same for all errors of the network.",
  },
  {
    ours: /^metric http\.client\.request\.duration: \{error\.type=ECONNREFUSED, /,
    theirs: /^metric http\.client\.request\.duration: \{error\.type=Error, /,
    why: "The same in the metric.",
  },
  {
    ours: /^metric http\.client\.request\.duration: \{.*server\.port=a port\} 3$/,
    theirs: /^metric http\.client\.request\.duration: \{.*server\.port=a port, url\.scheme=http\} 3$/,
    why: "The scheme is opt-in for clients; theirs has it for fetch, and not for node:http.",
  },
  {
    ours: /^metric http\.server\.active_requests: /,
    why: "Their instrumentation does not count requests that are under way.",
  },
  {
    ours: /^metric (nodejs|v8js|process|container|seaworthy|otel\.sdk)\./,
    why: "A NodeSDK measures neither the runtime, nor the container, nor itself, and has no phases and probes.",
  },
  { ours: /^resource: telemetry\.distro\.(name|version)$/, why: "It is a distribution." },
  {
    theirs: /^resource: process\.(command|command_args|owner)$/,
    why: "What a process was called with may hold secrets: the conventions make it opt-in.",
  },
];

/** What is told by one alone and stands in no difference. */
const unlisted = (told: ReadonlySet<string>, lists: readonly (RegExp | undefined)[]): readonly string[] =>
  [...told].filter((fact) => !lists.some((list) => list?.test(fact)));

/** Differences that are listed and are none, or no more. */
const gone = (told: ReadonlySet<string>, lists: readonly (RegExp | undefined)[]): readonly RegExp[] =>
  lists.filter((list) => list !== undefined).filter((list) => ![...told].some((fact) => list.test(fact)));

test("our wiring and a NodeSDK tell the same of the same requests, but for what is listed here", async (t) => {
  const payments = await openOther(t, (asked, response) => {
    if (asked.url === "/breaks") asked.socket.destroy();
    else response.end("ok");
  });
  const ours = await tell(t, "ours", payments);
  const theirs = await tell(t, "theirs", payments);
  const told = {
    ours: new Set([...ours].filter((fact) => !theirs.has(fact))),
    theirs: new Set([...theirs].filter((fact) => !ours.has(fact))),
  };
  for (const whose of ["ours", "theirs"] as const) {
    const lists = differences.map((difference) => difference[whose]);
    assert.deepEqual(unlisted(told[whose], lists), [], `only ${whose}: mend it, or list it with the reason`);
    assert.deepEqual(gone(told[whose], lists), [], `listed as only ${whose}, and not so: take it off the list`);
  }
  assert.ok([...ours].filter((fact) => theirs.has(fact)).length > 100);
});
