import { sep } from "node:path";

/** A file of an installed package. */
export interface PackageFile {
  /** The name of the package, such as `@redis/client`. */
  readonly name: string;
  /** Its folder, or the URL of it. */
  readonly folder: string;
}

/** The package that a file belongs to, by its path or URL; undefined for a file that is not in `node_modules`. */
export function packageOf(path: string, separator: string = sep): PackageFile | undefined {
  const modules = `${separator}node_modules${separator}`;
  const last = path.lastIndexOf(modules);
  if (last < 0) return undefined;
  const start = last + modules.length;
  let end = path.indexOf(separator, start);
  if (path[start] === "@" && end > 0) end = path.indexOf(separator, end + 1);
  if (end < 0) return undefined;
  return { name: path.slice(start, end).replaceAll(separator, "/"), folder: path.slice(0, end) };
}
