import { SeverityNumber } from "@opentelemetry/api";

/** The names of levels in pino, bunyan, winston (npm, cli and syslog levels) and console. */
const named: ReadonlyMap<string, SeverityNumber> = new Map([
  ["silly", SeverityNumber.TRACE],
  ["trace", SeverityNumber.TRACE],
  ["input", SeverityNumber.TRACE2],
  ["prompt", SeverityNumber.TRACE4],
  ["debug", SeverityNumber.DEBUG],
  ["verbose", SeverityNumber.DEBUG2],
  ["http", SeverityNumber.DEBUG3],
  ["log", SeverityNumber.INFO],
  ["info", SeverityNumber.INFO],
  ["notice", SeverityNumber.INFO2],
  ["data", SeverityNumber.INFO2],
  ["help", SeverityNumber.INFO3],
  ["warn", SeverityNumber.WARN],
  ["warning", SeverityNumber.WARN],
  ["error", SeverityNumber.ERROR],
  ["crit", SeverityNumber.FATAL],
  ["critical", SeverityNumber.FATAL],
  ["fatal", SeverityNumber.FATAL],
  ["alert", SeverityNumber.FATAL2],
  ["emerg", SeverityNumber.FATAL3],
]);

/** The severity of a level known by its name, or undefined for a name that says nothing. */
export const severityOfName = (name: string): SeverityNumber | undefined => named.get(name);

/**
 * The severity of a level of pino or bunyan. Their ten steps between two levels are OpenTelemetry's four: 10 (trace) is
 * 1, 30 (info) is 9, 35 is 11, 60 (fatal) is 21. A known name counts for more, for custom levels may count otherwise.
 */
export function severityOfLevel(level: number, name: string | undefined): SeverityNumber {
  const known = name === undefined ? undefined : named.get(name);
  if (known !== undefined) return known;
  return Math.min(Math.max(Math.floor((level * 2) / 5) - 3, SeverityNumber.TRACE), SeverityNumber.FATAL4);
}
