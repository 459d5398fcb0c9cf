import { int16, int32, int8, onFrame } from "./frames.ts";
import { type WireServer, serve } from "./serve.ts";

const protocolHeader = "AMQP\0\0\x09\x01";
const longString = (text: string): Buffer => Buffer.concat([int32(text.length), Buffer.from(text)]);

/** What the broker answers, by class and method: the method of the same class, and its arguments. */
const answers: Record<string, readonly [method: number, args: Buffer]> = {
  "10.11": [30, Buffer.concat([int16(2047), int32(131_072), int16(0)])],
  "10.40": [41, int8(0)],
  "10.50": [51, Buffer.alloc(0)],
  "20.10": [11, int32(0)],
  "20.40": [41, Buffer.alloc(0)],
};

/** A server that knows enough of AMQP 0-9-1 to open and close connections and channels. */
export function serveAmqp(): Promise<WireServer> {
  return serve((socket, reply) => {
    let isGreeted = false;
    const lengthOf = (bytes: Buffer) => {
      if (!isGreeted) return protocolHeader.length;
      return bytes.length < 7 ? undefined : bytes.readInt32BE(3) + 8;
    };
    onFrame(socket, lengthOf, (frame) => {
      if (!isGreeted) {
        isGreeted = true;
        const args = [int8(0), int8(9), int32(0), longString("PLAIN"), longString("en_US")];
        return reply(method(0, 10, 10, Buffer.concat(args)));
      }
      const classId = frame.readInt16BE(7);
      const answer = answers[`${classId}.${frame.readInt16BE(9)}`];
      if (answer) reply(method(frame.readInt16BE(1), classId, ...answer));
    });
  });
}

function method(channel: number, classId: number, methodId: number, args: Buffer): Buffer {
  const payload = Buffer.concat([int16(classId), int16(methodId), args]);
  return Buffer.concat([int8(1), int16(channel), int32(payload.length), payload, int8(0xce)]);
}
