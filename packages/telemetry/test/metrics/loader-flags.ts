/** What it takes to run our sources as they are in another process. The test runner's own flags are none of it. */
export const loaderFlags: readonly string[] = process.execArgv.filter((flag) =>
  /^(--conditions=|--experimental-strip-types$|--disable-warning=)/.test(flag),
);
