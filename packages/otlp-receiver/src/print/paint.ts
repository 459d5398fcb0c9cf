import { styleText } from "node:util";

/** Gives text a colour, or leaves it as it is. */
export interface Paint {
  /** What is there for the eye to skip. */
  faint(text: string): string;
  strong(text: string): string;
  bad(text: string): string;
  doubtful(text: string): string;
}

/** Paints with the escape sequences of a terminal. */
export const colourful: Paint = painter((style, text) =>
  text === "" ? "" : styleText(style, text, { validateStream: false }),
);

/** Paints nothing. */
export const plain: Paint = painter((_, text) => text);

function painter(paint: (style: "gray" | "bold" | "red" | "yellow", text: string) => string): Paint {
  return {
    faint: (text) => paint("gray", text),
    strong: (text) => paint("bold", text),
    bad: (text) => paint("red", text),
    doubtful: (text) => paint("yellow", text),
  };
}
