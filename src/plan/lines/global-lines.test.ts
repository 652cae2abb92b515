import { describe, expect, it } from 'vitest';
import { aGroup } from '../../../test/builders/object.ts';
import { print } from '../../conf/print.ts';
import { globalLines } from './global-lines.ts';

const judged = (verbatimConfig: Readonly<Record<string, string>>) => {
  const { lines, problems } = globalLines(aGroup({ spec: { verbatimConfig } }));
  return { text: print(lines), messages: problems.map(({ message }) => message) };
};

describe("the group's own lines", () => {
  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['a flag', { vrrp_strict: '' }, 'vrrp_strict\n'],
    ['a number', { vrrp_garp_master_delay: '10' }, 'vrrp_garp_master_delay 10\n'],
    ['several words', { lvs_timeouts: 'tcp 30 udp 20', script_user: 'root root' }, 'lvs_timeouts tcp 30 udp 20\nscript_user root root\n'],
    ['a table of nftables', { nftables: 'my-table', nftables_priority: '-1' }, 'nftables my-table\nnftables_priority -1\n'],
  ])('are written as they are: %s', (_, lines, text) => {
    expect(judged(lines)).toEqual({ text, messages: [] });
  });

  it.each<[string, string, string, string]>([
    ['the example of the Go operator', 'vrrp_iptables', 'my-keepalived', 'write nftables with the name of a table'],
    ['a keyword that keepalived does not know', 'vrrp_garp_delay', '1', 'does not know the keyword; correct or remove it'],
    ['a value that it can not take', 'vrrp_garp_master_delay', 'soon', 'vrrp_garp_master_delay takes a whole number, 0-4294'],
    ['no value where it needs one', 'vrrp_version', '', 'vrrp_version takes a whole number, 2-3'],
    ['a block', 'notification_email', 'a@example.com', 'it opens a block'],
    ['what the agent sets', 'vrrp_notify_fifo', '/tmp/x', "the operator's agent sets it"],
    ['an old name', 'vrrp_vmac_garp_intvl', '5', 'its name is vrrp_garp_extra_if'],
    ['a keyword of every object', 'constructor', '', 'does not know the keyword'],
  ])('cost only themselves: %s', (_, keyword, value, because) => {
    const { text, messages } = judged({ [keyword]: value, vrrp_strict: '' });
    expect(text).toBe('vrrp_strict\n');
    expect(messages).toEqual([expect.stringContaining(because)]);
  });
});
