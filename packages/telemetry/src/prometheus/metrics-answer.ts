/** What of a request an answer depends on. */
export interface MetricsRequest {
  readonly method: string;
  readonly headers: { readonly accept?: string; readonly "accept-encoding"?: string };
}

/** An answer, ready to be written. */
export interface MetricsAnswer {
  readonly status: 200 | 405 | 500;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes where they are compressed. */
  readonly body: string | Uint8Array<ArrayBuffer>;
}

/** Answers a scrape. Never rejects. */
export type MetricsRoute = (request: MetricsRequest) => Promise<MetricsAnswer>;
