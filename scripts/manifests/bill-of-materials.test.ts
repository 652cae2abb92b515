import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { billOfMaterials, npmPackages } from './bill-of-materials.ts';
import { installed } from './debian-packages.ts';

describe('the bill of materials', () => {
  it('names every part by its package URL, in an order of its own', () => {
    const npm = [{ name: '@a/b', version: '1.0.0', license: 'MIT' }];
    const debian = [{ name: 'keepalived', version: '1:2.3.3-1', arch: 'amd64' }];
    const { components, metadata } = billOfMaterials({ version: '2.0.0', node: '24.0.0', npm, debian });
    expect(metadata.component.purl).toBe('pkg:oci/keepalived-operator@2.0.0');
    expect(components.map(({ purl }) => purl)).toEqual([
      'pkg:deb/debian/keepalived@1%3A2.3.3-1?arch=amd64',
      'pkg:generic/node@24.0.0',
      'pkg:npm/%40a/b@1.0.0',
    ]);
    expect(components[2]?.licenses).toEqual([{ expression: 'MIT' }]);
  });

  it('has the runtime dependencies of package.json, and nothing for development', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    const names = npmPackages(JSON.parse(readFileSync('package-lock.json', 'utf8'))).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(Object.keys(dependencies)));
    expect(names.filter((name) => name in devDependencies)).toEqual([]);
  });

  it('has the Debian packages that are installed, and none that was removed', () => {
    const status =
      'Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n\nPackage: b\nStatus: deinstall ok config-files\nVersion: 2\n';
    expect(installed(status)).toEqual([{ name: 'a', version: '1', arch: 'all' }]);
  });
});
