import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import { createManualClock } from "@seaworthy/lifecycle/testing";
import { createScrapeReader } from "../../src/prometheus/scrape-reader.ts";
import { TestReader } from "../metrics/meters.ts";

// Lets one reader push 2,000 times, once a minute by the clock, while nobody scrapes the other one. Prints by how much
// the heap grew from the 500th push on. The other one is ours, or a plain one that is only there.
const clock = createManualClock();
class Plain extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}
const [push, pull] = [new TestReader(), process.argv[2] === "ours" ? createScrapeReader({ clock }) : new Plain()];
const provider = new MeterProvider({
  readers: [push, pull],
  views: [{ instrumentName: "h", name: "renamed" }],
});
const histogram = provider.getMeter("fixture").createHistogram("h");
const series = Array.from({ length: 50 }, (_, at) => ({ route: `/${at}` }));

function heapUsed(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

let before = 0;
for (let collection = 1; collection <= 2_000; collection += 1) {
  for (const attributes of series) histogram.record(1, attributes);
  await push.collect();
  await clock.advance(60_000);
  if (collection === 500) before = heapUsed();
}
const grown = heapUsed() - before;
// Only what is used later on is kept until then.
await provider.shutdown();
process.stdout.write(String(grown));
