import { type CommonJsModule, loadedFiles, onCompile } from "../instrumentation/compile-hook.ts";

/** Hands on what files of CommonJS export, of those that were loaded before and those that are loaded from now on. */
export function watchLoadedFiles(
  isWanted: (filename: string) => boolean,
  onLoaded: (exports: unknown) => void,
): Disposable {
  const hasRun = ({ exports }: CommonJsModule): void => onLoaded(exports);
  for (const [filename, module] of loadedFiles()) if (module.loaded && isWanted(filename)) hasRun(module);
  return onCompile((filename) => (isWanted(filename) ? hasRun : undefined));
}
