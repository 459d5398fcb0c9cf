import type { TestContext } from "node:test";

const owned = new WeakMap<TestContext, (AsyncDisposable | Disposable)[]>();

/** Gives a test what it starts, and disposes of it when the test is over: last things first. */
export function own<Resource extends AsyncDisposable | Disposable>(t: TestContext, resource: Resource): Resource {
  const resources = owned.get(t) ?? [];
  if (!owned.has(t)) {
    owned.set(t, resources);
    t.after(async () => {
      for (const one of resources.toReversed()) {
        if (Symbol.asyncDispose in one) await one[Symbol.asyncDispose]();
        else one[Symbol.dispose]();
      }
    });
  }
  resources.push(resource);
  return resource;
}
