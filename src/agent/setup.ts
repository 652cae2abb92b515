import { mkdir, rm, writeFile } from 'node:fs/promises';
import type { AgentSettings } from '../api/node/config.ts';
import { print } from '../conf/print.ts';
import type { Bundle } from '../localise/bundle.ts';
import { candidateOf } from '../localise/candidate.ts';
import { forNames } from '../localise/condition.ts';
import { emptyConf } from '../localise/localise.ts';
import type { NodeFacts } from '../localise/node-facts.ts';
import { install, stage } from './activation/conf-file.ts';
import { ensureTrackFiles } from './files/track-file.ts';
import type { Log } from './log.ts';
import { leftoverAddresses, leftoverInterfaces } from './look/leftover.ts';
import { readBundle } from './look/read-bundle.ts';
import { type Identity, readFacts } from './observation/node-reader.ts';
import { makeFifo } from './observation/notify-fifo.ts';
import type { Paths } from './paths.ts';
import type { RunCommand } from './run-command.ts';

export interface SetupContext {
  readonly identity: Identity;
  /** `namespace/name` of the group. */
  readonly group: string;
  readonly paths: Paths;
  readonly run: RunCommand;
  readonly log: Log;
}

/**
 * What has to be there before keepalived starts, in a pod that has none running: folders, the notify FIFO, no stale pid file, no address of a
 * crashed predecessor, and a first file. When the group's can't be used the file holds no instance, and the agent goes on trying.
 */
export async function setUp(context: SetupContext): Promise<void> {
  const { paths, run } = context;
  await mkdir(paths.trackDir, { recursive: true });
  for (const file of [paths.pidFile, paths.vrrpPidFile, paths.checkersPidFile]) await rm(file, { force: true });
  await makeFifo(paths.notifyFifo, run);
  const bundle = await readBundle(paths.configDir);
  const facts = bundle.kind === 'bundle' ? await readFacts(context.identity, wanted(bundle.settings, paths), run) : null;
  if (bundle.kind === 'bundle' && facts !== null) await prepare(bundle, facts, context);
  if (!(await firstFile(bundle, facts, context))) await writeEmpty(context);
}

// --- internal ---

type Usable = Extract<Bundle, { kind: 'bundle' }>;

const wanted = ({ link, virtualMac }: AgentSettings, { passwordFile }: Paths) => ({ link, passwordFile, virtualMac });

async function prepare({ settings, conf }: Usable, facts: NodeFacts, { paths, run, log }: SetupContext): Promise<void> {
  await ensureTrackFiles(settings.checks, conf, paths);
  const here = forNames(conf, [facts.node, facts.pod]);
  for (const name of leftoverInterfaces(here, settings, facts))
    await remove(['link', 'del', name], { interface: name }, 'an interface', { run, log });
  for (const address of leftoverAddresses(here, settings, facts))
    await remove(['address', 'del', address, 'dev', facts.link ?? ''], { address, interface: facts.link }, 'an address', { run, log });
}

async function remove(
  args: readonly string[],
  fields: Readonly<Record<string, unknown>>,
  what: string,
  { run, log }: Pick<SetupContext, 'run' | 'log'>,
): Promise<void> {
  const { status, stderr } = await run('ip', args, 5000);
  if (status === 0) log.info(fields, `removed ${what} that a predecessor left`);
  else log.warn({ ...fields, error: stderr.trim() }, `could not remove ${what} that a predecessor left`);
}

async function firstFile(bundle: Bundle, facts: NodeFacts | null, { paths, run, log }: SetupContext): Promise<boolean> {
  const candidate = bundle.kind === 'unusable' ? bundle : facts && candidateOf(bundle, facts, paths);
  if (candidate === null || candidate.kind === 'unusable') {
    log.warn({ problem: candidate?.problem ?? 'the interfaces could not be read' }, 'no first configuration');
    return false;
  }
  const { revision, problems } = candidate;
  const verdict = await stage('new', candidate.text, paths, run);
  if (verdict.kind === 'refused') log.warn({ revision, refused: verdict }, 'keepalived refused the first configuration');
  else {
    await install('new', paths);
    log.info({ revision, problems }, 'first configuration written');
  }
  return verdict.kind === 'good';
}

async function writeEmpty({ group, paths, log }: SetupContext): Promise<void> {
  await writeFile(paths.configFile, print(emptyConf(group, paths)), { mode: 0o600 });
  log.info({}, 'keepalived starts without instances; the agent goes on trying');
}
