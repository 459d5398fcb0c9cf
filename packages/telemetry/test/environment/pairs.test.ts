import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readOtelEnvironment } from "../../src/environment/read-environment.ts";
import { readPairs } from "../../src/environment/pairs.ts";

/** The same numbers on every run (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const letters = Array.from("abc =,%;\"'\\\t~äßφ漢🚢/:&?#[]{}|<>0129");

function textOf(next: () => number, most: number): string {
  return Array.from({ length: Math.floor(next() * most) }, () => letters[Math.floor(next() * letters.length)]).join("");
}

describe("a list of pairs", () => {
  test("gives back whatever was percent-encoded", () => {
    const next = random(1);
    for (let round = 0; round < 500; round += 1) {
      const pairs = Array.from({ length: 1 + Math.floor(next() * 6) }, () => [`k${textOf(next, 8)}`, textOf(next, 12)]);
      const list = pairs.map((pair) => pair.map((text) => encodeURIComponent(text ?? "")).join("=")).join(" , ");
      assert.deepEqual(readPairs(list), { entries: pairs, bad: [] }, list);
    }
  });

  test("loses a malformed pair, and no other", () => {
    const next = random(2);
    const malformed = ["novalue", "=nokey", "bad=%", "bad%2=1", "x=%E0%A4", "100%"];
    for (let round = 0; round < 500; round += 1) {
      const pieces = Array.from({ length: 8 }, (_, index) => ({
        piece: next() < 0.3 ? (malformed[Math.floor(next() * malformed.length)] ?? "") : `k${index}=v${index}`,
        index,
      }));
      const { entries, bad } = readPairs(pieces.map(({ piece }) => piece).join(","));
      const isGood = ({ piece }: { piece: string }): boolean => !malformed.includes(piece);
      assert.deepEqual(
        entries.map(([key, value]) => `${key}=${value}`),
        pieces.filter(isGood).map(({ piece }) => piece),
      );
      assert.deepEqual(
        bad.map(({ position }) => position - 1),
        pieces.filter((piece) => !isGood(piece)).map(({ index }) => index),
      );
    }
  });

  test("never throws, and gives each piece one place", () => {
    const next = random(3);
    for (let round = 0; round < 2_000; round += 1) {
      const list = textOf(next, 40);
      const { entries, bad } = readPairs(list);
      assert.equal(entries.length + bad.length, list.split(",").filter((piece) => piece.trim() !== "").length, list);
    }
  });

  test("keeps further equals signs in the value, as base64 has them", () => {
    assert.deepEqual(readPairs("auth=Basic%20YTpi==").entries, [["auth", "Basic YTpi=="]]);
  });
});

describe("OTEL_RESOURCE_ATTRIBUTES", () => {
  const read = (OTEL_RESOURCE_ATTRIBUTES: string): ReturnType<typeof readOtelEnvironment> =>
    readOtelEnvironment({ OTEL_RESOURCE_ATTRIBUTES });

  test("a malformed pair is told by its place and key, and costs itself only", () => {
    const { resourceAttributes, findings } = read("k8s.pod.name=orders-0,team=50%,tier=1");
    assert.deepEqual(resourceAttributes, { "k8s.pod.name": "orders-0", tier: "1" });
    assert.match(
      findings[0]?.message ?? "",
      /^OTEL_RESOURCE_ATTRIBUTES is a list whose pair 2 \(team\) does not count/,
    );
  });

  test("a malformed pair is not named by what does not look like a name", () => {
    const { findings } = read("tier=1,pa ss/w0rd=50%");
    assert.match(findings[0]?.message ?? "", /whose pair 2 does not count/);
  });

  test("a later pair wins over an earlier one, and is told", () => {
    const { resourceAttributes, findings } = read("team=a,team=b");
    assert.deepEqual(resourceAttributes, { team: "b" });
    assert.match(findings[0]?.message ?? "", /team more than once/);
  });

  test("a variable that Kubernetes did not fill in does not count", () => {
    const { resourceAttributes, findings } = read("k8s.pod.name=$(POD_NAME),tier=1");
    assert.deepEqual(resourceAttributes, { tier: "1" });
    assert.match(findings[0]?.message ?? "", /k8s\.pod\.name, which does not count/);
  });

  test("a key can be anything, even one that objects have", () => {
    const { resourceAttributes } = read("__proto__=a,constructor=b");
    assert.deepEqual(Object.entries(resourceAttributes), [
      ["__proto__", "a"],
      ["constructor", "b"],
    ]);
  });
});

describe("headers", () => {
  const read = (env: Record<string, string>): ReturnType<typeof readOtelEnvironment> => readOtelEnvironment(env);

  test("those of a pipeline go over those of all, whatever their letters", () => {
    const { otlp } = read({
      OTEL_EXPORTER_OTLP_HEADERS: "Authorization=Basic%20a,x-tenant=t",
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: "authorization=Bearer%20b",
    });
    assert.deepEqual(otlp.traces.headers, { authorization: "Bearer b", "x-tenant": "t" });
    assert.deepEqual(otlp.logs.headers, { authorization: "Basic a", "x-tenant": "t" });
  });

  test("a space that is not encoded is taken, and told in passing", () => {
    const { otlp, findings } = read({ OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer abc" });
    assert.deepEqual(otlp.traces.headers, { authorization: "Bearer abc" });
    assert.deepEqual(
      findings.map(({ level }) => level),
      ["info"],
    );
  });

  test("a header that no request can carry is left out", () => {
    const { otlp, findings } = read({ OTEL_EXPORTER_OTLP_HEADERS: "a=b%0D%0Ac,%22x%22=1,ok=1,ü=1,emoji=%F0%9F%9A%A2" });
    assert.deepEqual(otlp.traces.headers, { ok: "1" });
    assert.equal(findings.length, 4);
  });

  test("a later one wins over an earlier one of its name, and is told by its place alone", () => {
    const { otlp, findings } = read({ OTEL_EXPORTER_OTLP_HEADERS: "Api-Key=a,x=1,api-key=b" });
    assert.deepEqual(otlp.traces.headers, { "api-key": "b", x: "1" });
    assert.deepEqual(
      findings.map(({ message }) => message),
      [
        "OTEL_EXPORTER_OTLP_HEADERS holds, as pair 3 that reads, a name that came before; the last one counts. Keep one.",
      ],
    );
  });

  test("one that the exporter writes itself is left out", () => {
    const { otlp, findings } = read({ OTEL_EXPORTER_OTLP_HEADERS: "Content-Length=5,host=otel.example" });
    assert.deepEqual(otlp.traces.headers, { host: "otel.example" });
    assert.match(findings[0]?.message ?? "", /pair 1 that reads, content-length, which the exporter writes itself/);
  });

  test("one that gRPC cannot carry is left out there, and told once", () => {
    const { otlp, findings } = read({
      OTEL_EXPORTER_OTLP_HEADERS: "a!b=1,trace-bin=AAAA,tabbed=a%09b,ok=1",
      OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
      OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: "http/protobuf",
    });
    assert.deepEqual(otlp.traces.headers, { ok: "1" });
    assert.deepEqual(otlp.logs.headers, { "a!b": "1", "trace-bin": "AAAA", tabbed: "a\tb", ok: "1" });
    assert.deepEqual(
      findings.map(({ message }) => message),
      [
        "OTEL_EXPORTER_OTLP_HEADERS holds 3 headers that gRPC cannot carry, and that do not count there; a name has " +
          "letters, digits, _, - and . and does not end in -bin, nor is it one of a connection, such as keep-alive, and " +
          "a value has no tab.",
      ],
    );
  });

  test("one of a connection is left out over gRPC, where it would end the connection", () => {
    const { otlp, findings } = read({
      OTEL_EXPORTER_OTLP_HEADERS: "Connection=close,Keep-Alive=timeout%3D5,ok=1",
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: "upgrade=h2c,http2-settings=a,proxy-connection=b",
      OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/protobuf",
    });
    assert.deepEqual(otlp.logs.headers, { ok: "1" });
    assert.deepEqual(otlp.traces.headers, { connection: "close", "keep-alive": "timeout=5", ok: "1" });
    assert.deepEqual(
      findings.map(({ message }) => message.replace(/ that gRPC cannot carry.*/, "")),
      ["OTEL_EXPORTER_OTLP_HEADERS holds 2 headers", "OTEL_EXPORTER_OTLP_LOGS_HEADERS holds 3 headers"],
    );
  });

  test("a variable that Kubernetes did not fill in does not count, and is told without its name", () => {
    const { otlp, findings } = read({ OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20$(TOKEN),x-tenant=t" });
    assert.deepEqual(otlp.traces.headers, { "x-tenant": "t" });
    assert.deepEqual(
      findings.map(({ message }) => message),
      [
        "OTEL_EXPORTER_OTLP_HEADERS holds, as pair 1 that reads, a variable that was not filled in, and that pair does " +
          "not count; Kubernetes fills in $(…) only from variables that come earlier in the list.",
      ],
    );
  });
});
