import { optionError } from "@seaworthy/lifecycle";
import { isIPv6 } from "node:net";

/** Lets a host name or address through. @throws `ERR_SEAWORTHY_OPTION` for anything else. */
export function hostOption(name: string, value: string): string {
  if (typeof value === "string" && value !== "" && !/[\s/]/.test(value)) return value;
  throw optionError(name, "a host name or an IP address", value, "Pass the host alone, with no scheme, port or path.");
}

/** Lets a port through. @throws `ERR_SEAWORTHY_OPTION` for anything but a whole number from 1 to 65535. */
export function portOption(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= 65_535) return value;
  throw optionError(name, "a whole number from 1 to 65535", value, "Pass the port as a number.");
}

/** A host and port for a reader: `db:5432`, `[::1]:5432`. */
export function addressText(host: string, port: number): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}
