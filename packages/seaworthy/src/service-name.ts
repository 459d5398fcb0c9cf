/**
 * The name that the environment gives a service, where telemetry, which finds out more, is off or cannot be loaded. It reads
 * as telemetry has it read: without quotes that a tool has handed on, and not at all where Kubernetes had nothing to fill in.
 */
export function serviceNameIn(env: Readonly<NodeJS.ProcessEnv>): string | undefined {
  const text = env["OTEL_SERVICE_NAME"]?.trim() ?? "";
  const [, , inner = text] = /^(["'])(.*)\1$/s.exec(text) ?? [];
  const name = inner.trim();
  return name === "" || /\$\([A-Za-z_][\w.-]*\)/.test(name) ? undefined : name;
}
