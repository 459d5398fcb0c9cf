/** Milliseconds that one of a unit of time has. Units are UCUM, as OpenTelemetry writes them. */
const msPer: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, ms: 1, s: 1_000, min: 60_000, h: 3_600_000 };

/** A number with its unit, in three digits where it is no integer: `12.4 ms`, `1.5 MiB`, `3 {order}`. */
export function quantity(value: number | bigint, unit: string): string {
  const ms = msPer[unit];
  if (ms !== undefined) return duration(Number(value) * ms);
  if (unit === "By") return bytes(Number(value));
  if (unit === "" || unit === "1") return digits(value);
  return unit === "%" ? `${digits(value)}%` : `${digits(value)} ${unit}`;
}

/** A duration in the unit that suits it. */
export function duration(ms: number): string {
  const size = Math.abs(ms);
  if (size === 0) return "0 ms";
  if (size < 1e-3) return `${digits(ms * 1e6)} ns`;
  if (size < 1) return `${digits(ms * 1e3)} µs`;
  if (size < 1e3) return `${digits(ms)} ms`;
  return size < 60e3 ? `${digits(ms / 1e3)} s` : `${digits(ms / 60e3)} min`;
}

function bytes(value: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let size = value;
  let unit = 0;
  while (Math.abs(size) >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${digits(size)} ${units[unit]}`;
}

/** An integer in full, anything else in three digits. */
export function digits(value: number | bigint): string {
  return typeof value === "bigint" || Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
}
