/** What keeps this node, or one instance of it, from serving. */
export interface Problem {
  readonly reason: ProblemReason;
  readonly message: string;
}

/** Worst first: the order in which a report lists them. */
export const PROBLEM_REASONS = [
  'DaemonNotRunning',
  'DaemonHangs',
  'NoConfig',
  'SettingsInvalid',
  'ConfigInvalid',
  'InterfaceNotFound',
  'PasswordMissing',
  'PasswordInvalid',
  'NotWritten',
  'ConfigRefused',
  'NotConfirmed',
  'AddressMissing',
  'InstanceFault',
  'DataPathUnhealthy',
  'HealthCheckUnanswered',
  'PeersUnknown',
  'OwnAddressUnknown',
  'NoDump',
  'LeftoverAddress',
  'PortTaken',
  'PasswordTruncated',
  'VirtualMacUnfit',
] as const;
export type ProblemReason = (typeof PROBLEM_REASONS)[number];

/** What does not pass by itself, and is told by no condition of an address: somebody has to mend it on the node, or in what the group is given. */
export const UNTIL_MENDED: ReadonlySet<ProblemReason> = new Set([
  'SettingsInvalid',
  'ConfigInvalid',
  'InterfaceNotFound',
  'PasswordMissing',
  'PasswordInvalid',
  'NotWritten',
  'ConfigRefused',
  'PortTaken',
  'PasswordTruncated',
]);

/** Whether the node serves all the same. */
export const isHint = ({ reason }: Problem): boolean => reason === 'VirtualMacUnfit';

/** A copy, worst first. */
export function worstFirst(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((one, other) => PROBLEM_REASONS.indexOf(one.reason) - PROBLEM_REASONS.indexOf(other.reason));
}
