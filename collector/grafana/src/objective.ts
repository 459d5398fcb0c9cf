/** The objective that the rules of Prometheus have, as far as a dashboard speaks of it. */
export const objective = {
  /** The part of the requests that may fail. */
  errorBudget: 0.001,
  /** The part that may take longer. */
  slowBudget: 0.01,
  /** Seconds. */
  fast: 0.5,
} as const;

/** How many times faster than allowed a budget is spent when somebody is paged, quickly or not, or may sleep on it. */
export const burnRates = { page: 14.4, pageLater: 6, ticket: 1 } as const;
