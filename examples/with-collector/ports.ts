/** Where each part listens, on the loopback interface. */
interface Row {
  readonly otlp: number;
  readonly otlpGrpc: number;
  readonly collectorHealth: number;
  readonly collectorMetrics: number;
  readonly prometheus: number;
}

export interface Ports extends Row {
  /** Where the service listens, on all addresses. */
  readonly orders: number;
}

/** Those that the configurations name. */
export const usual: Row = {
  otlp: 4318,
  otlpGrpc: 4317,
  collectorHealth: 13133,
  collectorMetrics: 8888,
  prometheus: 9090,
};

/** The usual ports, unless `FIRST_PORT` names the first of five others, and `PORT` that of the service. */
export function portsFrom({ FIRST_PORT, PORT }: NodeJS.ProcessEnv): Ports {
  return { ...rowFrom(FIRST_PORT), orders: Number(PORT ?? 8080) };
}

function rowFrom(FIRST_PORT: string | undefined): Row {
  if (!FIRST_PORT) return usual;
  const first = Number(FIRST_PORT);
  if (!Number.isInteger(first) || first < 1 || first > 65_531) {
    throw new Error(`Expected FIRST_PORT to be a port from 1 to 65531, got ${JSON.stringify(FIRST_PORT)}.`);
  }
  return {
    otlp: first,
    otlpGrpc: first + 1,
    collectorHealth: first + 2,
    collectorMetrics: first + 3,
    prometheus: first + 4,
  };
}
