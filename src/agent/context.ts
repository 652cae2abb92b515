import type { Clock } from '../telemetry/clock.ts';
import type { Log } from './log.ts';
import type { Identity } from './observation/node-reader.ts';
import type { Paths } from './paths.ts';
import type { RunCommand } from './run-command.ts';

/** What an agent is given. */
export interface AgentContext {
  readonly identity: Identity;
  /** `namespace/name` of the group. */
  readonly group: string;
  readonly paths: Paths;
  /** By which the cluster knows the node. */
  readonly podAddresses: readonly string[];
  readonly port: number;
  readonly run: RunCommand;
  readonly log: Log;
  readonly clock: Clock;
}
