import { describeCount, type FileResult } from "./test-file.ts";
import { formatTally } from "./tally.ts";

/** A measurement that a test reports and does not judge. */
const FIGURE = /^figure: .*$/gm;

function indented(text: string, margin: string): string {
  return text.trimEnd().replaceAll(/^/gm, margin);
}

/** One line for a file, and under it whatever a person has to know: skips with their reasons, failures in full. */
export function printFile(result: FileResult): void {
  const { file, tally, failed, skipped, output } = result;
  const seconds = `${result.seconds.toFixed(1)} s`;
  if (failed.length === 0) console.log(`  ok    ${file}  ${describeCount(tally)}  ${seconds}`);
  else console.log(`  FAIL  ${file}  ${formatTally(tally)}  ${seconds}`);
  for (const [line] of output.matchAll(FIGURE)) console.log(`        ${line}`);
  for (const { name, detail } of skipped) console.log(`        skipped: ${name} (${detail})`);
  for (const { name, detail } of failed) console.log(`\n        ✖ ${name}\n${indented(detail, "          ")}\n`);
  if (failed.length > 0 && output.trim() !== "") {
    console.log(`        output of ${file}:\n${indented(output, "        | ")}\n`);
  }
}
