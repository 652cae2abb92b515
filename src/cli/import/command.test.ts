/** What the manifests of each peer in `test/import` become: `output.yaml` and `notes.txt` are written by `UPDATE=1`, and read before they are committed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PEERS } from '../../../test/import/peers.ts';
import { answerImport } from './command.ts';

const ROOM = join(import.meta.dirname, '../../../test/import');

describe('the manifests of', () => {
  it.each(PEERS)('%s become ours, with a note for what has no counterpart', (peer) => {
    const file = (name: string): string => join(ROOM, peer, name);
    const { stdout, notes, status } = answerImport([{ name: 'input.yaml', text: readFileSync(file('input.yaml'), 'utf8') }], 'vips/vips');
    const found = { 'output.yaml': stdout, 'notes.txt': `${notes.join('\n')}\n` };
    expect(status).toBe(0);
    for (const [name, text] of Object.entries(found)) {
      if (process.env.UPDATE !== undefined) writeFileSync(file(name), text);
      expect(text).toBe(readFileSync(file(name), 'utf8'));
    }
  });
});

describe('an input', () => {
  const answer = (text: string, group = 'vips/vips') => answerImport([{ name: 'in.yaml', text }], group);

  it.each([
    ['with nothing of a peer', '{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}}', 'the input holds no pool'],
    [
      'with fields of wrong types',
      '{"apiVersion": "metallb.io/v1beta1", "kind": "IPAddressPool", "metadata": 3, "spec": {"addresses": "x"}}',
      'it has no addresses',
    ],
  ])('%s becomes nothing, and that is said', (_, text, note) => {
    const { stdout, notes, status } = answer(text);
    expect([stdout, status]).toEqual(['', 0]);
    expect(notes.join('\n')).toContain(note);
  });

  it('that is not YAML, or a group that is no reference, is an error', () => {
    expect(answer('{')).toMatchObject({ status: 1, stdout: '' });
    expect(answer('', 'vips')).toMatchObject({ status: 1, notes: [expect.stringContaining('write NAMESPACE/NAME')] });
  });
});
