import type { Attributes } from "@opentelemetry/api";
import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import type { DetectedResource } from "./detect-resource.ts";

/**
 * The SDK's resource of what was detected. With more to come, it is one that the SDK's processors and readers wait for
 * before they export; what comes goes over what was detected, and not over what somebody has said.
 */
export function createResource({ attributes, said }: DetectedResource, later?: Promise<Attributes>): Resource {
  const now = resourceFromAttributes(attributes);
  return later === undefined ? now : settlingResource(now, settled(later, said));
}

/** Never rejects: a resource that did would cost the data of whoever waits for it. */
async function settled(later: Promise<Attributes>, said: ReadonlySet<string>): Promise<Resource> {
  const found = await later.catch((): Attributes => ({}));
  return resourceFromAttributes(Object.fromEntries(Object.entries(found).filter(([key]) => !said.has(key))));
}

/**
 * One that promises all of the rest at once. The SDK's own promises each attribute, and warns of each that comes to
 * nothing, which of those of a cloud most do.
 */
function settlingResource(now: Resource, later: Promise<Resource>): Resource {
  let current = now;
  let isPending = true;
  const settling = later.then((resource) => {
    current = now.merge(resource);
    isPending = false;
  });
  return {
    get asyncAttributesPending() {
      return isPending;
    },
    get attributes() {
      return current.attributes;
    },
    waitForAsyncAttributes: () => settling,
    merge: (other) => {
      if (other === null) return settlingResource(now, later);
      return settlingResource(
        now.merge(other),
        later.then((resource) => resource.merge(other)),
      );
    },
    getRawAttributes: () => current.getRawAttributes(),
  };
}
