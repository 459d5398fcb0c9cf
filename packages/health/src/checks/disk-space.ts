import { optionError } from "@seaworthy/lifecycle";
import { statfs } from "node:fs/promises";
import type { Check } from "../check.ts";
import { optionsOf, ratioOption } from "./option.ts";
import { question } from "./question.ts";
import { bytesText, percentText } from "./units.ts";

/** What {@link diskSpace} takes. */
export interface DiskSpaceOptions {
  /** A file or folder on the file system to look at. */
  readonly path: string;
  /** The least free space that passes, in bytes. Default: not judged. */
  readonly minFreeBytes?: number;
  /**
   * The least free share of the file system that passes: above 0, at most 1. Default 0.1 when `minFreeBytes` is left
   * out too (where the kubelet starts to evict pods from a node), else not judged.
   */
  readonly minFreeRatio?: number;
}

/** The file system's answer, as far as we read it. */
export interface FileSystemSize {
  readonly bsize: number;
  readonly blocks: number;
  readonly bavail: number;
}

/**
 * Fails when the file system that holds `path` has too little space left for the process's user (space kept back for
 * root does not count), or cannot be read. Read by `fs.statfs`, which holds a thread of the pool and cannot be taken
 * back: on a network file system that hangs, later runs wait for the call of the first.
 *
 * @throws `ERR_SEAWORTHY_OPTION` for an option of the wrong type or range.
 */
export function diskSpace(options: DiskSpaceOptions): Check {
  return diskSpaceFrom(statfs, options);
}

/** {@link diskSpace}, with the file system handed in. */
export function diskSpaceFrom(read: (path: string) => Promise<FileSystemSize>, options: DiskSpaceOptions): Check {
  const { path, minFreeBytes, minFreeRatio } = optionsOf("diskSpace", options);
  if (typeof path !== "string" || path === "") {
    throw optionError("path", "the path of a file or folder", path, "Pass a folder on the file system to look at.");
  }
  if (minFreeBytes !== undefined && !(Number.isFinite(minFreeBytes) && minFreeBytes >= 0)) {
    throw optionError("minFreeBytes", "a number of bytes, at least 0", minFreeBytes, "Pass the least free space.");
  }
  const ratioDefault = minFreeBytes === undefined ? 0.1 : undefined;
  const leastRatio = minFreeRatio === undefined ? ratioDefault : ratioOption("minFreeRatio", minFreeRatio);
  const leastBytes = minFreeBytes ?? 0;
  const measure = question(`Reading the free space of ${path}`, () => read(path));

  return async (context) => {
    const { bsize, blocks, bavail } = await measure(context);
    const free = bavail * bsize;
    const ratio = blocks === 0 ? 0 : bavail / blocks;
    const measured = `Free space on ${path} is ${bytesText(free)}, ${percentText(ratio)} of ${bytesText(blocks * bsize)}`;
    if (free < leastBytes) throw new Error(`${measured}; at least ${bytesText(leastBytes)} expected`);
    if (leastRatio !== undefined && ratio < leastRatio) {
      throw new Error(`${measured}; at least ${percentText(leastRatio)} expected`);
    }
  };
}
