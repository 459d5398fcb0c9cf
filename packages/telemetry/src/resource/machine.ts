import { basename } from "node:path";
import type { Surroundings } from "./surroundings.ts";

/** Attributes of one kind. */
export type Detected = Readonly<Record<string, string | number>>;

/** The names of the conventions, where Node has others. */
const architectures: Readonly<Record<string, string>> = { arm: "arm32", ppc: "ppc32", x64: "amd64", ia32: "x86" };
const systems: Readonly<Record<string, string>> = { sunos: "solaris", win32: "windows" };

/** The host. In a container its id is left out: a machine id there is the image's, or nobody's. */
export function detectHost({ hostname, arch, readText }: Surroundings, isInContainer: boolean): Detected {
  const read = (path: string): string | undefined => readText(path)?.trim() || undefined;
  const id = isInContainer ? undefined : (read("/etc/machine-id") ?? read("/var/lib/dbus/machine-id"));
  return {
    "host.name": hostname,
    "host.arch": architectures[arch] ?? arch,
    ...(id !== undefined && /^[\da-f]{32}$/.test(id) && { "host.id": id }),
  };
}

/** The operating system. */
export const detectOs = ({ platform, osRelease }: Surroundings): Detected => ({
  "os.type": systems[platform] ?? platform,
  "os.version": osRelease,
});

/**
 * The process. Its arguments are left out, since they can hold secrets, and its owner, since asking for it can ask a
 * directory on another machine.
 */
export const detectProcess = ({ pid, execPath, nodeVersion }: Surroundings): Detected => ({
  "process.pid": pid,
  "process.executable.name": basename(execPath),
  "process.executable.path": execPath,
  "process.runtime.name": "nodejs",
  "process.runtime.version": nodeVersion,
  "process.runtime.description": "Node.js",
});
