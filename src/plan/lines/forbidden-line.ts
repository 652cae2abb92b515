/**
 * Keywords that no owner of a group can allow its Services, each with why. The patterns are data, because the admission policy judges by them
 * too: regular expressions in what RE2 and JavaScript share, of the whole keyword.
 */
const FORBIDDEN: readonly { readonly pattern: string; readonly because: string }[] = [
  { pattern: 'include[a-z]?', because: 'it includes a file, which no Service may do; remove it' },
  {
    pattern:
      'interface|virtual_router_id|vrid|unicast_src_ip|unicast_fault_no_peer|auth_.*|net_namespace.*|state_dump_file|json_dump_file|stats_dump_file',
    because: 'the operator sets it, and no Service may; remove it',
  },
  {
    pattern:
      'virtual_.*|auth.*|unicast_peer|track_(bfd|file|interface|process|script)|vrrp_.*|global_defs|static_.*|bfd_instance|garp_group|group|real_server.*',
    because: 'it opens a block, which a single line can not hold; remove it',
  },
];

/** Regular expression of them all. */
export const NEVER = FORBIDDEN.map(({ pattern }) => pattern).join('|');

/** Why no Service may set the keyword, whatever the group's owner allows, or undefined. */
export function whyForbidden(keyword: string): string | undefined {
  if (!/^[a-z][a-z0-9_]*$/.test(keyword)) return 'its keyword is not one word of a-z, 0-9 and _; correct or remove it';
  return FORBIDDEN.find(({ pattern }) => new RegExp(`^(?:${pattern})$`).test(keyword))?.because;
}
