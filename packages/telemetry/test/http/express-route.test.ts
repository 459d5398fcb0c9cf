import assert from "node:assert/strict";
import { test } from "node:test";
import { type ExpressRequest, expressRoute } from "../../src/http/express-route.ts";

/** A layer as Express 4 makes it: the path is kept as an expression only. */
const mountedBefore = (source: string, keys: readonly (string | number)[], stack: readonly object[]): object => ({
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
  ["^\\/tenants(?:\\/([^/]+?))\\/?(?=\\/|$)", ["tenant"], "/tenants/:tenant/users/:id"],
  ["^\\/n(?:\\/(\\d+))?\\/?(?=\\/|$)", ["n"], "/n/:n(\\d+)?/users/:id"],
  ["^\\/from-(?:((?:(?!\\/|\\/from-).)+?))(?:\\.([^/\\.]+?))\\/?(?=\\/|$)", ["a", "b"], "/from-:a.:b/users/:id"],
  ["^\\/f(?:\\/([^/]+?)((?:[/].+?)?))\\/?(?=\\/|$)", ["rest", 0], "/f/:rest*/users/:id"],
  ["^\\/v1\\.0\\/(.*)\\/x(\\d+)\\/?(?=\\/|$)", [0, 1], "/v1.0/*/x(\\d+)/users/:id"],
  ["^\\/one\\/?(?=\\/|$)|^\\/two(?:\\/([^/]+?))\\/?(?=\\/|$)", ["t"], "/one,/two/:t/users/:id"],
] as const) {
  test(`Express 4: ${source} is read as what it was made of`, () => {
    const route = { path: "/users/:id" };
    const stack = [mountedBefore(source, keys, [{ route }])];
    assert.equal(expressRoute(at(route, stack, { baseUrl: "/as/asked" })), expected);
  });
}

for (const [what, source] of [
  ["that was given", "^\\/files-\\w+(?=\\/|$)"],
  ["in which not all is understood", "^\\/files-(?:\\/((.*)))\\/?(?=\\/|$)"],
] as const) {
  test(`Express 4: an expression ${what} is told as it is`, () => {
    const route = { path: "/users/:id" };
    const stack = [mountedBefore(source, [], [{ route }])];
    const expected = `/${source}/i/users/:id`;
    assert.equal(expressRoute(at(route, stack, { baseUrl: "/files-a", originalUrl: "/files-a/users/1" })), expected);
  });
}

test("Express 4: an application throws when it is asked for what another version has", () => {
  const route = { path: "/users/:id" };
  const app = (stack?: readonly object[]): object =>
    Object.defineProperty(stack ? { _router: { stack } } : {}, "router", {
      get() {
        throw new Error("'app.router' is deprecated!");
      },
    });
  const request = { route, app: app([{ handle: app() }, { route }]) } as ExpressRequest;
  assert.equal(expressRoute(request), "/users/:id");
  assert.equal(expressRoute({ route: { path: "/a" }, app: app(), baseUrl: "/b" }), "/b/a");
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

/** A layer as the router of Express made it before 2.3: a path is kept as what it finds in a URL only. */
const mountedBy = (start: RegExp, names: readonly string[], stack: readonly object[]): object => ({
  slash: false,
  matchers: [
    (url: string) => {
      const found = start.exec(url);
      const values = found?.slice(1).map((value) => decodeURIComponent(value)) ?? [];
      return found && { path: found[0], params: Object.fromEntries(names.map((name, place) => [name, values[place]])) };
    },
  ],
  handle: { stack },
});

test("Express 5 before its router kept paths: the names of parameters stand where their values were", () => {
  const route = { path: "/parts/:part" };
  const inner = { slash: true, matchers: [() => ({ path: "", params: {} })], handle: { stack: [{ route }] } };
  const stack = [
    mountedBy(/^\/v1(?=\/|$)/, [], [{ route }]),
    mountedBy(/^\/tenants\/([^/]+)(?=\/|$)/, ["tenant"], [mountedBy(/^\/orders\/([^/]+)(?=\/|$)/, ["order"], [inner])]),
    mountedBy(/^\/user-(\w+)(?=\/|$)/, ["user"], [{ route }]),
  ];
  for (const [originalUrl, expected] of [
    ["/tenants/acme/orders/7/parts/1", "/tenants/:tenant/orders/:order/parts/:part"],
    ["/tenants/a%20b/orders/8/parts/1?q=1", "/tenants/:tenant/orders/:order/parts/:part"],
    ["/v1/parts/1", "/v1/parts/:part"],
    ["/user-ann/parts/1", "/:user/parts/:part"],
    ["/user-bob/parts/1", "/:user/parts/:part"],
  ] as const) {
    const request = { route, app: { router: { stack } }, originalUrl, baseUrl: "" } as unknown as ExpressRequest;
    assert.equal(expressRoute(request), expected, originalUrl);
  }
});
