import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import type { SecureServerOptions } from "node:http2";
import { join } from "node:path";

/** Makes an authority, and a key whose certificate it has signed for this machine, in the files that the overlays read. */
export function certificates(folder: string): void {
  const openssl = (...args: readonly string[]): void => {
    execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  };
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...key, "-days", "2", "-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.crt");
  openssl("req", ...key, "-subj", "/CN=localhost", "-keyout", "tls.key", "-out", "tls.csr");
  writeFileSync(join(folder, "names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  const signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names"];
  openssl("x509", "-req", "-in", "tls.csr", ...signed, "-out", "tls.crt");
}

/** What a server needs that asks for certificates of the authority in a folder. */
export function serverTlsOf(folder: string): SecureServerOptions {
  const read = (name: string): Buffer => readFileSync(join(folder, name));
  return { key: read("tls.key"), cert: read("tls.crt"), ca: read("ca.crt"), requestCert: true };
}
