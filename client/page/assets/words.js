// The words of the page, in the language that the server chose. Sentences come whole.
const told = JSON.parse(document.getElementById("told").textContent);

export const { invitation, language, emotions } = told;

/** The viewer's own variety of the language, so that times are written as there. */
const locale = navigator.languages.find((each) => each.split("-")[0] === language) ?? language;
const plural = new Intl.PluralRules(language);
const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });

/** Return the sentence `key` with its {holes} filled; `n` also chooses the form. */
export function say(key, values = {}) {
  const word = told.words[key];
  const sentence = typeof word === "string" ? word : word[plural.select(values.n)] ?? word.other;
  return sentence.replace(/\{(\w+)\}/g, (hole, name) => {
    const value = values[name];
    if (value === undefined) return hole;
    return typeof value === "number" ? number.format(value) : value;
  });
}

export function percent(share) {
  return new Intl.NumberFormat(locale, { style: "percent" }).format(share);
}

export function clockTime(moment) {
  return new Intl.DateTimeFormat(locale, { timeStyle: "medium" }).format(moment);
}
