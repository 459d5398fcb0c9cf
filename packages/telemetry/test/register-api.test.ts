import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type DiagLogger, type TextMapPropagator, context, diag, propagation, trace } from "@opentelemetry/api";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { createAttached } from "../src/attached.ts";
import { createContextManager } from "../src/context-manager.ts";
import { registerWithApi } from "../src/register-api.ts";

const propagatorOf = (name: string): TextMapPropagator => ({
  inject() {},
  extract: (active) => active,
  fields: () => [name],
});

function stage(t: TestContext) {
  const said: unknown[] = [];
  const say = (message: string): void => void said.push(message);
  const logger: DiagLogger = { error: say, warn: say, info() {}, debug() {}, verbose() {} };
  diag.setLogger(logger);
  t.after(() => diag.disable());
  const told: string[] = [];
  const attached = createAttached();
  const register = (): void =>
    registerWithApi(
      {
        contextManager: createContextManager(),
        propagator: propagatorOf("ours"),
        tracerProvider: new TracerProvider(),
        meterProvider: undefined,
        loggerProvider: undefined,
      },
      attached,
      ({ code, message }) => void told.push(`${code}: ${message}`),
    );
  return { attached, register, said, told };
}

test("what is registered is taken back when it is disposed", (t) => {
  const { attached, register, said, told } = stage(t);
  register();
  assert.deepEqual([propagation.fields(), said, told], [["ours"], [], []]);
  attached[Symbol.dispose]();
  assert.deepEqual(propagation.fields(), []);
  register();
  assert.deepEqual([propagation.fields(), said, told], [["ours"], [], []]);
  attached[Symbol.dispose]();
});

test("a context manager and a propagator that were there before stay, before and after, and that is told", (t) => {
  const { attached, register, said, told } = stage(t);
  const theirs = createContextManager();
  context.setGlobalContextManager(theirs);
  propagation.setGlobalPropagator(propagatorOf("theirs"));
  t.after(() => [context.disable(), propagation.disable()]);
  register();
  assert.deepEqual(said, []);
  assert.equal(told.length, 2);
  assert.match(told[0] ?? "", /^second-sdk: .* a context manager .*spans have no parents/);
  assert.match(told[1] ?? "", /^second-sdk: .* a propagator .*OTEL_PROPAGATORS/);
  attached[Symbol.dispose]();
  assert.deepEqual(propagation.fields(), ["theirs"]);
  const inside = trace.setSpanContext(context.active(), {
    traceId: "1".repeat(32),
    spanId: "1".repeat(16),
    traceFlags: 1,
  });
  context.with(inside, () => assert.equal(context.active(), inside));
});
