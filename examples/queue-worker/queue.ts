/** A job in the queue. */
export interface Job {
  readonly id: number;
  readonly takesMs: number;
}

/** A connection to a queue: what clients of RabbitMQ, SQS or Redis have, as far as a worker needs it. */
export interface Queue {
  publish(job: Job): void;
  /** Hands out jobs until the signal aborts, and then ends. */
  consume(options: { readonly signal: AbortSignal }): AsyncIterable<Job>;
  /** Gives a job back that was not done, for another worker. */
  release(job: Job): void;
  /** Throws when the connection is closed. */
  ping(): void;
  close(): void;
}

/** Connects to a queue in memory, whose connection holds the process open as that to a broker would. */
export function connectQueue(): Queue {
  const jobs: Job[] = [];
  let wake = (): void => {};
  let connection: NodeJS.Timeout | undefined = setInterval(() => {}, 60_000);

  const ping = (): void => {
    if (connection === undefined) throw new Error("The connection to the queue is closed.");
  };
  const put = (job: Job): void => {
    ping();
    jobs.push(job);
    wake();
  };
  return {
    publish: put,
    release: put,
    ping,
    async *consume({ signal }) {
      signal.addEventListener("abort", () => wake(), { once: true });
      while (!signal.aborted) {
        const job = jobs.shift();
        if (job) yield job;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    close() {
      clearInterval(connection);
      connection = undefined;
    },
  };
}
