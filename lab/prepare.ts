import { prepareHelm, whyNoHelm } from './helm/helm.ts';
import { buildImages } from './images/image.ts';
import { findKubernetes } from './kubernetes/find.ts';
import { installBrowser, installPackages } from './machine/packages.ts';
import type { Progress } from './machine/progress.ts';

/** The parts that a lab is made of, each of which is kept once it is there. */
export const PARTS = ['packages', 'kubernetes', 'images', 'helm'] as const;
/** The same, and what only tests need. */
export const ALL_PARTS = [...PARTS, 'browser'] as const;
export type Part = (typeof ALL_PARTS)[number];

/** Installs, downloads or builds the named parts where they are missing, in the order in which they need each other. */
export async function prepare(parts: readonly Part[], progress: Progress): Promise<void> {
  if (parts.includes('packages')) await installPackages(progress);
  if (parts.includes('kubernetes')) await findKubernetes(progress);
  if (parts.includes('images')) await buildImages(progress);
  if (parts.includes('browser')) await installBrowser(progress);
  if (parts.includes('helm') && whyNoHelm === undefined) await prepareHelm(progress);
}
