import type { Lifecycle } from "./lifecycle.ts";

/** Events of `process` that two owners would quarrel over, and which of their listeners are ours. */
export interface OwnedEvents {
  readonly osSignals: readonly string[];
  readonly fatalErrors: readonly string[];
  readonly ours: readonly unknown[];
}

/** Names other listeners of the same events, once each, when the process has started and when it stops. */
export function watchForeignListeners(lifecycle: Lifecycle, { osSignals, fatalErrors, ours }: OwnedEvents): Disposable {
  const told = new Set<unknown>(ours);
  let watching = true;

  const tellOf = (event: string, consequence: string): void => {
    const foreign = process.rawListeners(event).filter((listener) => !told.has(listener));
    if (foreign.length === 0) return;
    for (const listener of foreign) told.add(listener);
    const count = `${foreign.length} other ${event} ${foreign.length === 1 ? "listener" : "listeners"}`;
    const message = `${count} in this process (${foreign.map(nameOf).join(", ")}): ${consequence}`;
    lifecycle.publish("notice", { code: "foreign-listener", message });
  };
  const tell = (): void => {
    if (!watching) return;
    for (const event of osSignals) tellOf(event, quarrelOverExit);
    for (const event of fatalErrors) tellOf(event, stopsAllTheSame);
  };

  void lifecycle.whenStarted.then(tell);
  lifecycle.intake.addEventListener("abort", tell, { once: true });
  return {
    [Symbol.dispose]() {
      watching = false;
      lifecycle.intake.removeEventListener("abort", tell);
    },
  };
}

const quarrelOverExit =
  "whoever calls process.exit first cuts the other's stop short, and a server that it closes refuses requests while " +
  "routes still lead here. Remove it, or move what it does into onDrain or onStop.";
const stopsAllTheSame =
  "a fatal error stops the process all the same. To leave fatal errors to it, set fatalErrors to false.";

function nameOf(listener: unknown): string {
  const wrapped = (listener as { listener?: unknown }).listener ?? listener;
  if (typeof wrapped !== "function") return "anonymous";
  const source = String(wrapped).replaceAll(/\s+/g, " ");
  return wrapped.name || `\`${source.length > 60 ? `${source.slice(0, 57)}…` : source}\``;
}
