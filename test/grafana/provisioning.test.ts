import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { folder } from "./written.ts";

const ajv = new Ajv({ allErrors: true });
const readme = readFileSync(join(folder, "README.md"), "utf8");
const dataSources = read("datasources/prometheus.yaml");
const providers = read("dashboards/seaworthy.yaml");

function read(name: string): { readonly text: string; readonly value: unknown } {
  const text = readFileSync(join(folder, "provisioning", name), "utf8");
  return { text, value: parse(text) as unknown };
}

/** An object of exactly these properties. */
const object = (properties: Readonly<Record<string, object>>): object => ({
  type: "object",
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
});
const text = { type: "string", minLength: 1 };
const yesOrNo = { type: "boolean" };
const listOf = (item: object): object => ({ type: "array", minItems: 1, items: item });

test("the data source is provisioned with what Grafana knows", () => {
  const jsonData = object({
    httpMethod: { const: "POST" },
    prometheusType: { const: "Prometheus" },
    timeInterval: text,
  });
  const source = object({
    name: text,
    uid: { type: "string", pattern: "^[a-z-]{8,40}$" },
    type: { const: "prometheus" },
    access: { const: "proxy" },
    url: text,
    isDefault: yesOrNo,
    editable: yesOrNo,
    jsonData,
  });
  const isValid = ajv.compile(object({ apiVersion: { const: 1 }, datasources: listOf(source) }));
  assert.ok(isValid(dataSources.value), JSON.stringify(isValid.errors));
});

test("the dashboards are provisioned with what Grafana knows", () => {
  const provider = object({
    name: text,
    type: { const: "file" },
    folder: text,
    folderUid: text,
    disableDeletion: yesOrNo,
    allowUiUpdates: yesOrNo,
    updateIntervalSeconds: { type: "integer", minimum: 10 },
    options: object({ path: { type: "string", pattern: "^/" } }),
  });
  const isValid = ajv.compile(object({ apiVersion: { const: 1 }, providers: listOf(provider) }));
  assert.ok(isValid(providers.value), JSON.stringify(isValid.errors));
});

test("the README names every variable and every path of the provisioning", () => {
  const named = [...`${dataSources.text}${providers.text}`.matchAll(/\$\{(\w+)\}|path: (\S+)/g)];
  assert.equal(named.length, 2);
  for (const [, variable, path] of named) assert.ok(readme.includes(`${variable ?? path}`), variable ?? path);
});

test("provisioning names no host", () => {
  assert.doesNotMatch(`${dataSources.text}${providers.text}`, /https?:|localhost|\d+\.\d+\.\d+\.\d+/);
});
