import type { ExportResponse, IExporterTransport } from "@opentelemetry/otlp-exporter-base";
import type { Clock } from "@seaworthy/lifecycle";

/** What carries an export once. */
export interface OneTry {
  /** Ends within the time-out of the transport. Never rejects. */
  send(bytes: Uint8Array): Promise<ExportResponse>;
  shutdown(): void;
}

/** What trying again depends on. */
export interface TryAgainParts {
  readonly clock: Clock;
  /** Hears at once of a try that found nobody, before there is another one. */
  readonly onUnreached?: ((error: Error) => void) | undefined;
}

/** How often an export is tried again, and after how long at first and at most: as the SDK does over HTTP. */
const mostFurtherTries = 5;
const firstPauseMs = 1_000;
const longestPauseMs = 5_000;

/**
 * Tries an export over gRPC again while that may help, within its time-out, as the specification of OTLP asks for; the
 * SDK's own transport gives up at once (open-telemetry/opentelemetry-js#6296), and a Collector that starts anew would
 * cost whatever is sent meanwhile.
 */
export function tryingAgain(once: OneTry, { clock, onUnreached }: TryAgainParts): IExporterTransport {
  const send = async (bytes: Uint8Array, timeoutMs: number): Promise<ExportResponse> => {
    const deadline = clock.now() + timeoutMs;
    let response = await once.send(bytes);
    for (let further = 0, pauseMs = firstPauseMs; further < mostFurtherTries; further += 1) {
      if (response.status === "success" || !isTransient(response.error)) return response;
      if (isUnreached(response.error)) onUnreached?.(response.error);
      const jittered = pauseMs * (0.8 + Math.random() * 0.4);
      if (jittered > deadline - clock.now()) return response;
      await pause(clock, jittered);
      pauseMs = Math.min(pauseMs * 1.5, longestPauseMs);
      // A try may take the whole time-out of the transport, which is more than is left.
      response = await within(clock, deadline - clock.now(), once.send(bytes), response);
    }
    return response;
  };
  return { send, shutdown: () => once.shutdown() };
}

const pause = (clock: Clock, ms: number): Promise<void> => new Promise((resolve) => void clock.after(ms, resolve));

async function within<T>(clock: Clock, ms: number, promise: Promise<T>, late: T): Promise<T> {
  const { promise: isLate, resolve } = Promise.withResolvers<T>();
  const timer = clock.after(ms, () => resolve(late));
  const result = await Promise.race([promise, isLate]);
  timer[Symbol.dispose]();
  return result;
}

/**
 * The statuses after which an export may be sent again: CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, UNAVAILABLE
 * and DATA_LOSS. RESOURCE_EXHAUSTED is one only where the answer says when, which a Collector does not.
 */
const transient: ReadonlySet<unknown> = new Set([1, 4, 10, 11, 14, 15]);

const isTransient = (error: Error | undefined): error is Error =>
  error !== undefined && "code" in error && transient.has(error.code);

/** Whether gRPC says that there was no connection; a Collector that has too much to do is as "unavailable". */
const isUnreached = ({ message }: Error): boolean => /No connection established|Name resolution failed/.test(message);
