import {
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type sendUnaryData,
  type ServerUnaryCall,
} from "@grpc/grpc-js";
import type { TestContext } from "node:test";
import type { Receiver } from "@seaworthy/otlp-receiver";

/** What arrives over gRPC: its messages are handed on to a receiver over HTTP, which reads them. */
export interface GrpcSink {
  readonly url: string;
  /** The metadata of each export, and which pipeline it was of. */
  readonly exports: readonly { readonly pipeline: string; readonly metadata: Readonly<Record<string, unknown>> }[];
}

const pipelines = { trace: "traces", metrics: "metrics", logs: "logs" } as const;

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Starts the three services of OTLP over gRPC on a free port. */
export async function openGrpcSink(t: TestContext, receiver: Receiver): Promise<GrpcSink> {
  const exports: { pipeline: string; metadata: Record<string, unknown> }[] = [];
  const server = new Server();
  for (const [service, pipeline] of Object.entries(pipelines)) {
    const definition: ServiceDefinition = {
      Export: {
        path: `/opentelemetry.proto.collector.${service}.v1.${capitalised(service)}Service/Export`,
        requestStream: false,
        responseStream: false,
        requestDeserialize: (bytes) => bytes,
        requestSerialize: (bytes: Buffer) => bytes,
        responseDeserialize: (bytes) => bytes,
        responseSerialize: (bytes: Buffer) => bytes,
      },
    };
    const take = async (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>): Promise<void> => {
      exports.push({ pipeline, metadata: call.metadata.getMap() });
      const headers = { "content-type": "application/x-protobuf" };
      const { ok } = await fetch(`${receiver.url}/v1/${pipeline}`, { method: "POST", headers, body: call.request });
      answer(ok ? null : { code: 13, details: "not OTLP" }, Buffer.alloc(0));
    };
    server.addService(definition, {
      Export: (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => void take(call, answer),
    });
  }
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
    error ? reject(error) : resolve(bound),
  );
  const port = await promise;
  t.after(() => server.forceShutdown());
  return { url: `http://127.0.0.1:${port}`, exports };
}
