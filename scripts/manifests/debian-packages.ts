import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../lab/machine/run.ts';
import type { Package } from './bill-of-materials.ts';

/** The Debian packages of an image, by the list that dpkg keeps in it. */
export async function debianPackages(archive: string): Promise<Package[]> {
  const folder = mkdtempSync(join(tmpdir(), 'image-'));
  try {
    await run(['tar', '--extract', `--file=${archive}`, `--directory=${folder}`]);
    const [{ Layers: layers }] = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    const lists = await Promise.all((layers as string[]).map((layer) => fileOf(join(folder, layer), STATUS)));
    return installed(lists.findLast((text) => text !== '') ?? '');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The installed packages in the text of dpkg's status file. */
export const installed = (status: string): Package[] =>
  status.split(/\n{2,}/).flatMap((paragraph) => {
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(paragraph)?.[1];
    const [name, version, arch] = [field('Package'), field('Version'), field('Architecture')];
    if (name === undefined || version === undefined || !/ installed$/.test(field('Status') ?? '')) return [];
    return [{ name, version, ...(arch !== undefined && { arch }) }];
  });

// --- internal ---

const STATUS = 'var/lib/dpkg/status';

/** A file of a layer; empty when the layer doesn't have it. */
async function fileOf(layer: string, name: string): Promise<string> {
  const answers = await Promise.all(
    [name, `./${name}`].map((path) => run(['tar', '--extract', '--to-stdout', `--file=${layer}`, path], { allowFailure: true })),
  );
  return answers.map(({ stdout }) => stdout).find((text) => text !== '') ?? '';
}
