import { createServer } from "node:http";
import type { LogRecord } from "./otlp/logs.ts";
import type { Metric } from "./otlp/metrics.ts";
import type { Span } from "./otlp/spans.ts";
import { type ReceiverOptions, resolveReceiverOptions } from "./receiver-options.ts";
import { type Answer, type AnswerScope, createAnswers } from "./server/answers.ts";
import { serve } from "./server/exchange.ts";
import { close, listen } from "./server/listen.ts";
import { type ReceivedRequest, createStore } from "./store.ts";
import { type Truthy, type UntilOptions, until } from "./until.ts";

/** A small OTLP server. Disposing it cuts every connection. */
export interface Receiver extends AsyncDisposable {
  /** What `OTEL_EXPORTER_OTLP_ENDPOINT` takes: `http://127.0.0.1:4318`. */
  readonly url: string;
  readonly port: number;

  /** Every span that was taken, in the order of arrival. */
  spans(): readonly Span[];
  /** Every metric that was taken, one for each time it came. */
  metrics(): readonly Metric[];
  /** Every log record that was taken. */
  logs(): readonly LogRecord[];
  /** Every request, also those that were refused. */
  requests(): readonly ReceivedRequest[];
  /** Forgets all of them. */
  clear(): void;

  /**
   * Asks the predicate now and after every request, and resolves with the first truthy value it gives. One that throws
   * is not content yet.
   *
   * @throws `ERR_SEAWORTHY_RECEIVER_TIMEOUT`, which says what had arrived
   */
  until<Value>(predicate: (receiver: Receiver) => Value, options?: UntilOptions): Promise<Truthy<Value>>;

  /** Hears of the spans of each request, as they are taken. */
  onSpans(listener: (spans: readonly Span[]) => void): Disposable;
  /** Hears of the metrics of each request. */
  onMetrics(listener: (metrics: readonly Metric[]) => void): Disposable;
  /** Hears of the log records of each request. */
  onLogs(listener: (logs: readonly LogRecord[]) => void): Disposable;

  /**
   * Says what well-formed requests get from now on. A malformed one gets what it deserves.
   *
   * @throws `ERR_SEAWORTHY_OPTION` for an answer that cannot be given
   */
  answerWith(answer: Answer, scope?: AnswerScope): void;
  /** Stops listening and cuts every connection, so that connecting is refused. */
  refuse(): Promise<void>;
  /**
   * Listens again, on the same port.
   *
   * @throws `ERR_SEAWORTHY_RECEIVER_PORT` when another server has taken it
   */
  listenAgain(): Promise<void>;
}

/** Longer than any usual interval of exports, so that a connection never closes just as it is used again. */
const keepAliveMs = 120_000;

/**
 * Starts a receiver, and resolves once it listens.
 *
 * @throws `ERR_SEAWORTHY_OPTION`, `ERR_SEAWORTHY_RECEIVER_PORT`
 */
export async function startReceiver(options: ReceiverOptions = {}): Promise<Receiver> {
  const { port: wanted, host, keep, maxBodyBytes, clock } = resolveReceiverOptions(options);
  const store = createStore(keep);
  const answers = createAnswers();
  const exchange = { store, answers, clock, maxBodyBytes };
  const server = createServer({ keepAliveTimeout: keepAliveMs }, (request, response) => {
    void serve(exchange, request, response);
  });
  const { address, family, port } = await listen(server, wanted, host);

  const receiver: Receiver = {
    url: `http://${family === "IPv6" ? `[${address}]` : address}:${port}`,
    port,
    spans: store.spans,
    metrics: store.metrics,
    logs: store.logs,
    requests: store.requests,
    clear: store.clear,
    until: (predicate, untilOptions) =>
      until(store, clock, () => predicate(receiver), predicate.toString(), untilOptions),
    onSpans: (listener) => store.onLoad(({ spans }) => spans.length > 0 && listener(spans)),
    onMetrics: (listener) => store.onLoad(({ metrics }) => metrics.length > 0 && listener(metrics)),
    onLogs: (listener) => store.onLoad(({ logs }) => logs.length > 0 && listener(logs)),
    answerWith: answers.set,
    refuse: () => close(server),
    async listenAgain() {
      if (!server.listening) await listen(server, port, host);
    },
    [Symbol.asyncDispose]: () => close(server),
  };
  return receiver;
}
