import assert from "node:assert/strict";
import { type TestContext, describe, test } from "node:test";
import { SeaworthyError } from "@seaworthy/lifecycle";
import { type Level, type Logger, resolveLogger } from "../src/log.ts";

const levels: readonly Level[] = ["info", "warn", "error"];

/** Keeps what is written to stderr while the test runs. */
function listen(t: TestContext): string[] {
  const lines: string[] = [];
  t.mock.method(process.stderr, "write", (line: string) => lines.push(line) > 0);
  return lines;
}

/** Makes stderr a terminal, or not one. */
function setTerminal(t: TestContext, isTTY: boolean): void {
  const before = Object.getOwnPropertyDescriptor(process.stderr, "isTTY");
  Object.defineProperty(process.stderr, "isTTY", { value: isTTY, configurable: true });
  t.after(() => {
    if (before) Object.defineProperty(process.stderr, "isTTY", before);
    else Reflect.deleteProperty(process.stderr, "isTTY");
  });
}

function only(lines: readonly string[]): string {
  assert.equal(lines.length, 1, lines.join(""));
  const [line = ""] = lines;
  assert.ok(line.endsWith("\n"));
  return line.slice(0, -1);
}

const parsed = (lines: readonly string[]): Record<string, unknown> =>
  JSON.parse(only(lines)) as Record<string, unknown>;

describe("json", () => {
  for (const level of levels) {
    test(`${level} is one line of JSON that says when, how grave, whose and what`, (t) => {
      const lines = listen(t);
      resolveLogger("json", "orders")[level]({ phase: "started", durationMs: 3 }, "Started.");
      const { time, ...rest } = parsed(lines);
      assert.deepEqual(rest, { level, service: "orders", msg: "Started.", phase: "started", durationMs: 3 });
      assert.equal(new Date(String(time)).toISOString(), time);
    });
  }

  test("a line stays one line, whatever is in it", (t) => {
    const lines = listen(t);
    resolveLogger("json", "a\nb").warn({ note: "c\r\nd", err: new Error("e\nf") }, "g\nh");
    assert.ok(!only(lines).includes("\n"));
  });

  test("an error is told with its type, message, code, stack and cause", (t) => {
    const lines = listen(t);
    const cause = Object.assign(new TypeError("refused"), { code: "ECONNREFUSED" });
    const err = new SeaworthyError("ERR_X", { expected: "a", got: "b", fix: "C." }, { cause });
    resolveLogger("json", "orders").error({ err }, "Fatal.");
    assert.deepEqual(parsed(lines)["err"], {
      type: "SeaworthyError",
      message: "Expected a, got b. C.",
      code: "ERR_X",
      stack: err.stack,
      cause: { type: "TypeError", message: "refused", code: "ECONNREFUSED", stack: cause.stack },
    });
  });

  test("a cause that is no error is told too", (t) => {
    const lines = listen(t);
    resolveLogger("json", "orders").error({ err: new Error("a", { cause: { status: 503n } }) }, "Fatal.");
    assert.deepEqual((parsed(lines)["err"] as Error).cause, { status: "503" });
  });

  test("the errors in an aggregate are told: a refused connection to localhost is one", (t) => {
    const lines = listen(t);
    const errors = ["::1", "127.0.0.1"].map((host) => new Error(`connect ECONNREFUSED ${host}`));
    resolveLogger("json", "orders").warn({ err: new AggregateError(errors) }, "Fails.");
    const { err } = parsed(lines) as { err: { errors: Error[] } };
    assert.deepEqual(
      err.errors.map(({ message }) => message),
      errors.map(({ message }) => message),
    );
  });

  test("errors anywhere in the fields are told", (t) => {
    const lines = listen(t);
    resolveLogger("json", "orders").error({ failures: [{ name: "pool", error: new RangeError("x") }] }, "Stopped.");
    const { failures } = parsed(lines) as { failures: { error: Error & { type: string } }[] };
    assert.equal(failures[0]?.error.type, "RangeError");
  });

  test("an error that comes twice is told in full once, and by its first words then", (t) => {
    const lines = listen(t);
    const err = new Error("once");
    resolveLogger("json", "orders").error({ err, failures: [err] }, "Stopped.");
    assert.deepEqual(parsed(lines)["failures"], ["Error: once"]);
  });

  test("an error that is its own cause does not lose the line", (t) => {
    const lines = listen(t);
    const err = new Error("round");
    err.cause = new Error("and round", { cause: err });
    resolveLogger("json", "orders").error({ err }, "Fatal.");
    const { msg, err: told } = parsed(lines) as { msg: string; err: { cause: { cause: string } } };
    assert.equal(msg, "Fatal.");
    assert.equal(told.cause.cause, "Error: round");
  });

  const circle: Record<string, unknown> = { name: "circle" };
  circle["self"] = circle;
  const untellable: Readonly<Record<string, object>> = {
    "a circle": { circle },
    "an error with a circle in its code": { err: Object.assign(new Error("x"), { code: circle }) },
    "a getter that throws": Object.defineProperty({}, "pool", {
      enumerable: true,
      get: () => {
        throw new Error("closed");
      },
    }),
    "a toJSON that throws": {
      pool: {
        toJSON: () => {
          throw new Error("closed");
        },
      },
    },
    "an error whose message throws": {
      err: Object.defineProperty(new Error("x"), "message", {
        get: () => {
          throw new Error("closed");
        },
      }),
    },
  };
  for (const [what, fields] of Object.entries(untellable)) {
    test(`${what} does not lose the line`, (t) => {
      const lines = listen(t);
      resolveLogger("text", "orders").error(fields, "Stopped.");
      assert.match(lines.pop() ?? "", /^\S+ error Stopped\./);
      resolveLogger("json", "orders").error(fields, "Stopped.");
      const { msg, level, fields: told } = parsed(lines);
      assert.deepEqual({ msg, level, told: typeof told }, { msg: "Stopped.", level: "error", told: "string" });
    });
  }

  test("a big integer, a symbol, a function and undefined do not lose the line", (t) => {
    const lines = listen(t);
    resolveLogger("json", "orders").info(
      { big: 10n ** 20n, symbol: Symbol("s"), call: () => 1, none: undefined },
      "Ok.",
    );
    assert.equal(parsed(lines)["big"], "100000000000000000000");
  });
});

