import {
  type AgentSettings,
  type HealthCheck,
  type Link,
  SETTINGS_KEY,
  SETTINGS_VERSION,
  type Unicast,
  type VerbatimLines,
} from '../api/node/config.ts';
import { type Fields, isRecord } from '../api/record.ts';

/** The group's agent.json is not what this agent reads; nothing is taken from it. */
export class SettingsInvalid extends Error {
  override readonly name = 'SettingsInvalid';
}

/** The settings in the text of `agent.json`. Throws {@link SettingsInvalid} with the field, what it holds and what it must hold. */
export function parseSettings(text: string): AgentSettings {
  const value = recordOf(jsonOf(text), 'the file');
  const version = numberOf(value.version, 'version');
  if (version > SETTINGS_VERSION)
    throw new SettingsInvalid(
      `${SETTINGS_KEY} has version ${version} and this agent reads up to ${SETTINGS_VERSION}: give the group's pods the operator's own image`,
    );
  return {
    version,
    revision: stringOf(value.revision, 'revision'),
    group: stringOf(value.group, 'group'),
    link: linkOf(recordOf(value.link, 'link')),
    ...(value.unicast !== undefined && { unicast: unicastOf(recordOf(value.unicast, 'unicast')) }),
    password: value.password === true,
    ...(value.passwordRound !== undefined && { passwordRound: numberOf(value.passwordRound, 'passwordRound') }),
    checks: listOf(value.checks ?? [], 'checks').map(checkOf),
    ...(value.released !== undefined && { released: stringsOf(value.released, 'released') }),
    ...(value.verbatim !== undefined && { verbatim: listOf(value.verbatim, 'verbatim').map(verbatimOf) }),
    ...(value.virtualMac === true && { virtualMac: true }),
  };
}

// --- internal ---

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SettingsInvalid(`${SETTINGS_KEY} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}

function linkOf(link: Fields): Link {
  if (link.kind === 'name') return { kind: 'name', name: stringOf(link.name, 'link.name') };
  if (link.kind === 'route') return { kind: 'route', to: stringOf(link.to, 'link.to') };
  throw wrong('link.kind', link.kind, '"name" or "route"');
}

function unicastOf(unicast: Fields): Unicast {
  const peers = Object.entries(recordOf(unicast.peers, 'unicast.peers'));
  return { peers: Object.fromEntries(peers.map(([node, addresses]) => [node, stringsOf(addresses, `unicast.peers.${node}`)])) };
}

function checkOf(value: unknown, index: number): HealthCheck {
  const check = recordOf(value, `checks[${index}]`);
  const port = numberOf(check.port, `checks[${index}].port`);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw wrong(`checks[${index}].port`, port, 'a port, 1-65535');
  return { trackFile: stringOf(check.trackFile, `checks[${index}].trackFile`), port };
}

function verbatimOf(value: unknown, index: number): VerbatimLines {
  const lines = recordOf(value, `verbatim[${index}]`);
  return {
    object: stringOf(lines.object, `verbatim[${index}].object`),
    ...(lines.instances !== undefined && { instances: stringsOf(lines.instances, `verbatim[${index}].instances`) }),
    keywords: stringsOf(lines.keywords, `verbatim[${index}].keywords`),
  };
}

function recordOf(value: unknown, field: string): Fields {
  if (!isRecord(value)) throw wrong(field, value, 'an object');
  return value;
}

function listOf(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(field, value, 'a list');
  return value;
}

function stringsOf(value: unknown, field: string): string[] {
  return listOf(value, field).map((item, index) => stringOf(item, `${field}[${index}]`));
}

function stringOf(value: unknown, field: string): string {
  if (typeof value !== 'string' || value === '') throw wrong(field, value, 'a text');
  return value;
}

function numberOf(value: unknown, field: string): number {
  if (typeof value !== 'number') throw wrong(field, value, 'a number');
  return value;
}

function wrong(field: string, found: unknown, expected: string): SettingsInvalid {
  return new SettingsInvalid(`${SETTINGS_KEY}: ${field} is ${JSON.stringify(found) ?? 'absent'}, expected ${expected}`);
}
