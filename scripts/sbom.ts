/**
 * Writes dist/sbom.cdx.json (CycloneDX): the npm packages that are bundled into the image, and the Debian packages that a file in the form of
 * /var/lib/dpkg/status names (`scripts/node scripts/sbom.ts [FILE]`). The image keeps its own for scanners.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

export interface Component {
  readonly type: 'library';
  readonly name: string;
  readonly version: string;
  readonly purl: string;
}

/** The packages that are installed according to dpkg's list, in its order. */
export function debianComponents(status: string): Component[] {
  return status.split('\n\n').flatMap((entry) => {
    const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(entry)?.[1] ?? '';
    if (!field('Status').endsWith(' installed')) return [];
    const [name, version] = [field('Package'), field('Version')];
    const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${field('Architecture')}`;
    return [{ type: 'library' as const, name, version, purl }];
  });
}

// --- internal ---

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const args = ['sbom', '--omit=dev', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application'];
  const sbom = JSON.parse(execFileSync('npm', args, { encoding: 'utf8' })) as { components: Component[] };
  const [dpkg] = process.argv.slice(2);
  const debian = dpkg === undefined ? [] : debianComponents(readFileSync(dpkg, 'utf8'));
  mkdirSync('dist', { recursive: true });
  writeFileSync('dist/sbom.cdx.json', `${JSON.stringify({ ...sbom, components: [...sbom.components, ...debian] }, null, 2)}\n`);
  console.log(`dist/sbom.cdx.json: ${sbom.components.length} npm packages, ${debian.length} Debian packages`);
}
