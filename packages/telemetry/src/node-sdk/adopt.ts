import { logs, metrics } from "@opentelemetry/api";
import { type Lifecycle, version } from "@seaworthy/lifecycle";
import { createAttached } from "../attached.ts";
import { tell } from "../channels.ts";
import type { ArmedLibrary } from "../instrumentation/armed-library.ts";
import { disarm } from "../instrumentation/early.ts";
import { observeService } from "../observe-service.ts";
import type { SettledOptions } from "../options.ts";
import { findOtherSdk, isRegistered } from "../other-sdk.ts";
import type { Flushables } from "../pipelines/flush.ts";
import { createTally } from "../pipelines/tally.ts";
import { recordFatals } from "../record-fatals.ts";
import { flushAtStop } from "../stop-hook.ts";
import { type Telemetry, noTelemetry } from "../telemetry.ts";
import { tellUnsentAtExit } from "../unsent-at-exit.ts";
import { keepBooks } from "./books.ts";
import { lookAnew } from "./look-anew.ts";
import { partsOf, providersOf } from "./parts.ts";
import { keepProbesOut } from "./probe-spans.ts";
import { type Charge, takeCharge, tellOfStart } from "./take-charge.ts";
import type { UserSdk } from "./user-sdk.ts";

/**
 * Takes charge of an SDK that the application has built: it is started unless it was, flushed last, kept free of probes,
 * and given the metrics that Seaworthy alone knows. What it records and where that goes stays its own.
 */
export function adoptSdk(lifecycle: Lifecycle, sdk: UserSdk, { health, flushBudgetMs }: SettledOptions): Telemetry {
  // Its own instrumentations are to be the only ones.
  const givenWay = disarm();
  const attached = createAttached();
  const charge = attached.add(takeCharge(sdk, tell));
  if (!start(sdk, charge)) {
    attached[Symbol.dispose]();
    return noTelemetry;
  }
  const parts = partsOf(sdk);
  lookAnew(parts.instrumentations, givenWay);
  const probes = attached.add(keepProbesOut(parts.instrumentations));
  const books = keepBooks(parts, probes.isDropped);
  const counted = Object.keys(books).length > 0;

  const { shutdown } = charge;
  const flushables: Flushables = counted
    ? Object.fromEntries(Object.entries(books).map(([name, tally]) => [name, { tally, shutdown }]))
    : { traces: { tally: createTally(), shutdown } };
  attached.add(flushAtStop(lifecycle, { flushables, flushBudgetMs, isCounted: counted }));
  attached.add(tellUnsentAtExit({ lifecycle, tallies: books, pushesMetrics: "metrics" in books, tell }));

  observeService(metrics.getMeter("seaworthy", version), lifecycle, health, attached);
  attached.add(recordFatals(logs.getLogger("seaworthy", version), lifecycle));
  const known = counted ? "" : " What it sends cannot be counted: this version of it does not show its exporters.";
  const message = `Telemetry is that of your own SDK: flushed last.${known}${tellGivenWay(givenWay)}`;
  tell({ level: "info", code: "start", message });
  return {
    counts: () => Object.fromEntries(Object.entries(books).map(([name, tally]) => [name, tally.counts()])),
    [Symbol.dispose]: () => attached[Symbol.dispose](),
  };
}

/** Starts it, unless it was; says so where somebody else holds the API, which it would then record nothing through. */
function start(sdk: UserSdk, charge: Charge): boolean {
  const other = findOtherSdk();
  if (other) return isItsOwn(sdk, other.name);
  try {
    charge.start();
    return true;
  } catch (error) {
    tellOfStart(error, tell);
    return false;
  }
}

function isItsOwn(sdk: UserSdk, other: string): boolean {
  const providers = providersOf(sdk);
  // What shows no provider can only have been started by the application.
  if (!providers || isRegistered(providers)) return true;
  const what = providers.length > 0 ? "sends nothing of what is recorded" : "was not started";
  tell({
    level: "error",
    code: "second-sdk",
    message:
      `Your SDK ${what}: ${other} holds @opentelemetry/api in this process. Remove one of the two: take the other one ` +
      "out of NODE_OPTIONS, the operator's annotation or the code, or pass telemetry: false.",
  });
  return false;
}

/** Names the libraries that were armed before the SDK was known. */
function tellGivenWay(libraries: readonly ArmedLibrary[]): string {
  if (libraries.length === 0) return "";
  const names = libraries.map(({ library }) => library).join(", ");
  return ` seaworthy/register had instrumented ${names}: that is taken back, and left to its instrumentations.`;
}
