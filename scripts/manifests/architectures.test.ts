import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PROCESSORS } from '../../lab/images/processor.ts';
import { type Architecture, architectures, architectureTable, tried, withArchitectures } from './architectures.ts';

const image = (name: string, changes: Partial<Architecture> = {}): Architecture => ({
  ...{ name, debian: 'forky', node: '24.21.0', keepalived: '2.3.4', megabytes: 200, ran: 'emulated', files: 90 },
  ...changes,
});
const THREE = [image('amd64', { ran: 'natively' }), image('arm64'), image('s390x')];

describe('what was run on which processor', () => {
  it('is a table, a line for each image', () => {
    expect(architectureTable([image('s390x')]).split('\n')[2]).toMatch(
      /^\| s390x \| emulated \| Debian forky, Node 24\.21\.0, keepalived 2\.3\.4; 200 MB \| .*90 keepalived\.conf files/,
    );
  });

  it.each([
    [
      'a sentence',
      'Images are made for x. More',
      'Images are made for amd64 (run natively); arm64 and s390x (started under emulation only). More',
    ],
    [
      "a bundle's labels",
      '    operatorframework.io/arch.mips: supported\n    operatorframework.io/os.linux: supported\n',
      `${['amd64', 'arm64', 's390x'].map((name) => `    operatorframework.io/arch.${name}: supported\n`).join('')}    operatorframework.io/os.linux: supported\n`,
    ],
  ])('is in %s', (_, before, after) => expect(withArchitectures(before, THREE)).toBe(after));
});

describe('the images of this version', () => {
  const names = Object.keys(PROCESSORS);

  it('are one for each processor; what is written down of others is of none', () => {
    expect(architectures().map(({ name }) => name)).toEqual(names);
    expect(names).toEqual(expect.arrayContaining(tried().map(({ name }) => name)));
  });

  it('are what a release makes', () => {
    const { jobs } = parse(readFileSync('.github/workflows/release.yaml', 'utf8'));
    expect(jobs.image.strategy.matrix.architecture).toEqual(names);
  });

  it('are those that OLM installs on', () => {
    const { metadata } = parse(readFileSync('bundle/manifests/keepalived-operator.clusterserviceversion.yaml', 'utf8'));
    const labels = Object.keys(metadata.labels).flatMap((label) => /^operatorframework\.io\/arch\.(.*)/.exec(label)?.[1] ?? []);
    expect(labels).toEqual(names);
  });

  it('are told in the page of platforms', () =>
    expect(readFileSync('docs/reference/platforms.md', 'utf8')).toContain(architectureTable(architectures())));

  it.each([
    'README.md',
    'docs/migrate.md',
    'charts/keepalived-operator/README.md',
    'bundle/manifests/keepalived-operator.clusterserviceversion.yaml',
  ])('are named in %s, with how they ran', (file) => {
    const told = /Images are made for (.*?)\.[ \n]/.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
    for (const { name } of architectures()) expect(told).toContain(name);
  });
});
