import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import type { ConnectionOptions } from '../../cli/connection-options.ts';
import { answerDashboard, dashboardCommand } from '../../cli/dashboard/command.ts';
import { pageAssets } from '../../cli/dashboard/server/assets.ts';
import { answerExplain, explainCommand } from '../../cli/explain/command.ts';
import { answerHistory, historyCommand } from '../../cli/history/command.ts';
import type { Edge } from '../../cli/move/carry-out.ts';
import {
  answerDrain,
  answerMove,
  answerRebalance,
  answerUndrain,
  drainCommand,
  moveCommand,
  rebalanceCommand,
  undrainCommand,
} from '../../cli/move/command.ts';
import { readCluster } from '../../cli/read-cluster.ts';
import { answerReport, reportCommand } from '../../cli/report/command.ts';
import { answerSimulate, simulateCommand } from '../../cli/simulate/command.ts';
import { answerStatus, statusCommand } from '../../cli/status/command.ts';
import { answerWatch, watchCommand } from '../../cli/watch/command.ts';
import { systemClock as clock } from '../../telemetry/clock.ts';
import {
  clientOf,
  clusterOf,
  namespaceOf,
  note,
  print,
  readFiles,
  readSources,
  say,
  tell,
  untilInterrupted,
  writePrivately,
} from './edges.ts';

/** The verbs that ask a cluster how it is, and those that move addresses in it. */
export const incidentVerbs = (): readonly Command[] => [
  statusCommand(async (subject, options) => tell(await answerStatus(clientOf(options), subject, options, namespaceOf(options)))),
  explainCommand(async (service, options) => tell(await answerExplain(clientOf(options), service, options, namespaceOf(options)))),
  historyCommand(async (subject, options) => tell(await answerHistory(clientOf(options), subject, options, namespaceOf(options)))),
  watchCommand(async (subject, options) => {
    const context = { client: clientOf(options), clock, print, note, contextNamespace: namespaceOf(options), signal: untilInterrupted() };
    tell(await answerWatch(subject, options, context));
  }),
  dashboardCommand(async (options) => {
    const token = randomBytes(24).toString('base64url');
    const [client, cluster, signal] = [clientOf(options), clusterOf(options), untilInterrupted()];
    tell(await answerDashboard(options, { client, clock, cluster, token, assets: await pageAssets(), say, note, signal }));
  }),
  simulateCommand(async (options) => {
    const { filename } = options;
    const { objects, notes } =
      filename === undefined ? await readCluster(clientOf(options)) : readFiles(await readSources(filename), options.namespace);
    tell(answerSimulate(objects, notes, options));
  }),
  drainCommand(async (node, options) => tell(await answerDrain(node, options, edgeOf(options)))),
  undrainCommand(async (node, options) => tell(await answerUndrain(node, options, edgeOf(options)))),
  moveCommand(async (address, options) => tell(await answerMove(address, options, edgeOf(options)))),
  rebalanceCommand(async (group, options) => tell(await answerRebalance(group, options, clock.now(), edgeOf(options)))),
  reportCommand(async (options) =>
    tell(await answerReport(options, { client: clientOf(options), now: clock.now(), say: print, write: writePrivately })),
  ),
];

// --- internal ---

const edgeOf = (options: ConnectionOptions): Edge => ({ client: clientOf(options), clock, say, signal: untilInterrupted() });
