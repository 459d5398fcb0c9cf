import { metrics, trace } from "@opentelemetry/api";
import { type Lifecycle, version } from "@seaworthy/lifecycle";
import { type Attached, createAttached } from "./attached.ts";
import { tell } from "./channels.ts";
import { createContextManager } from "./context-manager.ts";
import { diagLogLevelOf } from "./environment/sdk/log-level.ts";
import { propagatorOf } from "./environment/sdk/propagator.ts";
import type { OtelSettings } from "./environment/settings.ts";
import { traceHttpClients } from "./http/client.ts";
import { watchLoadedHono } from "./http/loaded-hono.ts";
import { watchLoadedKoa } from "./http/loaded-koa.ts";
import { traceHttpServers } from "./http/server.ts";
import { armOrTake } from "./instrumentation/early.ts";
import { chooseOwnParts } from "./instrumentation/choose.ts";
import type { Identity } from "./identify.ts";
import { tellUnseen } from "./instrumentation/unseen.ts";
import { introduce } from "./introduce.ts";
import { bridgeConsole } from "./logs/console.ts";
import { serveOldLogsApi } from "./logs/old-api.ts";
import { watchOverflow } from "./metrics/overflow.ts";
import { windowFor } from "./metrics/rolling-window.ts";
import { observeService, observeSurroundings } from "./observe-service.ts";
import type { SettledOptions } from "./options.ts";
import { leaveToOther, markAsOurs, tellOfAgent, watchIntruders } from "./other-sdk.ts";
import { checkPipelines } from "./pipelines-check.ts";
import { openPipelines } from "./pipelines/open.ts";
import { plansOf } from "./plans.ts";
import { metricsRoute } from "./prometheus/metrics-route.ts";
import { createScrapeReader } from "./prometheus/scrape-reader.ts";
import { recordFatals } from "./record-fatals.ts";
import { registerWithApi } from "./register-api.ts";
import { resourceOf } from "./resource-of.ts";
import { listenToSdk } from "./sdk-diag.ts";
import { flushAtStop } from "./stop-hook.ts";
import { type Telemetry, noTelemetry } from "./telemetry.ts";
import { tellUnsentAtExit } from "./unsent-at-exit.ts";

/** The name of what is recorded by this package itself. */
const scope = "seaworthy";

/** Builds the pipelines that the settings ask for, and records into them what can be known without the application. */
export function openSdk(lifecycle: Lifecycle, identity: Identity, options: SettledOptions): Telemetry {
  if (leaveToOther(tell)) return noTelemetry;
  tellOfAgent(tell);
  const attached = createAttached();
  try {
    return attach(lifecycle, identity, options, attached);
  } catch (error) {
    attached[Symbol.dispose]();
    throw error;
  }
}

function attach(lifecycle: Lifecycle, identity: Identity, options: SettledOptions, attached: Attached): Telemetry {
  const { settings } = identity;
  const { clock } = lifecycle;
  const { health, captureConsole, flushBudgetMs } = options;
  let isDropped = (_span: object): boolean => false;
  attached.add(
    listenToSdk(diagLogLevelOf(settings), clock, tell, {
      duplicateRegistration: watchIntruders(tell),
    }),
  );

  const resource = resourceOf(identity, lifecycle, tell);
  const scrapeReader = needsReaderOfItsOwn(settings) ? createScrapeReader({ clock }) : undefined;
  const readers = scrapeReader ? [scrapeReader] : [];
  const onCollected = watchOverflow(tell);
  const plans = plansOf(settings, { resource, readers, isDropped: (span) => isDropped(span), onCollected, tell });
  const pipelines = attached.add(openPipelines(plans, clock, tell));
  const { tracerProvider, meterProvider, loggerProvider, flushables, tallies } = pipelines;
  const scrapes = scrapeReader ?? pipelines.scrapeSource;
  // First of all stop hooks, and so the last to run.
  attached.add(flushAtStop(lifecycle, { flushables, flushBudgetMs }));
  const pushesMetrics = settings.exporters.metrics.includes("otlp");
  attached.add(tellUnsentAtExit({ lifecycle, tallies, pushesMetrics, tell }));

  const contexts = createContextManager();
  const propagator = propagatorOf(settings);
  registerWithApi(
    { contextManager: contexts, propagator, tracerProvider, meterProvider, loggerProvider },
    attached,
    tell,
  );
  attached.add(markAsOurs());
  const tracer = trace.getTracer(scope, version);
  const meter = metrics.getMeter(scope, version);

  // The samplers of the environment look at the trace id or the parent.
  const { enabled, disabled, httpMethods: knownMethods } = settings.instrumentations;
  const choice = { instrumentations: options.instrumentations, enabled, disabled };
  const ownParts = chooseOwnParts(choice);
  const { http, undici, "runtime-node": runtime } = ownParts;
  const recording = { tracer, meter, tell, contexts, samplerReadsAttributes: false, knownMethods };
  if (http) {
    const servers = attached.add(
      traceHttpServers({
        ...recording,
        ...(options.ignoreRequest && { isIgnored: options.ignoreRequest }),
        ...(options.isOwnServer && { isOwnServer: options.isOwnServer }),
      }),
    );
    ({ isDropped } = servers);
    attached.add(watchLoadedKoa(tell));
    attached.add(watchLoadedHono(tell));
  }
  if (http || undici) attached.add(traceHttpClients({ ...recording, http, undici }));
  const armed = attached.add(armOrTake({ ...choice, tell }));
  armed.useProviders({
    ...(tracerProvider && { tracerProvider }),
    ...(meterProvider && { meterProvider }),
    ...(loggerProvider && { loggerProvider }),
  });

  if (meterProvider) {
    observeService(meter, lifecycle, health, attached);
    const windowMs = windowFor(settings.metrics.intervalMs, scrapes !== undefined);
    observeSurroundings(meter, lifecycle, { windowMs, runtime }, attached);
  }
  if (loggerProvider) {
    const logger = loggerProvider.getLogger(scope, version);
    attached.add(recordFatals(logger, lifecycle));
    attached.add(serveOldLogsApi({ loggerProvider, tell }));
    if (captureConsole) attached.add(bridgeConsole({ logger }));
  }
  if (health) attached.add(checkPipelines(health, tallies));
  tellUnseen({ choice, tell });
  const { hasProbePort = true } = options;
  const hasMetricsRoute = scrapes !== undefined;
  introduce({ settings, resource, hasMetricsRoute, hasProbePort, armed: armed.list(), ownParts, tell });

  return {
    // Without labels of the scope, as Prometheus itself leaves them out of what comes by OTLP.
    ...(scrapes && { metricsRoute: metricsRoute(scrapes, { tell, scopeLabels: false, onCollected }) }),
    counts: () => Object.fromEntries(Object.entries(tallies).map(([name, tally]) => [name, tally.counts()])),
    [Symbol.dispose]: () => attached[Symbol.dispose](),
  };
}

/** Every reader makes a recording dearer. What is pushed as cumulative sums can be scraped as well. */
const needsReaderOfItsOwn = ({ exporters, metrics: { temporality } }: OtelSettings): boolean =>
  exporters.metrics.includes("prometheus") && !(exporters.metrics.includes("otlp") && temporality === "cumulative");
