/** A path for a report: without the query, which may hold secrets. */
export const pathOf = (url: string): string => (url.split("?", 1)[0] ?? "").slice(0, 100);
