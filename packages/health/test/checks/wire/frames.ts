import type { Socket } from "node:net";

/**
 * Cuts what arrives into frames. `lengthOf` says how long the frame at the start of the bytes is, or `undefined` while
 * there are too few bytes to tell.
 */
export function onFrame(
  socket: Socket,
  lengthOf: (bytes: Buffer) => number | undefined,
  take: (frame: Buffer) => void,
): void {
  let bytes = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    for (let length = lengthOf(bytes); length !== undefined && bytes.length >= length; length = lengthOf(bytes)) {
      const frame = bytes.subarray(0, length);
      bytes = bytes.subarray(length);
      take(frame);
    }
  });
}

/** Numbers as the network has them, most significant byte first. */
export const int8 = (value: number): Buffer => Buffer.from([value]);
export const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
export const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
