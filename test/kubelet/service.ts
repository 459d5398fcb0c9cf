import { type Crowd, type Customers, sendCustomers } from "../drain/customers.ts";
import type { Scope } from "../harness/scope.ts";
import { type Deployment, deploy } from "./deployment.ts";
import { type EndpointSlice, createEndpointSlice } from "./endpoint-slice.ts";
import { proxy } from "./kube-proxy.ts";
import { type PodSpec, probe } from "./pod-spec.ts";

/** Two replicas behind one address, and customers who order there. */
export interface Service {
  readonly deployment: Deployment;
  readonly slice: EndpointSlice;
  readonly customers: Customers;
}

const latencyMs = 10;
const lagMs = 300;

/** The shortest drain window there is by default. */
export const windowMs = 1_000;

/** Grace period and drain window by default, periods a tenth and less of what people set. */
export const podSpec = (set: Partial<PodSpec> = {}): PodSpec => ({
  file: new URL("fixtures/orders.ts", import.meta.url),
  startupProbe: probe("/startupz", { periodMs: 50, failureThreshold: 600 }),
  livenessProbe: probe("/livez", { periodMs: 200 }),
  readinessProbe: probe("/readyz", { periodMs: 100 }),
  terminationGracePeriodMs: 30_000,
  ...set,
});

/** Runs it, and waits until orders are taken. */
export async function runService(
  scope: Scope,
  spec: PodSpec,
  crowd: Crowd = { keepAlive: 20, newConnection: 5 },
): Promise<Service> {
  const slice = createEndpointSlice(lagMs);
  const deployment = await deploy(scope, spec, { replicas: 2, slice });
  const link = await proxy(scope, slice, latencyMs);
  while (slice.heard().filter(({ ready }) => ready).length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  return { deployment, slice, customers: sendCustomers(crowd, `http://127.0.0.1:${link.port}`) };
}