describe("text", () => {
  for (const level of levels) {
    test(`${level} is one line for a reader: the time, the level, the message`, (t) => {
      const lines = listen(t);
      resolveLogger("text", "orders")[level]({ phase: "started" }, "Started.");
      assert.match(only(lines), new RegExp(`^\\d\\d:\\d\\d:\\d\\d\\.\\d{3} ${level.padEnd(5)} Started\\.$`));
    });
  }

  test("an error is followed by its stack, its cause and its code", (t) => {
    const lines = listen(t);
    const cause = Object.assign(new TypeError("refused"), { code: "ECONNREFUSED" });
    resolveLogger("text", "orders").error({ err: new Error("boom", { cause }) }, "Fatal: boom");
    const told = only(lines);
    assert.match(told, /^\S+ error Fatal: boom\nError: boom\n {4}at /);
    for (const part of ["[cause]: TypeError: refused", "ECONNREFUSED"]) assert.ok(told.includes(part), told);
  });

  test("a warning has no stack: what a check says is in its line", (t) => {
    const lines = listen(t);
    resolveLogger("text", "orders").warn({ err: new Error("refused") }, 'Check "postgres" fails: refused');
    assert.ok(!only(lines).includes("\n"));
  });

  test("what was thrown and is no error does not lose the line", (t) => {
    const lines = listen(t);
    for (const err of [undefined, null, "text", 5, Object.create(null)]) {
      resolveLogger("text", "orders").error({ err }, "Fatal.");
    }
    assert.equal(lines.length, 5);
  });
});

describe("by default", () => {
  test("lines are text on a terminal", (t) => {
    setTerminal(t, true);
    const lines = listen(t);
    resolveLogger(undefined, "orders").info({}, "Started.");
    assert.match(only(lines), /^\d\d:\d\d:\d\d\.\d{3} info {2}Started\.$/);
  });

  test("lines are JSON elsewhere", (t) => {
    setTerminal(t, false);
    const lines = listen(t);
    resolveLogger(undefined, "orders").info({}, "Started.");
    assert.equal(parsed(lines)["msg"], "Started.");
  });
});

test("false says nothing", (t) => {
  const lines = listen(t);
  const log = resolveLogger(false, "orders");
  for (const level of levels) log[level]({ err: new Error("x") }, "Nothing.");
  assert.deepEqual(lines, []);
});

describe("a logger of one's own", () => {
  test("gets fields and message as pino takes them, and nothing is written beside it", (t) => {
    const lines = listen(t);
    const calls: unknown[] = [];
    const at = (level: Level) => (fields: object, message: string) => void calls.push({ level, fields, message });
    const log = resolveLogger({ info: at("info"), warn: at("warn"), error: at("error") }, "orders");
    const err = new Error("x");
    log.info({ a: 1 }, "one");
    log.warn({ b: 2 }, "two");
    log.error({ err }, "three");
    assert.deepEqual(calls, [
      { level: "info", fields: { a: 1 }, message: "one" },
      { level: "warn", fields: { b: 2 }, message: "two" },
      { level: "error", fields: { err }, message: "three" },
    ]);
    assert.deepEqual(lines, []);
  });

  test("keeps its this", () => {
    class Collecting implements Logger {
      readonly messages: string[] = [];
      info(_fields: object, message: string): void {
        this.messages.push(message);
      }
      warn(_fields: object, message: string): void {
        this.messages.push(message);
      }
      error(_fields: object, message: string): void {
        this.messages.push(message);
      }
    }
    const own = new Collecting();
    const { info, warn, error } = resolveLogger(own, "orders");
    info({}, "a");
    warn({}, "b");
    error({}, "c");
    assert.deepEqual(own.messages, ["a", "b", "c"]);
  });

  test("hurts nobody when it throws, now or later", async (t) => {
    const rejections: unknown[] = [];
    const onRejection = (reason: unknown): void => void rejections.push(reason);
    process.on("unhandledRejection", onRejection);
    t.after(() => process.off("unhandledRejection", onRejection));
    const own = {
      info: () => {
        throw new Error("disk full");
      },
      warn: () => Promise.reject(new Error("socket closed")),
      error: () => ({
        // A thenable, as query builders are.
        // oxlint-disable-next-line unicorn/no-thenable
        then: () => {
          throw new Error("no table");
        },
      }),
    };
    const log = resolveLogger(own, "orders");
    for (const level of levels) log[level]({}, "Anything.");
    await new Promise((resolve) => void setImmediate(resolve));
    assert.deepEqual(rejections, []);
  });

  test("is refused when it cannot be one", () => {
    const wrong = [
      null,
      true,
      1,
      "verbose",
      "",
      {},
      { info() {}, warn() {} },
      { info: 1, warn: 1, error: 1 },
      () => {},
    ];
    for (const option of wrong as unknown as Logger[]) {
      assert.throws(
        () => resolveLogger(option, "orders"),
        (error: unknown) =>
          error instanceof SeaworthyError && error.code === "ERR_SEAWORTHY_OPTION" && error.message.includes("`log`"),
      );
    }
  });
});
