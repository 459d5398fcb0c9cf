import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { describe, test } from "node:test";
import { findApplication } from "../../src/resource/application.ts";
import { surroundingsOf } from "./fixture.ts";

const at = (...parts: string[]): string => join(resolve("/"), ...parts);

function found(files: Readonly<Record<string, string>>, started: { mainScript?: string; cwd?: string }): unknown {
  const tree = new Map(Object.entries(files).map(([path, text]) => [at(path), text]));
  const { mainScript, cwd = at("elsewhere") } = started;
  return findApplication(surroundingsOf({ mainScript, cwd, readText: (path) => tree.get(path) }));
}

describe("the application", () => {
  test("is the nearest package with a name above what was started", () => {
    const files = {
      "app/package.json": '{"name": "orders", "version": "1.2.3"}',
      "app/dist/package.json": '{"type": "module"}',
      "package.json": '{"name": "root"}',
    };
    assert.deepEqual(found(files, { mainScript: at("app/dist/src/server.js") }), { name: "orders", version: "1.2.3" });
  });

  test("is the one in the folder that was started, as by `node .`", () => {
    const files = { "app/package.json": '{"name": "orders"}', "package.json": '{"name": "root"}' };
    assert.deepEqual(found(files, { mainScript: at("app") }), { name: "orders", version: undefined });
  });

  test("is called without the scope of whoever owns it", () => {
    const files = { "app/package.json": '{"name": "@acme/orders"}' };
    assert.deepEqual(found(files, { mainScript: at("app/server.js") }), { name: "orders", version: undefined });
  });

  test("is the one of the working directory when a dependency was started", () => {
    const files = {
      "app/package.json": '{"name": "shop"}',
      "app/node_modules/next/package.json": '{"name": "next"}',
    };
    const mainScript = at("app/node_modules/next/dist/bin/next");
    assert.deepEqual(found(files, { mainScript, cwd: at("app") }), { name: "shop", version: undefined });
  });

  test("is the one of the working directory when nothing was started", () => {
    assert.deepEqual(found({ "app/package.json": '{"name": "repl"}' }, { cwd: at("app/src") }), {
      name: "repl",
      version: undefined,
    });
  });

  test("is none when nothing has a name that reads", () => {
    for (const text of ["{", "null", "[]", '"orders"', '{"name": 7}', '{"name": ""}', '{"name": "@acme/"}']) {
      assert.equal(found({ "app/package.json": text }, { mainScript: at("app/server.js") }), undefined, text);
    }
  });
});
