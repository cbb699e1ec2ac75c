/** A right that no emulator can judge. */
export interface Unjudged {
  /** The function whose role has it. */
  role: string;
  right: string;
  reason: string;
}

export const unjudged: readonly Unjudged[] = [];
