import type { Application } from "./application.ts";
import type { Pod } from "./kubernetes.ts";

/** What a service is called that nobody has named. */
export const unknownService = "unknown_service:node";

/** What is found out of a service: by `package.json`, then by what its pod is labelled, then by what the pod belongs to. */
export function detectService(application: Application | undefined, pod: Pod | undefined): Record<string, string> {
  const label = (name: string): string | undefined => pod?.labels.get(`app.kubernetes.io/${name}`) || undefined;
  const name = application?.name ?? label("instance") ?? label("name") ?? pod?.workload?.name ?? unknownService;
  const version = application?.version ?? label("version");
  const namespace = label("part-of") ?? pod?.attributes["k8s.namespace.name"];
  return {
    "service.name": name,
    ...(version !== undefined && { "service.version": version }),
    ...(namespace !== undefined && { "service.namespace": namespace }),
  };
}
