import type { ProbeEntry } from "../probe-result.ts";
import { type ReportOptions, longestReason } from "./options.ts";

/** The reason of an entry as this reader may see it; `undefined` when there is none or it is withheld. */
export function visibleReason({ source, reason }: ProbeEntry, { showReasons }: ReportOptions): string | undefined {
  if (reason === undefined || (source === "check" && !showReasons)) return undefined;
  return reason.length <= longestReason ? reason : `${reason.slice(0, longestReason - 1)}…`;
}
