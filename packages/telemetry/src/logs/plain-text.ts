const { stripVTControlCharacters } = process.getBuiltinModule("node:util");

/** A text without the escape sequences that colour it on a terminal. */
export const plainText = (text: string): string => (text.includes("\u001B") ? stripVTControlCharacters(text) : text);
