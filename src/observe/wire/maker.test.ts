import { expect, it } from 'vitest';
import { makerOf } from './maker.ts';

it.each([
  ['00:50:56:01:02:03', 'of a virtual machine of VMware'],
  ['52:54:00:AA:BB:CC', 'of a virtual machine of QEMU or KVM'],
  ['02:42:ac:11:00:02', 'of a container of Docker'],
  ['00:00:5e:00:01:33', "that of VRRP's virtual router 51 of IPv4"],
  ['00:00:5e:00:02:0a', "that of VRRP's virtual router 10 of IPv6"],
  ['00:00:0c:07:ac:01', 'that of a group of HSRP, the protocol of Cisco routers'],
  ['2e:00:00:00:00:01', 'one that a program made up, as for a container or a virtual machine'],
  ['3c:fd:fe:00:00:01', undefined],
])('%s is %s', (mac, maker) => expect(makerOf(mac)).toBe(maker));
