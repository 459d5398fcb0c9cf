/**
 * Stands for `require-in-the-middle` and `import-in-the-middle` in what is published. The base class of instrumentations
 * makes hooks of both, which are never called here: files are patched as `arm.ts` sees them being loaded. The real ones
 * cost 20 ms to load, and a fifth of what it takes to load all other files of an application.
 */
export class Hook {
  unhook(): void {}
}
