import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { lineAt, onlyCode, withoutComments } from "./blank.ts";

function words(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

describe("telling code from text", () => {
  test("comments go, strings that look like comments stay", () => {
    assert.equal(words(withoutComments('a("//x"); // b\n/* c */ d(`/*`);')), 'a("//x"); d(`/*`);');
  });

  test("strings, templates and regular expressions go, code in templates stays", () => {
    assert.equal(words(onlyCode("a('b', \"c\\\"d\", `e ${f({ g: `h` })} i`, /[/'`]j/g);")), "a( , , f({ g: }) , g);");
  });

  test("a division is no regular expression", () => {
    assert.equal(words(onlyCode('a / b; "c"; d / e; x(1) / y("z")')), "a / b; ; d / e; x(1) / y( )");
  });

  test("lines keep their numbers", () => {
    const text = onlyCode("/*\n\n*/\nexit");
    assert.equal(lineAt(text, text.indexOf("exit")), 4);
  });
});
