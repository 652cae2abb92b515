import { block, type Conf, line, type Statement } from '../conf/tree.ts';

/**
 * The Go operator's health checks of `externalTrafficPolicy: Local`, a `vrrp_script` that calls curl, become the track files that the agent
 * writes: no image needs curl, and keepalived runs nothing. A script of a Service that has no port to ask goes with all that refers to it.
 */
export function withoutHealthScripts(conf: Conf, trackFiles: readonly Statement[]): Conf {
  const scripts = new Set(conf.filter(isHealthScript).map(nameOf));
  if (scripts.size === 0) return conf;
  const files = new Map(trackFiles.map((file) => [nameOf(file), file]));
  const named = new Set(conf.filter(({ keyword }) => keyword === 'vrrp_track_file').map(nameOf));
  return conf.flatMap((statement): readonly Statement[] => {
    if (isHealthScript(statement)) return named.has(nameOf(statement)) ? [] : [files.get(nameOf(statement))].flatMap((file) => file ?? []);
    return [statement.keyword === 'vrrp_instance' ? tracking(statement, scripts, files) : statement];
  });
}

// --- internal ---

const nameOf = ({ words }: Statement): string => words[0] ?? '';

function isHealthScript({ keyword, block: lines = [] }: Statement): boolean {
  return keyword === 'vrrp_script' && lines.some((one) => one.keyword === 'script' && /\bcurl\b.*\/health\b/.test(one.words.join(' ')));
}

function tracking(instance: Statement, scripts: ReadonlySet<string>, files: ReadonlyMap<string, Statement>): Statement {
  const lines = instance.block ?? [];
  const followed = lines.filter(isScripts).flatMap(({ block: entries = [] }) => entries.map(({ keyword }) => keyword));
  const tracked = followed.filter((name) => scripts.has(name) && files.has(name));
  const others = lines.flatMap((one): readonly Statement[] => {
    if (!isScripts(one)) return [one];
    const left = (one.block ?? []).filter(({ keyword }) => !scripts.has(keyword));
    return left.length > 0 ? [{ ...one, block: left }] : [];
  });
  if (tracked.length === 0) return { ...instance, block: others };
  const trackFile = block(
    'track_file',
    [],
    tracked.map((name) => line(name)),
  );
  return { ...instance, block: [...others, trackFile] };
}

const isScripts = ({ keyword }: Statement): boolean => keyword === 'track_script';
