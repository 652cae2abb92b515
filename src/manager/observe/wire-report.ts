import {
  ADVERT_DIFFERENCES,
  type AnswersFor,
  MOST_ADVERTISED,
  MOST_ADVERTS,
  MOST_CONTESTANTS,
  MOST_MACS,
  MOST_WIRE_ADDRESSES,
  WIRE_ANSWERS,
  type WireAdvert,
  type WireContested,
  type WireFinding,
  type WireReport,
} from '../../api/node/wire.ts';
import { isRecord } from '../../api/record.ts';
import { parseAddress } from '../../net/address.ts';

/** What of an agent's word on the wire can be used; undefined where it tells nothing, as older agents do. Any process of a node may answer on the port. */
export function wireIn(value: unknown): WireReport | undefined {
  if (!isRecord(value) || !Array.isArray(value.findings)) return undefined;
  const findings = value.findings.filter(isFinding).slice(0, MOST_WIRE_ADDRESSES);
  const copies = Array.isArray(value.answersFor) ? value.answersFor.filter(isCopies).slice(0, MOST_INTERFACES) : [];
  const contested = Array.isArray(value.contested) ? value.contested.filter(isContested).slice(0, MOST_WIRE_ADDRESSES) : [];
  const adverts = Array.isArray(value.adverts) ? value.adverts.filter(isAdvert).slice(0, MOST_ADVERTS) : undefined;
  return {
    findings,
    ...(adverts && { adverts }),
    ...(copies.length > 0 && { answersFor: copies.map(bounded) }),
    ...(contested.length > 0 && { contested }),
  };
}

/** The link-layer addresses among these. */
export const macsIn = (value: unknown): string[] | undefined =>
  Array.isArray(value) ? value.filter(isMac).slice(0, MOST_MACS) : undefined;

// --- internal ---

const MOST_INTERFACES = 4;

const bounded = ({ interface: link, addresses }: AnswersFor): AnswersFor => ({
  interface: link,
  addresses: addresses.slice(0, MOST_WIRE_ADDRESSES),
});

const isFinding = (value: unknown): value is WireFinding =>
  isRecord(value) &&
  isAddress(value.address) &&
  WIRE_ANSWERS.some((is) => is === value.is) &&
  (value.mac === undefined ? value.is === 'unresolved' : isMac(value.mac)) &&
  Number.isFinite(value.since);

const isCopies = (value: unknown): value is AnswersFor =>
  isRecord(value) &&
  typeof value.interface === 'string' &&
  NAME.test(value.interface) &&
  Array.isArray(value.addresses) &&
  value.addresses.every(isAddress);

const isContested = (value: unknown): value is WireContested =>
  isRecord(value) &&
  isAddress(value.address) &&
  Array.isArray(value.macs) &&
  value.macs.length <= MOST_CONTESTANTS &&
  value.macs.every(isMac) &&
  Number.isFinite(value.since);

const isAdvert = (value: unknown): value is WireAdvert =>
  isRecord(value) &&
  isAddress(value.source) &&
  (value.mac === undefined || isMac(value.mac)) &&
  [value.id, value.version, value.priority].every(isByte) &&
  Array.isArray(value.addresses) &&
  value.addresses.length <= MOST_ADVERTISED &&
  value.addresses.every(isAddress) &&
  Array.isArray(value.differs) &&
  value.differs.every((one) => ADVERT_DIFFERENCES.some((known) => known === one)) &&
  Number.isFinite(value.since);

const isByte = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 255;

/** Of an interface of Linux. */
const NAME = /^[\w.:@-]{1,15}$/;

const isAddress = (value: unknown): boolean => typeof value === 'string' && parseAddress(value)?.text === value;
const isMac = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(value);
