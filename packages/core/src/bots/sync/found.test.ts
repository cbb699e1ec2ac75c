import { describe, expect, test } from "vitest";
import { createLibrary } from "./library.test-support.ts";

const filling = {
  "office.txt": "Our office is in Bonn. Parking is behind the house.",
  "canteen.txt": "The canteen opens at noon. Soup is served daily.",
  "holidays.txt": "Holidays are asked for in the portal.",
};

/** What is uploaded besides, what is asked, and the source to be found first; none, if nothing fits. */
const cases: Record<string, [sources: Record<string, string>, question: string, found?: string]> = {
  "words in a Chinese sentence": [
    { z: "报销在月底之前提交，超过五千元需要经理签字。" },
    "报销什么时候提交？",
    "z",
  ],
  "words in a Japanese sentence": [
    { j: "会議室の予約は前日までに総務課で受け付けます。" },
    "会議室はどこで予約できますか",
    "j",
  ],
  "a Japanese verb in another form": [{ j: "鍵を受付に返します。" }, "鍵を返したい", "j"],
  "a Korean noun without its particle": [
    { k: "주차장은 건물 뒤에 있습니다. 주차증을 받으세요." },
    "주차장 위치",
    "k",
  ],
  "a Thai word": [{ t: "ห้องสมุดเปิดทุกวันยกเว้นวันอาทิตย์" }, "ห้องสมุด", "t"],
  "an umlaut in two letters": [
    { d: "Die Prüfung der Größe übernimmt das Büro." },
    "pruefung groesse",
    "d",
  ],
  "an umlaut left out": [{ d: "Die Prüfung der Größe übernimmt das Büro." }, "prufung buro", "d"],
  "accents left out": [
    { f: "La journée de télétravail est le mercredi." },
    "journee teletravail",
    "f",
  ],
  "accents that the text lacks": [
    { f: "La journee de teletravail est le mercredi." },
    "télétravail",
    "f",
  ],
  "ß in capitals": [{ d: "GROSSE BESTELLUNG" }, "große", "d"],
  "jamo that are apart": [{ k: "수강신청은 이월에 받습니다.".normalize("NFD") }, "수강신청", "k"],
  "a zero-width space in a word": [{ z: "The cup\u200bboard is locked." }, "cupboard", "z"],
  "soft hyphens in a word": [
    { z: "Der Dienst\u00adwagen\u00adantrag liegt aus." },
    "Dienstwagenantrag",
    "z",
  ],
  "a word broken at a line's end": [
    { h: "Your accom-\nmodation is paid for." },
    "accommodation",
    "h",
  ],
  "a cell of a table": [{ "t.txt": "item\tprice\nlamp\t12\nchair\t40\n" }, "chair", "t.txt"],
  "code in Markdown": [{ "c.md": "Set `--quiet` to silence `cargo`." }, "what is cargo", "c.md"],
  "bold in Markdown": [{ "c.md": "The **deposit** is one rent." }, "deposit", "c.md"],
  "an amount with a currency": [
    { c: "A parcel costs $750 abroad and €9 here." },
    "where is it 750",
    "c",
  ],
  "what stands in angle brackets": [{ c: "Put <timeout>90</timeout> into it." }, "90", "c"],
  "a name of signs": [{ a: "C++ is taught in spring.", b: "C is taught in autumn." }, "C++", "a"],
  "an id among its like": [
    { a: "Ticket SUP-4711 is open.", b: "Ticket SUP-4712 is done.", c: "Ticket SUP-4721 waits." },
    "and SUP-4712?",
    "b",
  ],
  "an id written together": [
    { a: "Ticket SUP-4711 is open.", b: "Ticket SUP-4712 is done." },
    "sup4711",
    "a",
  ],
  "an id that is nowhere": [{ a: "Parcel 55021 arrived.", b: "Parcel 55210 is late." }, "55012"],
  "a telephone number in groups": [{ a: "Dial +44 20 7946-0958 after six." }, "+442079460958", "a"],
  "a telephone number as dialled at home": [
    { a: "Dial +44 20 7946-0958 after six." },
    "020 79460958",
    "a",
  ],
  "a date written otherwise": [
    { a: "The audit is on 2027-04-25 at ten.", b: "Rooms 25 and 04 of 2027 units." },
    "25.04.2027",
    "a",
  ],
  "a thousand with its separator": [{ a: "The limit is 12,500 rows." }, "12500", "a"],
  "a part of a file's name": [{ a: "Change vite.config.ts before that." }, "config.ts", "a"],
  "a part of an address": [
    { a: "It is at https://help.example/travel-costs today." },
    "travel costs",
    "a",
  ],
  "a name in camel case": [{ a: "Raise maxRetries in the settings." }, "retries", "a"],
  "digits of another script": [{ a: "السعر ٤٥٠ ريالا" }, "450", "a"],
  "a plural": [{ a: "One voucher a year.", b: "Tickets are refunded." }, "vouchers", "a"],
  "a verb in the past": [{ a: "We repaired it on Tuesday." }, "repair", "a"],
  "a short word": [{ a: "The dog sleeps.", b: "The cat barks." }, "dogs", "a"],
  "a German plural": [
    { a: "Das Haus hat einen Garten.", b: "Der Wagen steht im Hof." },
    "Häuser",
    "a",
  ],
  "a curly apostrophe": [{ a: "Don\u2019t touch the visitor\u2019s badge." }, "visitor's", "a"],
  "Arabic without its vowels": [{ a: "الْإِجَازَةُ الْمَرَضِيَّةُ سَبْعَةُ أَيَّامٍ" }, "الاجازة المرضية", "a"],
  "a picture": [{ a: "🍰 is for birthdays." }, "🍰", "a"],
  "a source by its name": [
    { "Parental leave.txt": "Twelve weeks, paid." },
    "parental leave",
    "Parental leave.txt",
  ],
  "an acronym that is a common word too": [{ a: "IT is on floor nine." }, "Where is IT?", "a"],
  "two common words and no others": [
    { a: "Wash your hands before and after." },
    "before after",
    "a",
  ],
  "nothing but common words": [
    { a: "The lost property desk is on floor two." },
    "Where is it and how do you get to the",
  ],
};

describe("what a question finds", () => {
  test.each(Object.entries(cases))("%s", async (_what, [sources, question, found]) => {
    const library = await createLibrary({ ...filling, ...sources });
    const [first] = await library.search(question);
    expect(first?.source).toBe(found);
  });
});
