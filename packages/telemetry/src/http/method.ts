/** The methods that may be told apart in a metric: those of RFC 9110, PATCH and QUERY. The last stands for any other. */
export const methods = [
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
  "_OTHER",
] as const;

const other = methods.length - 1;
const numbers = new Map<string, number>(methods.slice(0, other).map((method, number) => [method, number]));

/** The place of a method in `methods`. */
export const methodNumber = (method: string | undefined): number => numbers.get(method ?? "GET") ?? other;

/** What a span is called while nothing better is known: its method, or `HTTP` for one that is not known. */
export const spanName = (method: number): string => (method === other ? "HTTP" : (methods[method] as string));

/** Whether the original has to be told beside it. */
export const isOtherMethod = (method: number): boolean => method === other;
