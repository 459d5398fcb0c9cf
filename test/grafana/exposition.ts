/** The labels that each metric has had. */
export type Families = Map<string, Set<string>>;

/** Adds what an answer of `/metrics` has: names of series, and of their labels. */
export function addFamilies(families: Families, text: string): Families {
  for (const line of text.split("\n")) {
    const [, name, labels = ""] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === undefined) continue;
    const known = families.get(name) ?? new Set();
    families.set(name, known);
    for (const [pair, label = ""] of labels.matchAll(/([a-zA-Z_]\w*)="(?:[^"\\]|\\.)*"/g)) {
      // A histogram with no other bound has no quantiles.
      if (pair !== 'le="+Inf"') known.add(label);
    }
  }
  return families;
}
