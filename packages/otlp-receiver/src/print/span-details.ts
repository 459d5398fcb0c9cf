import type { AttributeValue, Attributes } from "../otlp/any-value.ts";
import type { Span } from "../otlp/spans.ts";
import { oneLine, pairs, valueText } from "./text.ts";

/** Namespaces of the semantic conventions; what is in none of them is the application's own. */
const conventional = new Set(
  [
    "app aws az azure client cloud code container db dns enduser error exception faas feature_flag file gcp gen_ai geo",
    "graphql host http k8s log messaging mongodb net network nodejs os otel peer pg postgresql process redis rpc server",
    "service session source span telemetry thread tls url user user_agent v8js express fastify koa hono",
  ].flatMap((line) => line.split(" ")),
);

/** How many of the application's own attributes are shown. */
const mostOwn = 4;

/** What matters of a span besides its name and duration, and is not said by its name. */
export function detailsOf(span: Span): string[] {
  const { name, kind, attributes } = span;
  const own = Object.entries(attributes).filter(([key]) => !conventional.has(key.split(".", 1)[0] ?? ""));
  const said = [...httpDetails(span), ...databaseDetails(attributes), ...messagingDetails(attributes)];
  const address = addressOf(attributes);
  const calls = kind === "client" || kind === "producer";
  return [
    ...said.filter((detail) => detail !== "" && !saidBy(name, detail)),
    ...(calls && address !== "" && attributes["url.full"] === undefined ? [address] : []),
    ...pairs(Object.fromEntries(own), mostOwn),
  ];
}

function saidBy(name: string, detail: string): boolean {
  return name === detail || ` ${name} `.includes(` ${detail} `);
}

/** The text of the first of these attributes that is there. */
function first(attributes: Attributes, ...keys: readonly string[]): string {
  const value: AttributeValue | undefined = keys.map((key) => attributes[key]).find((one) => one !== undefined);
  return value === undefined ? "" : valueText(value, 100);
}

function httpDetails({ kind, attributes }: Span): string[] {
  const method = first(attributes, "http.request.method");
  const status = first(attributes, "http.response.status_code");
  const error = first(attributes, "error.type");
  const place =
    kind === "client"
      ? first(attributes, "url.full")
      : first(attributes, "http.route") || first(attributes, "url.path");
  return [method, place, status, error === status ? "" : error];
}

function databaseDetails(attributes: Attributes): string[] {
  const statement = first(attributes, "db.query.text", "db.statement");
  const summary = first(attributes, "db.query.summary");
  const operation = `${first(attributes, "db.operation.name")} ${first(attributes, "db.collection.name")}`.trim();
  return [
    first(attributes, "db.system.name", "db.system"),
    first(attributes, "db.namespace", "db.name"),
    statement || summary || operation,
  ];
}

function messagingDetails(attributes: Attributes): string[] {
  return [
    first(attributes, "messaging.system", "rpc.system.name", "rpc.system"),
    first(attributes, "messaging.operation.name", "rpc.service"),
    first(attributes, "messaging.destination.name", "rpc.method"),
    first(attributes, "rpc.response.status_code", "rpc.grpc.status_code"),
  ];
}

function addressOf(attributes: Attributes): string {
  const host = first(attributes, "server.address");
  const port = first(attributes, "server.port");
  return oneLine(port === "" ? host : `${host}:${port}`, 80);
}
