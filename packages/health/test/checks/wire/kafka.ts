import { int16, int32, onFrame } from "./frames.ts";
import { type WireServer, serve } from "./serve.ts";

const metadataKey = 3;
const apiVersionsKey = 18;
const string = (text: string): Buffer => Buffer.concat([int16(text.length), Buffer.from(text)]);

/** A server that knows enough of Kafka's protocol to be a cluster of one broker that describes itself. */
export function serveKafka(): Promise<WireServer> {
  return serve((socket, reply) => {
    const lengthOf = (bytes: Buffer) => (bytes.length < 4 ? undefined : bytes.readInt32BE(0) + 4);
    onFrame(socket, lengthOf, (frame) => {
      const [key, version] = [frame.readInt16BE(4), frame.readInt16BE(6)];
      const body = key === apiVersionsKey ? apiVersions(version) : metadata(socket.localPort ?? 0);
      reply(Buffer.concat([int32(body.length + 4), frame.subarray(8, 12), body]));
    });
  });
}

function apiVersions(version: number): Buffer {
  const supported = [metadataKey, apiVersionsKey].map((key) => Buffer.concat([int16(key), int16(0), int16(1)]));
  const throttle = version > 0 ? [int32(0)] : [];
  return Buffer.concat([int16(0), int32(supported.length), ...supported, ...throttle]);
}

/** Metadata, version 1: one broker, which is the controller, and no topics. */
function metadata(port: number): Buffer {
  return Buffer.concat([int32(1), int32(7), string("127.0.0.1"), int32(port), int16(-1), int32(7), int32(0)]);
}
