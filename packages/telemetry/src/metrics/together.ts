/** One disposable for several. Disposing it twice changes nothing; one that throws does not keep the others. */
export function together(...parts: readonly Disposable[]): Disposable {
  const left = [...parts];
  return {
    [Symbol.dispose]() {
      for (let part = left.pop(); part; part = left.pop()) {
        try {
          part[Symbol.dispose]();
        } catch {
          // Taking an observer away is the end of what it could do for the application.
        }
      }
    },
  };
}
