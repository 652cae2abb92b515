import { DRAIN } from '../localise/drain.ts';
import { trackFileOf } from '../localise/localise.ts';
import { discard, install, stage } from './activation/conf-file.ts';
import type { Action, News } from './facts.ts';
import { writeTrackFile } from './files/track-file.ts';
import type { Log } from './log.ts';
import { type Eyes, takeLook } from './look/take-look.ts';
import type { Daemon } from './observation/daemon.ts';
import type { AgentServer } from './serving/server.ts';

/** What actions are carried out with. */
export interface Hands extends Eyes {
  readonly log: Log;
  readonly daemon: Daemon;
  readonly server: AgentServer;
  /** Asks the daemon; its answer is news. */
  ask(limit: number): void;
  /** Goes on by itself; what comes of it is news. */
  later(work: () => Promise<News>): void;
  answer(drained: { readonly status: number; readonly words: string }): void;
  exit(): void;
}

/** Carries an action out. What takes long is begun, and is news when it is done. */
export async function carryOut(action: Action, hands: Hands): Promise<void> {
  const { paths, run, daemon } = hands;
  switch (action.do) {
    case 'look':
      return hands.later(async () => ({ kind: 'looked', ...(await takeLook(hands)) }));
    case 'test': {
      const { file, text } = action;
      return hands.later(async () => ({ kind: 'tested', file, verdict: await stage(file, text, paths, run) }));
    }
    case 'ask':
      return hands.ask(action.limit);
    case 'install':
      return install(action.file, paths);
    case 'discard':
      return discard(action.file, paths);
    case 'reload':
      await daemon.reload();
      return;
    case 'remove stale pid files':
      return daemon.removeStalePidFiles();
    case 'kill keepalived':
      return daemon.kill();
    case 'serve':
      return hands.server.serve(action.addresses);
    case 'give up':
      return writeTrackFile(trackFileOf(paths, DRAIN), 1);
    case 'answer':
      return hands.answer(action);
    case 'log':
      return hands.log[action.level](action.fields, action.message);
    case 'exit':
      return hands.exit();
  }
}
