import { optionError } from "@seaworthy/lifecycle";
import { lookup } from "node:dns/promises";
import type { Check } from "../check.ts";
import { hostOption } from "./address.ts";
import { optionsOf } from "./option.ts";
import { question } from "./question.ts";

/** What {@link dns} takes. */
export interface DnsOptions {
  /** The name to resolve. */
  readonly hostname: string;
  /** 4 or 6 for an IPv4 or IPv6 address, 0 for either. Default 0. */
  readonly family?: 0 | 4 | 6;
}

/**
 * Fails unless the name resolves to an address. It asks what connections of this process ask, `dns.lookup`, which knows
 * `/etc/hosts` and the search domains that Kubernetes' short service names need; Node's own resolver (`dns.resolve`),
 * which could be cancelled, knows neither. A lookup holds a thread of the pool and cannot be taken back, so later runs
 * wait for the one that hangs.
 *
 * @throws `ERR_SEAWORTHY_OPTION` for an option of the wrong type or range.
 */
export function dns(options: DnsOptions): Check {
  return dnsFrom((hostname, family) => lookup(hostname, { family }), options);
}

/** {@link dns}, with the lookup handed in. */
export function dnsFrom(find: (hostname: string, family: 0 | 4 | 6) => Promise<unknown>, options: DnsOptions): Check {
  const { hostname, family = 0 } = optionsOf("dns", options);
  hostOption("hostname", hostname);
  if (family !== 0 && family !== 4 && family !== 6) {
    throw optionError("family", "0, 4 or 6", family, "Leave it out for an address of either family.");
  }
  const kind = family === 0 ? "address" : `IPv${family} address`;
  return question(`Looking up an ${kind} of ${hostname}`, () => find(hostname, family));
}
