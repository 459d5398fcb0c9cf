const byteUnits = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** A number of bytes for a reader: `512 bytes`, `1.5 GiB`. */
export function bytesText(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), byteUnits.length - 1);
  return `${roundedText(bytes / 1024 ** power)} ${byteUnits[power]}`;
}

/** A share of a whole for a reader: `97.3 %`. */
export function percentText(ratio: number): string {
  return `${roundedText(ratio * 100)} %`;
}

/** A duration for a reader: `812.4 ms`. */
export function msText(ms: number): string {
  return `${roundedText(ms)} ms`;
}

/** One digit after the point at most, unless the number would round to nothing. */
function roundedText(value: number): string {
  return String(value !== 0 && Math.abs(value) < 1 ? Number(value.toPrecision(2)) : Math.round(value * 10) / 10);
}
