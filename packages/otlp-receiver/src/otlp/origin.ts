import { type Attributes, type WireKeyValue, attributesOf } from "./any-value.ts";

/** The library that made a span, a metric or a log record. */
export interface Scope {
  readonly name: string;
  readonly version: string;
  readonly attributes: Attributes;
}

/** Where something comes from. */
export interface Origin {
  readonly scope: Scope;
  /** The attributes of the process or container. */
  readonly resource: Attributes;
}

export interface WireResource {
  readonly resource?: { readonly attributes: readonly WireKeyValue[] };
}

export interface WireScope {
  readonly scope?: {
    readonly name?: string;
    readonly version?: string;
    readonly attributes: readonly WireKeyValue[];
  };
}

/** Reads what stands around the items of a request. */
export function originOf({ resource }: WireResource, { scope }: WireScope): Origin {
  return {
    scope: {
      name: scope?.name ?? "",
      version: scope?.version ?? "",
      attributes: attributesOf(scope?.attributes),
    },
    resource: attributesOf(resource?.attributes),
  };
}
