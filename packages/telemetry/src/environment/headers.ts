import { readPairs } from "./pairs.ts";
import { type Complain, type Reader, unfilled } from "./readers.ts";

/** What a header's name may be made of (RFC 9110, `token`). */
const token = /^[\w!#$%&'*+.^`|~-]+$/;

/** What a header's value may be made of (RFC 9110, `field-value`, in the letters that travel unchanged). */
const fieldValue = /^[\t\x20-\x7e]*$/;

/** What an exporter writes itself: a second word on it would break every export. */
const written: ReadonlySet<string> = new Set([
  "content-encoding",
  "content-length",
  "content-type",
  "transfer-encoding",
  "user-agent",
]);

/**
 * The headers of an export, by their names in small letters. Complaints name a header by its place in the list alone:
 * where a list does not read, what looks like a name can be a part of a secret.
 */
export const headers: Reader<Readonly<Record<string, string>>> = (text, complain) => {
  const { entries, bad } = readPairs(text);
  for (const { position, problem } of bad) {
    complain(`is a list whose pair ${position} does not count: it ${problem}.${hint(text)}`);
  }
  const read = new Map<string, string>();
  for (const [index, [name, value]] of entries.entries()) {
    if (!isHeader(index + 1, name, value, complain)) continue;
    if (read.has(name.toLowerCase())) {
      complain(`holds, as pair ${index + 1} that reads, a name that came before; the last one counts. Keep one.`);
    }
    read.set(name.toLowerCase(), value);
  }
  if (/=[^,]*\S \S/.test(text)) {
    complain(
      "holds a space that is not percent-encoded; it is taken as it is here, and elsewhere %20 is asked for.",
      "info",
    );
  }
  return Object.fromEntries(read);
};

function isHeader(place: number, name: string, value: string, complain: Complain): boolean {
  if (!token.test(name)) {
    complain(`holds, as pair ${place} that reads, a name that no header can have; take quotes and colons off it.`);
    return false;
  }
  if (written.has(name.toLowerCase())) {
    complain(
      `holds, as pair ${place} that reads, ${name.toLowerCase()}, which the exporter writes itself; take it out.`,
    );
    return false;
  }
  if (unfilled.test(value)) {
    complain(
      `holds, as pair ${place} that reads, a variable that was not filled in, and that pair does not count; Kubernetes ` +
        "fills in $(…) only from variables that come earlier in the list.",
    );
    return false;
  }
  if (fieldValue.test(value)) return true;
  complain(`holds, as pair ${place} that reads, a value that no header can carry; take line breaks and the like out.`);
  return false;
}

/** Those that gRPC can carry as well, which is stricter; the others are told of by their number. */
export function overGrpc(all: Readonly<Record<string, string>>, complain: Complain): Readonly<Record<string, string>> {
  const entries = Object.entries(all);
  const carried = entries.filter(
    ([name, value]) => metadataKey.test(name) && !ofConnection.has(name) && !value.includes("\t"),
  );
  const lost = entries.length - carried.length;
  if (lost > 0) {
    complain(
      `holds ${lost} ${lost === 1 ? "header" : "headers"} that gRPC cannot carry, and that do not count there; a name ` +
        "has letters, digits, _, - and . and does not end in -bin, nor is it one of a connection, such as keep-alive, " +
        "and a value has no tab.",
    );
  }
  return Object.fromEntries(carried);
}

/** What gRPC takes for the name of a text. */
const metadataKey = /^(?!.*-bin$)[\da-z_.-]+$/;

/** What HTTP/2 has no room for (RFC 9113, section 8.2.2): one of them would end the connection at every export. */
const ofConnection: ReadonlySet<string> = new Set([
  "connection",
  "http2-settings",
  "keep-alive",
  "proxy-connection",
  "upgrade",
]);

/** The form in which headers are written everywhere else. */
const hint = (text: string): string => (/^[\w-]+:/.test(text) ? " Write name=value, not name: value." : "");
