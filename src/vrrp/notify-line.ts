/** States that keepalived writes to its notify FIFO for an instance or a sync group. */
export type NotifyState = 'MASTER' | 'BACKUP' | 'FAULT' | 'STOP' | 'DELETED';

export interface NotifyEvent {
  readonly kind: 'instance' | 'group';
  readonly name: string;
  readonly state: NotifyState;
  /** Effective priority, 0-255; 0 for a group. */
  readonly priority: number;
}

const LINE = /^(INSTANCE|GROUP) "(.*)" (MASTER|BACKUP|FAULT|STOP|DELETED) (\d{1,3})$/;

/** One line of `vrrp_notify_fifo`, without its end; null for what is no change of state (such as `MASTER_PRIORITY`) or not understood. */
export function parseNotifyLine(line: string): NotifyEvent | null {
  const match = LINE.exec(line);
  if (match === null) return null;
  const [, kind, name = '', state, priority] = match;
  return { kind: kind === 'GROUP' ? 'group' : 'instance', name, state: state as NotifyState, priority: Number(priority) };
}
