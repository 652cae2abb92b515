import { describe, expect, it } from 'vitest';
import { debianSource, packagesWithSchema } from './debian-source.ts';

const TAG = '// +k8s:openapi-gen=true\npackage v1\n';

describe('the packages whose types the schema describes', () => {
  it.each<[string, Record<string, string>, string[]]>([
    ['are those with the tag, once each', { 'pkg/a/doc.go': TAG, 'pkg/a/types.go': TAG }, ['k8s.io/kubernetes/pkg/a']],
    ['are not those without it', { 'pkg/a/doc.go': 'package a\n' }, []],
    [
      'are named as the tree imports them, where they are published on their own',
      { 'staging/src/k8s.io/api/core/v1/doc.go': TAG },
      ['k8s.io/kubernetes/vendor/k8s.io/api/core/v1'],
    ],
    ['come in the same order always', { 'pkg/b/x.go': TAG, 'pkg/a/x.go': TAG }, ['k8s.io/kubernetes/pkg/a', 'k8s.io/kubernetes/pkg/b']],
  ])('%s', (_, files, expected) => {
    expect(packagesWithSchema(new Map(Object.entries(files)))).toEqual(expected);
  });
});

describe('the source package', () => {
  it('is cached under its version and recipe', () => {
    expect(debianSource.key).toMatch(/^kubernetes\/1\.20\.2-debian-[0-9a-f]{12}$/);
  });
});
