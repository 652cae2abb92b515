import { describe, expect, it } from 'vitest';
import { aService } from '../../test/builders/object.ts';
import { print } from '../conf/print.ts';
import { serviceVerbatim } from './service-verbatim.ts';

const verbatimOf = (text: string) => {
  const { lines, problems } = serviceVerbatim(aService('a', ['192.0.2.1'], { annotations: { verbatim: text } }));
  return { text: print(lines), reasons: problems.map(({ reason }) => reason) };
};

describe('the verbatim annotation', () => {
  it.each<[string, string, string, readonly string[]]>([
    ['gives lines', '{"advert_int": "2", "garp_master_delay": "1"}', 'advert_int 2\ngarp_master_delay 1\n', []],
    ['gives a bare keyword for an empty value', '{"nopreempt": ""}', 'nopreempt\n', []],
    ['takes numbers as they are meant (D27)', '{"priority": 150}', 'priority 150\n', []],
    ['is nothing when empty', ' ', '', []],
    ['is told when it is no JSON (D27)', '{nopreempt}', '', ['VerbatimMalformed']],
    ['is told when it is no object of strings', '["nopreempt"]', '', ['VerbatimMalformed']],
    ['is told when a value is an object', '{"track_interface": {"eth1": ""}}', '', ['VerbatimMalformed']],
    [
      'runs nothing, and the other lines stay (D2)',
      '{"notify": "\\"/bin/sh -c reboot\\" root", "nopreempt": ""}',
      'nopreempt\n',
      ['VerbatimRefused'],
    ],
    ['opens no block (D2)', '{"nopreempt": "}\\n}\\nglobal_defs {"}', '', ['VerbatimRefused']],
    ['reads no file', '{"include": "/etc/passwd"}', '', ['VerbatimRefused']],
    ['changes no id', '{"virtual_router_id": "1"}', '', ['VerbatimRefused']],
  ])('%s', (_, text, lines, reasons) => {
    expect(verbatimOf(text)).toEqual({ text: lines, reasons });
  });
});
