/** VRRP adverts as they are on the wire (RFC 3768, RFC 9568), from whatever address and with whatever priority and password. */
import ipaddr from 'ipaddr.js';

export interface Advert {
  readonly version: 2 | 3;
  readonly id: number;
  readonly priority: number;
  /** Its family is the advert's. */
  readonly vip: string;
  readonly source: string;
  /** A node's address, or {@link MULTICAST}. */
  readonly destination: string;
  readonly password?: string;
}

const VRRP = 112;
export const MULTICAST = { IPv4: '224.0.0.18', IPv6: 'ff02::12' } as const;
const MULTICAST_MAC = { IPv4: '01:00:5e:00:00:12', IPv6: '33:33:00:00:00:12' } as const;
const STRANGER_MAC = '02:00:00:00:00:66';

/** The whole frame, to the Ethernet address of the destination; without one, to that of the multicast group. */
export function frameOf(advert: Advert, to?: string): Buffer {
  const isSix = advert.vip.includes(':');
  const payload = payloadOf(advert);
  const header = isSix ? headerOfSix(advert, payload.length) : headerOfFour(advert, payload.length);
  const ethernet = [
    macBytes(to ?? MULTICAST_MAC[isSix ? 'IPv6' : 'IPv4']),
    macBytes(STRANGER_MAC),
    Buffer.from(isSix ? [0x86, 0xdd] : [0x08, 0x00]),
  ];
  return Buffer.concat([...ethernet, header, payload]);
}

/** The advert in a frame, as far as tests ask for it; undefined for any other frame. */
export function advertIn(frame: Buffer): { readonly id: number; readonly source: string; readonly payload: Buffer } | undefined {
  const isSix = frame.readUInt16BE(12) === 0x86dd;
  if (frame[isSix ? 20 : 23] !== VRRP) return undefined;
  const payload = frame.subarray(isSix ? 54 : 34);
  const source = ipaddr.fromByteArray([...frame.subarray(...(isSix ? [22, 38] : [26, 30]))]).toString();
  return { id: payload[1] ?? 0, source, payload };
}

// --- internal ---

function payloadOf({ version, id, priority, vip, source, destination, password }: Advert): Buffer {
  const head = version === 2 ? [password === undefined ? 0 : 1, 1, 0, 0] : [0, 100, 0, 0];
  const trailer = version === 2 ? Buffer.from((password ?? '').padEnd(8, '\0')) : Buffer.alloc(0);
  const payload = Buffer.concat([Buffer.from([(version << 4) | 1, id, priority, 1, ...head]), bytesOf(vip), trailer]);
  // Of IPv4 the fields are shorter and the other way round, which the sum doesn't show.
  const pseudo = [bytesOf(source), bytesOf(destination), Buffer.from([0, payload.length, 0, VRRP])];
  payload.writeUInt16BE(checksum(Buffer.concat(version === 2 ? [payload] : [...pseudo, payload])), 6);
  return payload;
}

function headerOfFour({ source, destination }: Advert, length: number): Buffer {
  const start = Buffer.from([0x45, 0xc0, 0, 20 + length, 0, 0, 0, 0, 255, VRRP, 0, 0]);
  const header = Buffer.concat([start, bytesOf(source), bytesOf(destination)]);
  header.writeUInt16BE(checksum(header), 10);
  return header;
}

const headerOfSix = ({ source, destination }: Advert, length: number): Buffer =>
  Buffer.concat([Buffer.from([0x6c, 0, 0, 0, 0, length, VRRP, 255]), bytesOf(source), bytesOf(destination)]);

/** RFC 1071. */
function checksum(data: Buffer): number {
  let sum = 0;
  for (let at = 0; at < data.length; at += 2) sum += data.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

const bytesOf = (address: string): Buffer => Buffer.from(ipaddr.parse(address).toByteArray());
const macBytes = (mac: string): Buffer => Buffer.from(mac.replaceAll(':', ''), 'hex');
