/** The addresses on a host's interfaces, from the output of `ip -json address show`. */
export function addressesIn(output: string): Set<string> {
  const links: { addr_info?: { local?: string }[] }[] = JSON.parse(output);
  return new Set(links.flatMap((link) => link.addr_info ?? []).flatMap(({ local }) => local ?? []));
}
