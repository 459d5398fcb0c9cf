import type { Application } from "./application.ts";
import { generatedClientOf } from "./generated-client.ts";
import { libraryOf } from "./libraries.ts";
import type { Library } from "./library.ts";
import { type PackageFile, packageOf } from "./package-of.ts";

/** A file of a library that is known. */
export interface LibraryFile {
  readonly file: PackageFile;
  readonly library: Library;
}

/** The library that a file is of, also where the application has installed it under another name. */
export function libraryFileOf(filename: string, application: Application): LibraryFile | undefined {
  const file = generatedClientOf(filename) ?? packageOf(filename);
  if (file === undefined) return undefined;
  const library = libraryOf(file.name);
  if (library !== undefined) return { file, library };
  const name = application.aliased(file.name);
  const aliased = name === undefined ? undefined : libraryOf(name);
  return name === undefined || aliased === undefined ? undefined : { file: { ...file, name }, library: aliased };
}
