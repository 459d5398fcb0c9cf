/** The value of an attribute or of a log's body. An integer that a number cannot hold is a bigint, no value is null. */
export type AttributeValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue };

/** Attributes as a plain object. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

export interface WireAnyValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: bigint;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values: readonly WireAnyValue[] };
  readonly kvlistValue?: { readonly values: readonly WireKeyValue[] };
  readonly bytesValue?: Uint8Array;
}

export interface WireKeyValue {
  readonly key?: string;
  readonly value?: WireAnyValue;
}

/** A number where that is exact. */
export function integer(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Reads a value of any kind. */
export function anyValue(wire: WireAnyValue | undefined): AttributeValue {
  if (wire?.intValue !== undefined) return integer(wire.intValue);
  if (wire?.arrayValue) return wire.arrayValue.values.map(anyValue);
  if (wire?.kvlistValue) return attributesOf(wire.kvlistValue.values);
  // A copy: the bytes are a view of the whole request.
  if (wire?.bytesValue) return new Uint8Array(wire.bytesValue);
  return wire?.stringValue ?? wire?.boolValue ?? wire?.doubleValue ?? null;
}

/** Reads a list of keys and values; of a key that comes twice the last one counts. */
export function attributesOf(wire: readonly WireKeyValue[] | undefined): Attributes {
  return Object.fromEntries((wire ?? []).map(({ key = "", value }) => [key, anyValue(value)]));
}
