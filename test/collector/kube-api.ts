import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Scope } from "../harness/scope.ts";

/** As much of a pod as is asked for. */
export interface KubePod {
  readonly metadata: Readonly<Record<string, unknown>> & { readonly name: string; readonly uid: string };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** An API server that knows some pods and nothing else. */
export interface KubeApi {
  /** What `KUBECONFIG` takes. */
  readonly kubeconfig: string;
  /** What was asked: paths with their queries. */
  requests(): readonly string[];
}

const kinds: Readonly<Record<string, string>> = { pods: "Pod", replicasets: "ReplicaSet", namespaces: "Namespace" };

/** What ends the list that a watch begins with. */
const bookmark = (kind: string, apiVersion: string) => ({
  type: "BOOKMARK",
  object: {
    kind,
    apiVersion,
    metadata: { resourceVersion: "1", annotations: { "k8s.io/initial-events-end": "true" } },
  },
});

/** Starts an API server that lists and watches, and ends with its scope. */
export async function startKubeApi(scope: Scope, pods: readonly KubePod[]): Promise<KubeApi> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    asked.push(url.pathname + url.search);
    const [resource = ""] = url.pathname.split("/").slice(-1);
    const isPartial = request.headers.accept?.includes("PartialObjectMetadata") ?? false;
    const apiVersion = isPartial ? "meta.k8s.io/v1" : (/^\/apis\/(.+)\/[^/]+$/.exec(url.pathname)?.[1] ?? "v1");
    const kind = isPartial ? "PartialObjectMetadata" : (kinds[resource] ?? "Unknown");
    const items = resource === "pods" ? pods.map((pod) => ({ kind, apiVersion, ...pod })) : [];
    response.setHeader("content-type", "application/json");
    if (url.searchParams.get("watch") === "true") {
      const events =
        url.searchParams.get("sendInitialEvents") === "true"
          ? [...items.map((object) => ({ type: "ADDED", object })), bookmark(kind, apiVersion)]
          : [];
      response.flushHeaders();
      for (const event of events) response.write(`${JSON.stringify(event)}\n`);
    } else list(response, { kind: `${kind}List`, apiVersion, metadata: { resourceVersion: "1" }, items });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const folder = mkdtempSync(join(tmpdir(), "seaworthy-kube-"));
  scope.after(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  const kubeconfig = join(folder, "config");
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const name = "test";
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [{ name, cluster: { server: address } }],
    users: [{ name, user: {} }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  return { kubeconfig, requests: () => asked };
}

function list(response: ServerResponse, body: unknown): void {
  response.end(JSON.stringify(body));
}
