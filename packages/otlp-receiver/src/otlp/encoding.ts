/** How a message is written: http/protobuf or http/json. */
export type Encoding = "protobuf" | "json";

/** The content type of each encoding, in requests and in their answers. */
export const contentTypes: Readonly<Record<Encoding, string>> = {
  protobuf: "application/x-protobuf",
  json: "application/json",
};

/** Reads a `Content-Type` header, whatever its parameters. */
export function encodingOf(contentType: string | undefined): Encoding | undefined {
  const mediaType = contentType?.split(";", 1)[0]?.trim().toLowerCase();
  return (Object.keys(contentTypes) as Encoding[]).find((encoding) => contentTypes[encoding] === mediaType);
}
