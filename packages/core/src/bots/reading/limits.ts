/** Bounds of one file's reading; docs/knowledge.md states them. */
export const limits = {
  /** Of the file itself. */
  fileBytesMax: 100 * 1024 * 1024,
  /** UTF-16 units of text that one file may give. */
  textLengthMax: 20_000_000,
  blocksMax: 500_000,
  /** Of one block: what is longer is given in several. */
  blockLengthMax: 100_000,
  /** Elements, lists or groups within one another. */
  depthMax: 500,
  /** What an archive's parts that are read unpack to, all together. */
  inflatedBytesMax: 200 * 1024 * 1024,
  /** A spreadsheet's markup is many times its text. */
  sheetInflatedBytesMax: 600 * 1024 * 1024,
  entriesMax: 5_000,
  /** Of a column's name, in characters: it is repeated in every row. */
  columnNameMax: 60,
  columnsMax: 1_000,
  headingMax: 200,
} as const;
