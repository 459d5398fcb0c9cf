import { BSON } from "mongodb";
import { onFrame } from "./frames.ts";
import { type WireServer, serve } from "./serve.ts";

const helloReply = {
  ok: 1,
  isWritablePrimary: true,
  helloOk: true,
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  minWireVersion: 0,
  maxWireVersion: 21,
};
const opQuery = 2004;

/** A server that knows enough of MongoDB's protocol to be a standalone server that answers `hello` and `ping`. */
export function serveMongodb(): Promise<WireServer> {
  return serve((socket, reply) => {
    const lengthOf = (bytes: Buffer) => (bytes.length < 4 ? undefined : bytes.readInt32LE(0));
    onFrame(socket, lengthOf, (frame) => {
      const isQuery = frame.readInt32LE(12) === opQuery;
      const command = isQuery ? undefined : BSON.deserialize(frame.subarray(21));
      // Heartbeats go on while the answers are held, so that the driver still takes the server for alive.
      if (command && "ping" in command) reply(message(frame, { ok: 1 }));
      else socket.write(isQuery ? legacyReply(frame, helloReply) : message(frame, helloReply));
    });
  });
}

function message(to: Buffer, document: object): Buffer {
  return framed(to, 2013, Buffer.concat([Buffer.alloc(5), BSON.serialize(document)]));
}

function legacyReply(to: Buffer, document: object): Buffer {
  const head = Buffer.alloc(20);
  head.writeInt32LE(1, 16);
  return framed(to, 1, Buffer.concat([head, BSON.serialize(document)]));
}

function framed(to: Buffer, operation: number, body: Buffer): Buffer {
  const head = Buffer.alloc(16);
  head.writeInt32LE(16 + body.length, 0);
  head.writeInt32LE(to.readInt32LE(4), 8);
  head.writeInt32LE(operation, 12);
  return Buffer.concat([head, body]);
}
