import { cached, inCache } from '../cache.ts';
import type { Progress, Step } from '../machine/progress.ts';
import { debianSource } from './debian-source.ts';
import { download } from './download.ts';
import { goModules } from './go-modules.ts';
import { findInstalled, type Installed } from './installed.ts';
import { type Kubernetes, type Origin, type PassedOver, releaseOf, VERSION, versionIn } from './kubernetes.ts';

/**
 * Gives the Kubernetes programs for a lab: those installed on the machine, else the cached ones, else the first origin that serves; with a
 * release named, by the environment's LAB_KUBERNETES at least, those of that release alone. Throws, with a sentence for each source, when there is none.
 */
export function findKubernetes(progress: Progress, release = askedFor()): Promise<Kubernetes> {
  return progress.step('Kubernetes', async (step) => {
    const version = release ?? VERSION;
    const origins = [download(version), goModules(version), ...(release === undefined ? [debianSource] : [])];
    const found = await firstOf(ofRelease(await findInstalled(), release), origins, step);
    step.say(`${found.version}, ${found.source}`);
    return found;
  });
}

/** The search itself, over what is installed and the origins in their order. */
export async function firstOf(installed: Installed, origins: readonly Origin[], step: Step): Promise<Kubernetes> {
  if ('dir' in installed) return { ...installed, source: INSTALLED, passedOver: [] };
  const passedOver: PassedOver[] = [{ source: INSTALLED, why: installed.why }];
  for (const { key, version, source } of origins) {
    const dir = inCache(key);
    if (dir !== undefined) return { dir, version, source: `${source}, cached`, passedOver };
  }
  passedOver.push({ source: 'cache', why: 'It holds none.' });
  for (const origin of origins) {
    const outcome = await tryOrigin(origin, step);
    if ('dir' in outcome) return { ...outcome, source: origin.source, passedOver };
    passedOver.push({ source: origin.source, why: outcome.why });
  }
  throw new Error(`No source of Kubernetes serves here.\n${passedOver.map(({ source, why }) => `${source}: ${why}`).join('\n')}`);
}

/** What is installed, where it is of the release that is named. */
export function ofRelease(installed: Installed, release: string | undefined): Installed {
  if (release === undefined || !('dir' in installed) || installed.version === release) return installed;
  return { why: `Kubernetes ${installed.version} is there, not ${release}.` };
}

// --- internal ---

/** As in `LAB_KUBERNETES=1.30`. */
const askedFor = (env: NodeJS.ProcessEnv = process.env): string | undefined =>
  env.LAB_KUBERNETES === undefined ? undefined : releaseOf(env.LAB_KUBERNETES);

const INSTALLED = 'KUBEBUILDER_ASSETS or PATH';

async function tryOrigin(origin: Origin, step: Step): Promise<{ dir: string; version: string } | { why: string }> {
  step.say(`${origin.source}?`);
  const why = await origin.obstacle(step).catch(messageOf);
  if (why !== undefined) return { why };
  try {
    const dir = await cached(origin.key, async (folder) => {
      await origin.make(folder, step);
      await versionIn(folder);
    });
    return { dir, version: origin.version };
  } catch (error) {
    return { why: messageOf(error) };
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
