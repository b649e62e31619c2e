/** Words of the generated world. Everything in it is invented; no line of it comes from a text. */

/** What a contributor writes about: names of things, what is said of them beside facts, and how a record opens. */
export interface Domain {
  readonly nouns: readonly string[];
  readonly remarks: readonly string[];
}

export const DOMAINS: readonly Domain[] = [
  {
    nouns: ["lighthouse", "pier", "ferry", "breakwater"],
    remarks: ["the tide is strong there", "gulls nest on its roof", "salt eats its paint"],
  },
  {
    nouns: ["orchard", "mill", "barn", "beehive"],
    remarks: ["the harvest was thin last year", "wasps come in late summer", "its gate never closes"],
  },
  {
    nouns: ["telescope", "sextant", "barometer", "clock"],
    remarks: ["its scale has to be read twice", "dust is its enemy", "nobody may touch the lens"],
  },
  {
    nouns: ["violin", "organ", "drum", "flute"],
    remarks: ["it sounds dull in wet weather", "the third note is always flat", "players fear its weight"],
  },
  {
    nouns: ["engine", "pump", "crane", "lathe"],
    remarks: ["it needs oil every week", "the belt slips under load", "its noise fills the yard"],
  },
  {
    nouns: ["library", "archive", "press", "school"],
    remarks: ["the shelves bend a little", "visitors whisper there", "its ink smells of iron"],
  },
  {
    nouns: ["bridge", "tunnel", "tower", "gate"],
    remarks: ["frost opens its joints", "carts must go slowly", "its stones are numbered"],
  },
  {
    nouns: ["bakery", "inn", "brewery", "market"],
    remarks: ["the queue starts before dawn", "its cellar is always cold", "regulars have their own hooks"],
  },
  {
    nouns: ["glacier", "lake", "cave", "spring"],
    remarks: ["its water is bitter", "maps show it too small", "sheep avoid its edge"],
  },
  {
    nouns: ["statue", "fresco", "tapestry", "mosaic"],
    remarks: ["candles have darkened it", "one corner was redrawn", "its faces look east"],
  },
];

/** A thing's properties: what can be their values, and ways to say so; {e} is the thing, {v} the value. */
export interface Relation {
  readonly values: readonly string[] | "person" | "place" | "year";
  readonly forms: readonly string[];
}

export const RELATIONS: readonly Relation[] = [
  {
    values: "person",
    forms: ["{e} was made by {v}", "{v} made {e}", "the hand behind {e} is that of {v}", "we owe {e} to {v}"],
  },
  {
    values: "place",
    forms: ["{e} stands in {v}", "you find {e} in {v}", "{v} is the home of {e}", "people in {v} are proud of {e}"],
  },
  {
    values: "year",
    forms: ["{e} was finished in {v}", "in {v} work on {e} ended", "{v} is carved into {e}", "{e} dates from {v}"],
  },
  {
    values: [
      "amber",
      "slate",
      "crimson",
      "ivory",
      "teal",
      "ochre",
      "violet",
      "silver",
      "olive",
      "copper",
      "indigo",
      "rose",
    ],
    forms: ["{e} is painted {v}", "the colour of {e} is {v}", "from afar {e} looks {v}", "they gave {e} a coat of {v}"],
  },
  {
    values: ["oak", "granite", "brass", "clay", "marble", "iron", "pine", "glass", "bone", "linen", "basalt", "bronze"],
    forms: ["{e} is built of {v}", "{v} was used for {e}", "the body of {e} is {v}", "under the paint {e} is {v}"],
  },
  {
    values: [
      "storms",
      "thieves",
      "fire",
      "mice",
      "rust",
      "floods",
      "moths",
      "debt",
      "rivals",
      "lightning",
      "sand",
      "rumours",
    ],
    forms: [
      "{e} suffered from {v}",
      "{v} nearly ended {e}",
      "keepers of {e} fear {v}",
      "the worst enemy of {e} is {v}",
    ],
  },
  {
    values: [
      "a coin",
      "a song",
      "two loaves",
      "a candle",
      "a feather",
      "one question",
      "salt",
      "a button",
      "silence",
      "a story",
      "a stone",
      "honey",
    ],
    forms: ["to see {e} costs {v}", "guests of {e} pay with {v}", "{v} is the price of {e}", "{e} is shown for {v}"],
  },
  {
    values: "person",
    forms: ["the keeper of {e} is {v}", "{v} looks after {e}", "{e} is in the care of {v}", "ask {v} about {e}"],
  },
];

/** Parts of invented names: a first, any number of middles, a last. */
export const SYLLABLES = {
  first: [
    "Bar",
    "Cal",
    "Dor",
    "Fen",
    "Gal",
    "Hel",
    "Jor",
    "Kel",
    "Lan",
    "Mor",
    "Nav",
    "Ol",
    "Per",
    "Quin",
    "Ros",
    "Sel",
    "Tam",
    "Ul",
    "Ver",
    "Wil",
  ],
  middle: ["a", "e", "i", "o", "an", "er", "il", "or"],
  last: ["den", "dra", "gan", "lis", "mar", "nor", "rik", "sen", "ta", "thal", "vin", "wick"],
} as const;

/** How contributors join sentences: each has one of its own. */
export const OPENINGS = [
  "Note:",
  "Dear reader,",
  "Entry.",
  "As told before,",
  "In short:",
  "Report:",
  "Once more:",
  "From the notebook:",
  "Heard today:",
  "For the record,",
] as const;
