import assert from "node:assert/strict";
import { test } from "node:test";
import { type ExpressRequest, expressRoute } from "../../src/http/express-route.ts";

/** A layer as Express 4 makes it: the path is kept as an expression only. */
const mountedBefore = (source: string, keys: readonly string[], stack: readonly object[]): object => ({
  regexp: new RegExp(source, "i"),
  keys: keys.map((name) => ({ name })),
  handle: { stack },
});

const at = (route: { path: string }, stack: readonly object[], rest: object = {}): ExpressRequest => ({
  route,
  app: { _router: { stack } },
  ...rest,
});

test("what has no route of Express has none", () => {
  for (const request of [{}, { route: undefined }, { route: {} }, { route: "/text" as unknown as object }]) {
    assert.equal(expressRoute(request as ExpressRequest), undefined);
  }
});

for (const [source, keys, expected] of [
  ["^\\/api\\/?(?=\\/|$)", [], "/api/users/:id"],
  ["^\\/tenants\\/(?:([^\\/]+?))\\/?(?=\\/|$)", ["tenant"], "/tenants/:tenant/users/:id"],
  [
    "^\\/tenants\\/([^\\/]+?)\\/parts\\/([^/]+?)\\/?(?=\\/|$)",
    ["tenant", "part"],
    "/tenants/:tenant/parts/:part/users/:id",
  ],
] as const) {
  test(`Express 4: ${source} is read as what it was made of`, () => {
    const route = { path: "/users/:id" };
    const stack = [mountedBefore(source, keys, [{ route }])];
    assert.equal(expressRoute(at(route, stack, { baseUrl: "/as/asked" })), expected);
  });
}

test("Express 4: an expression that is not understood gives way to the URL that was asked for", () => {
  const route = { path: "/users/:id" };
  const stack = [mountedBefore("^\\/(?:a|b)\\/?(?=\\/|$)", [], [{ route }])];
  assert.equal(expressRoute(at(route, stack, { baseUrl: "/a" })), "/a/users/:id");
});

test("a router without an application has the URL that it was mounted at", () => {
  assert.equal(expressRoute({ route: { path: "/:id" }, baseUrl: "/users" }), "/users/:id");
});

test("routers that are mounted in a circle come to an end", () => {
  const route = { path: "/users/:id" };
  const router: { stack: object[] } = { stack: [] };
  router.stack.push({ rawPath: "/again", handle: router }, { rawPath: "/x", handle: { stack: [{ route }] } });
  const request: ExpressRequest = {
    route,
    originalUrl: "/x/users/1",
    app: { router },
  };
  assert.equal(expressRoute(request), "/x/users/:id");
});
