/** What an EndpointSlice says of a pod (`discovery/v1`, EndpointConditions). */
export interface Endpoint {
  readonly port: number;
  /** `serving` and not `terminating`. */
  readonly ready: boolean;
  /** What the readiness probe says, also of a pod that is being deleted. */
  readonly serving: boolean;
  readonly terminating: boolean;
}

/** The endpoints of one service, as whoever watches them has heard. */
export interface EndpointSlice {
  /** Tells of a pod; everybody hears of it a while later. Nothing is told when the pod has gone. */
  tell(pod: string, endpoint: Endpoint | undefined): void;
  heard(): readonly Endpoint[];
  /** What was heard of a pod, in order. */
  storyOf(pod: string): readonly string[];
}

/** Nothing orders what happens to a pod and what is heard of it: the lag is the time between the two. */
export function createEndpointSlice(lagMs: number): EndpointSlice {
  const endpoints = new Map<string, Endpoint>();
  const stories = new Map<string, string[]>();
  const hear = (pod: string, endpoint: Endpoint | undefined): void => {
    if (endpoint) endpoints.set(pod, endpoint);
    else endpoints.delete(pod);
    const story = stories.get(pod) ?? [];
    const told = describe(endpoint);
    if (story.at(-1) !== told) story.push(told);
    stories.set(pod, story);
  };
  return {
    tell: (pod, endpoint) => void setTimeout(() => hear(pod, endpoint), lagMs),
    heard: () => [...endpoints.values()],
    storyOf: (pod) => stories.get(pod) ?? [],
  };
}

function describe(endpoint: Endpoint | undefined): string {
  if (!endpoint) return "gone";
  if (endpoint.terminating) return "terminating";
  return endpoint.ready ? "ready" : "not ready";
}
