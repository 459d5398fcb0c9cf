import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { SeaworthyError } from "@seaworthy/lifecycle";
import type { OtlpReceiverErrorCode } from "../errors.ts";

/**
 * Opens a server.
 *
 * @throws `ERR_SEAWORTHY_RECEIVER_PORT`
 */
export async function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port, host, resolve);
  try {
    await promise;
  } catch (error) {
    throw portError(error as NodeJS.ErrnoException, port, host);
  } finally {
    server.off("error", reject);
  }
  return server.address() as AddressInfo;
}

/** Stops listening and cuts every connection. */
export async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise((resolve) => void server.close(resolve));
  server.closeAllConnections();
  await closed;
}

function portError(cause: NodeJS.ErrnoException, port: number, host: string): SeaworthyError {
  const code: OtlpReceiverErrorCode = "ERR_SEAWORTHY_RECEIVER_PORT";
  const inUse = cause.code === "EADDRINUSE";
  const parts = {
    expected: `to listen for OTLP on ${host}, port ${port}`,
    got: inUse ? "a port that another server has (EADDRINUSE)" : cause.message,
    fix: inUse
      ? "Stop the other receiver or Collector, or take another port here and in OTEL_EXPORTER_OTLP_ENDPOINT."
      : "Take a host and a port that this process may listen on.",
  };
  return new SeaworthyError(code, parts, { cause });
}
