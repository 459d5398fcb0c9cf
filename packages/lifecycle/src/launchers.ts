import { basename } from "node:path";

/** A process between this one and whoever sends the OS signals. */
export interface Launcher {
  readonly pid: number;
  /** Such as `npm` or `sh -c`. */
  readonly name: string;
}

const shells: ReadonlySet<string> = new Set(["sh", "ash", "bash", "busybox", "dash", "zsh"]);
const packageManagers: ReadonlySet<string> = new Set(["npm", "npx", "yarn", "yarnpkg", "pnpm", "pnpx", "corepack"]);

/** The launchers above `pid`, nearest first, up to the first process that is none. Empty where there is no /proc. */
export function findLaunchers(pid: number = process.ppid): readonly Launcher[] {
  const launchers: Launcher[] = [];
  for (let current = pid; current > 0; current = parentOf(current)) {
    const name = launcherName(argumentsOf(current));
    if (name === undefined) break;
    launchers.push({ pid: current, name });
  }
  return launchers;
}

/** What kind of launcher a command line is, if it is one. An interactive shell is none: nobody stops a pod with it. */
export function launcherName(argv: readonly string[]): string | undefined {
  const [command = "", ...rest] = argv;
  const program = basename(command).replace(/^-/, "");
  if (shells.has(program)) {
    const script = scriptOf(rest);
    return script && `${program} ${script}`;
  }
  const file = rest.find((argument) => !argument.startsWith("-")) ?? "";
  if (program === "node" && rest.slice(0, rest.indexOf(file)).includes("--run")) return "node --run";
  // npm and its kin run as `node …/npm-cli.js` and then name themselves `npm run start` in the process title.
  const called = [program, command.split(" ", 1)[0] ?? "", file.replace(/(-cli|-\d[\w.-]*)?\.[cm]?js$/, "")];
  return called.map((path) => basename(path)).find((name) => packageManagers.has(name));
}

/**
 * Whether a stop gets past it. As PID 1 npm and pnpm hand SIGTERM to what they started and wait for it; a shell hands it
 * to nobody, and yarn 1 ends at once and the container with it (each tried in a PID namespace).
 */
export const passesSigterm = ({ name }: Launcher): boolean => ["npm", "npx", "pnpm", "pnpx"].includes(name);

/** What a shell was told to run: `-c` for a text, also among other letters such as `-ec`, or the name of a file. */
function scriptOf(argv: readonly string[]): string | undefined {
  for (const [index, argument] of argv.entries()) {
    if (/^-\w*c\w*$/.test(argument)) return "-c";
    const valueOfOption = /^[-+]\w*o$/i.test(argv[index - 1] ?? "");
    if (!/^[-+]/.test(argument) && !valueOfOption) return basename(argument);
  }
  return undefined;
}

function argumentsOf(pid: number): readonly string[] {
  return (read(`/proc/${pid}/cmdline`) ?? "").split("\0").filter((argument) => argument !== "");
}

function parentOf(pid: number): number {
  // The command stands in parentheses and may hold some itself; the state and the parent follow the last one.
  const stat = read(`/proc/${pid}/stat`) ?? "";
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] ?? 0);
}

function read(path: string): string | undefined {
  try {
    return process.getBuiltinModule("node:fs").readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
