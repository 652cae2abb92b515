import { beforeEach, expect, it } from 'vitest';
import { FakeApi } from '../../test/fakes/api.ts';
import type { Request } from '../kube/client.ts';
import { DryRunClient } from './dry-run.ts';

const PATH = '/api/v1/namespaces/web/configmaps';
let api: FakeApi;
let printed: string[];
let client: DryRunClient;
const patch = (data: object): Promise<unknown> =>
  client.request({ method: 'PATCH', path: `${PATH}/vips`, body: { data }, contentType: 'application/merge-patch+json' });

beforeEach(async () => {
  api = new FakeApi();
  printed = [];
  client = new DryRunClient(api, (document) => printed.push(document));
  await api.request({ method: 'POST', path: PATH, body: { metadata: { namespace: 'web', name: 'vips' }, data: { a: '1' } } });
  api.requests.length = 0;
});

it('marks each write as one that is not to be stored, and prints it', async () => {
  await patch({ a: '2' });
  await client.request({ method: 'POST', path: PATH, body: { metadata: { namespace: 'web', name: 'new' } } });
  expect(api.writes.map(({ query }: Request) => query?.dryRun)).toEqual(['All', 'All']);
  expect(printed).toEqual([
    `# PATCH ${PATH}/vips\ndata:\n  a: "2"\n---\n`,
    `# POST ${PATH}\nmetadata:\n  namespace: web\n  name: new\n---\n`,
  ]);
});

it('prints nothing of a write that would change nothing', async () => {
  await patch({ a: '1' });
  expect(printed).toEqual([]);
});

it('reads as it is', async () => {
  expect(await client.request({ method: 'GET', path: `${PATH}/vips` })).toMatchObject({ data: { a: '1' } });
  expect(api.requests[0]?.query).toBeUndefined();
});
