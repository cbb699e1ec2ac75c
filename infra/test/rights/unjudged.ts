/** A right that no emulator can judge. */
export interface Unjudged {
  /** The function whose role has it. */
  role: string;
  right: string;
  reason: string;
}

export const unjudged: readonly Unjudged[] = [
  {
    role: "deployer",
    right: "cloudformation:TagResource",
    reason: "CloudFormation asks for it where a stack is made with tags; MiniStack does not",
  },
];
