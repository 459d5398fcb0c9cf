import { readPairs } from "./pairs.ts";
import { type Reader, unfilled } from "./readers.ts";

/** An attribute's name as people write them; what does not look like one is not shown. */
const plain = /^[a-z][\w.-]{0,60}$/i;

/** The attributes of a resource, all of them texts. A later one with the same key wins. */
export const resourceAttributes: Reader<Readonly<Record<string, string>>> = (text, complain) => {
  const { entries, bad } = readPairs(text);
  for (const { position, key, problem } of bad) {
    const named = key !== undefined && plain.test(key) ? ` (${key})` : "";
    complain(`is a list whose pair ${position}${named} does not count: it ${problem}.`);
  }
  const attributes = new Map<string, string>();
  for (const [key, value] of entries) {
    const named = plain.test(key) ? key : "a key";
    if (unfilled.test(value)) {
      complain(
        `holds a variable that was not filled in, for ${named}, which does not count; Kubernetes fills in $(…) only from ` +
          "variables that come earlier in the list.",
      );
      continue;
    }
    if (attributes.has(key)) complain(`sets ${named} more than once; the last one counts. Keep one.`);
    attributes.set(key, value);
  }
  return Object.fromEntries(attributes);
};
