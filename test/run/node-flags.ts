/**
 * What every test process runs with: packages resolve to their sources, and Node strips the types. Newer versions
 * strip them unasked, but still accept the flags.
 */
export const nodeFlags: readonly string[] = [
  "--conditions=@seaworthy/source",
  "--experimental-strip-types",
  "--disable-warning=ExperimentalWarning",
];
