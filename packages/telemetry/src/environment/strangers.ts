import { nearest } from "./nearest.ts";

/**
 * Variables of others that share the prefix: of other languages and their agents, of the instrumentation of a single
 * library, and of what injects us.
 */
const others: readonly string[] = [
  "AUTO",
  "AWS",
  "COLLECTOR",
  "CPP",
  "DENO",
  "DOTNET",
  "EBPF",
  "ELIXIR",
  "ERLANG",
  "GO",
  "INJECTOR",
  "INSTRUMENTATION",
  "JAVA",
  "JAVAAGENT",
  "NODE_IP",
  "OPERATOR",
  "PHP",
  "POD_IP",
  "PYTHON",
  "RESOURCE_ATTRIBUTES",
  "RESOURCE_DISABLED",
  "RESOURCE_PROVIDERS",
  "RUBY",
  "RUST",
  "SWIFT",
];

/** The variable that somebody meant to set, for one that nobody knows. `undefined` for what is not ours to judge. */
export function meantBy(variable: string, known: readonly string[]): string | undefined {
  const name = variable.slice("OTEL_".length);
  if (others.some((other) => name === other || name.startsWith(`${other}_`))) return undefined;
  return nearest(variable, known);
}

/** Kubernetes sets such variables in every pod beside a Service whose name begins with `otel`. */
export function isServiceLink(variable: string, value: string): boolean {
  return (
    /_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(variable) ||
    (variable.endsWith("_PORT") && /^(tcp|udp|sctp):\/\//.test(value))
  );
}
