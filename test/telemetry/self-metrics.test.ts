import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { Receiver } from "@seaworthy/otlp-receiver";
import { ask } from "../harness/ask.ts";
import { openOther } from "./other-server.ts";
import { openReceiver, startService, whenStarted } from "./service.ts";

/** A series of a metric of the SDK about itself. */
interface Series {
  readonly component: string;
  /** Whether it counts what failed. */
  readonly isFailed: boolean;
  readonly value: number;
}

/** Finds the series of a metric, by the name that it has in the conventions. */
type Find = (name: string) => readonly Series[];

/** As they came by OTLP last. */
const byOtlp =
  (receiver: Receiver): Find =>
  (name) => {
    const points = receiver.metrics().findLast((metric) => metric.name === name)?.points ?? [];
    return points.map(({ attributes, value }) => ({
      component: attributes["otel.component.name"] as string,
      isFailed: attributes["error.type"] !== undefined,
      value: Number(value),
    }));
  };

/** As they stand on a page of /metrics. */
const byScrape =
  (page: string): Find =>
  (name) => {
    const family = name.replaceAll(".", "_");
    return [...page.matchAll(new RegExp(`^${family}(?:_total)?\\{(.*)\\} (\\S+)`, "gm"))].map(
      ([, labels = "", value]) => ({
        component: /otel_component_name="([^"]*)"/.exec(labels)?.[1] ?? "",
        isFailed: labels.includes("error_type="),
        value: Number(value),
      }),
    );
  };

/** The queues, and what they can hold. */
const queues = [
  ["span", "batching_span_processor/0"],
  ["log", "batching_log_processor/0"],
] as const;

/** What counts items that were sent and items that were lost. */
const counters = [
  ["otel.sdk.processor.span.processed", "batching_span_processor/0"],
  ["otel.sdk.processor.log.processed", "batching_log_processor/0"],
  ["otel.sdk.exporter.span.exported", "otlp_http_span_exporter/0"],
  ["otel.sdk.exporter.log.exported", "otlp_http_log_exporter/0"],
  ["otel.sdk.exporter.metric_data_point.exported", "otlp_http_metric_exporter/0"],
] as const;

const hasBoth = (find: Find): boolean =>
  counters.every(
    ([name]) => find(name).some(({ isFailed }) => isFailed) && find(name).some(({ isFailed }) => !isFailed),
  );

function assertAll(find: Find): void {
  for (const [name, component] of counters) {
    const series = find(name);
    assert.ok(series.every((one) => one.component === component && one.value > 0));
  }
  for (const [item, component] of queues) {
    const [size, ...otherSizes] = find(`otel.sdk.processor.${item}.queue.size`);
    assert.deepEqual([size?.component, otherSizes], [component, []]);
    assert.ok(size && size.value >= 0 && size.value <= 50);
    assert.deepEqual(find(`otel.sdk.processor.${item}.queue.capacity`), [{ component, isFailed: false, value: 50 }]);
  }
}

test("queues and exporters of each pipeline measure themselves, on /metrics and by OTLP", async (t) => {
  const receiver = await openReceiver(t);
  const payments = await openOther(t);
  const service = startService(t, "parts.mjs", receiver.url, {
    args: ["{}"],
    env: {
      PAYMENTS: payments.url,
      OTEL_BSP_MAX_QUEUE_SIZE: "50",
      OTEL_BSP_SCHEDULE_DELAY: "50",
      OTEL_BLRP_MAX_QUEUE_SIZE: "50",
      OTEL_BLRP_SCHEDULE_DELAY: "50",
      OTEL_METRIC_EXPORT_INTERVAL: "200",
    },
  });
  const { app, probes } = await whenStarted(service);
  const scrape = async (): Promise<Find> => byScrape((await ask(`${probes}/metrics`)).body);

  // Refused for good, and taken, in turn: until each pipeline has known both.
  for (let turn = 0; !hasBoth(await scrape()) || !hasBoth(byOtlp(receiver)); turn += 1) {
    receiver.answerWith(turn % 2 === 0 ? "success" : { status: 400 });
    assert.equal((await ask(app)).status, 200);
    await setTimeout(300);
  }
  assertAll(await scrape());
  assertAll(byOtlp(receiver));
  service.kill("SIGTERM");
  assert.deepEqual(await service.ended, { code: 0, signal: null }, service.stderr());
});
