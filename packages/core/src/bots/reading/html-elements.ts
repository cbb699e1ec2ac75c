/** What HTML's elements are to a reader of its text. */

const names = (list: string) => new Set(list.split(" "));

/** Nothing within is shown. */
export const unseen = names(
  "script style template noscript svg math iframe object canvas audio video map noembed noframes",
);

/** A boundary between paragraphs. */
export const blocks = names(
  "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav ol optgroup p pre search section table tbody tfoot thead tr ul xmp",
);

/** These do not part the words around them; of all others it is not known. */
export const inline = names(
  "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark nobr q rb rp rt ruby s samp small span strike strong sub sup time tt u var wbr",
);

/** They have no end tag. */
export const empty = names(
  "area base basefont br col embed frame hr img input keygen link meta param source track wbr",
);

/** Their text keeps its lines. */
export const preformatted = names("pre listing xmp plaintext");

/** What stands around the text of a page on a site, not the text itself. */
export const surroundings = names("nav footer aside menu search dialog");
export const surroundingRoles = names("navigation contentinfo search complementary banner dialog");

/** Elements whose end tag may be left out, and what ends them then. */
export const endedBy = new Map(
  Object.entries<Set<string>>({
    p: blocks,
    li: names("li"),
    dt: names("dt dd"),
    dd: names("dt dd"),
    td: names("td th tr tbody tfoot table"),
    th: names("td th tr tbody tfoot table"),
    tr: names("tr tbody tfoot table"),
    option: names("option optgroup"),
  }),
);
