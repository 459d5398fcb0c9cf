/** The methods that may be told apart in a metric: those of RFC 9110, PATCH and QUERY. */
const usual: readonly string[] = [
  "GET",
  "POST",
  "PUT",
  "DELETE",
  "HEAD",
  "OPTIONS",
  "PATCH",
  "TRACE",
  "CONNECT",
  "QUERY",
];

/** Methods by number, each as the conventions tell it. The last number stands for every method that is not known. */
export interface Methods {
  /** How many numbers there are. */
  readonly count: number;
  numberOf(method: string | undefined): number;
  /** What `http.request.method` says: the method, or `_OTHER`. */
  nameOf(number: number): string;
  /** What a span is called while nothing better is known: its method, or `HTTP` for one that is not known. */
  spanNameOf(number: number): string;
  /** Whether the original has to be told beside it. */
  isOther(number: number): boolean;
}

/**
 * Tells methods apart.
 *
 * @param known All that are known, in capital letters; they replace the usual ones, as
 * `OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS` does. Default: the usual ones.
 */
export function tellMethodsApart(known: readonly string[] = usual): Methods {
  const names = [...new Set(known)];
  const other = names.length;
  const numbers = new Map(names.map((method, number) => [method, number]));
  return {
    count: other + 1,
    numberOf: (method) => numbers.get(method ?? "GET") ?? other,
    nameOf: (number) => names[number] ?? "_OTHER",
    spanNameOf: (number) => names[number] ?? "HTTP",
    isOther: (number) => number === other,
  };
}
