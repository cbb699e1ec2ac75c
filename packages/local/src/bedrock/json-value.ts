/** What JSON text can stand for. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
