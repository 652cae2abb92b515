import type { Problem } from '../api/problem.ts';
import { byText } from '../net/text-order.ts';
import type { PlanInput } from './input.ts';
import type { VrrpSettings } from './lines/vrrp-settings.ts';
import { groupReference } from './reference.ts';

/** That nodes go without virtual MAC addresses, as one hint: what the first of them says, and which others say the same of themselves. */
export function virtualMacHints({ virtualMac }: VrrpSettings, { group, reports }: PlanInput): Problem[] {
  if (!virtualMac) return [];
  const unfit = reports
    .flatMap(({ node, hints = [] }) => hints.filter(({ reason }) => reason === 'VirtualMacUnfit').map(({ message }) => ({ node, message })))
    .sort((a, b) => byText(a.node, b.node));
  const [first, ...others] = unfit;
  if (first === undefined) return [];
  const names = others.slice(0, SHOWN).map(({ node }) => node);
  const more = others.length > SHOWN ? ` and ${others.length - SHOWN} more` : '';
  const rest = names.length > 0 ? `. The same is to do on ${names.join(', ')}${more}` : '';
  return [{ object: groupReference(group), reason: 'VirtualMacUnfit', message: `${first.message.slice(0, LONGEST)}${rest}` }];
}

// --- internal ---

const SHOWN = 5;
/** The agent's own is shorter; any process may answer for one. */
const LONGEST = 500;
