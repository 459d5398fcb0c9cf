/** How many files this process has open, where the platform tells. Reads a directory, off the main thread. */
export function countOpenFiles(): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  // By a callback: where it may not be read, the promise that Node 22 has for it rejects a second time, unhandled.
  process.getBuiltinModule("node:fs").readdir("/proc/self/fd", (error, names) => {
    // One of them is the directory itself.
    resolve(error ? undefined : names.length - 1);
  });
  return promise;
}
