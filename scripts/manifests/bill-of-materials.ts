/** What is in the image, as CycloneDX 1.6 lists it. The same content gives the same bytes: no time, no serial number. */

export interface Package {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly arch?: string;
}

export interface Content {
  readonly version: string;
  /** Version of Node. */
  readonly node: string;
  readonly npm: readonly Package[];
  readonly debian: readonly Package[];
}

export interface BillOfMaterials {
  readonly bomFormat: 'CycloneDX';
  readonly specVersion: '1.6';
  readonly version: 1;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
}

export interface Component {
  readonly type: 'application' | 'container' | 'library';
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly 'bom-ref': string;
  readonly licenses?: readonly { readonly expression: string }[];
}

export function billOfMaterials({ version, node, npm, debian }: Content): BillOfMaterials {
  const components = [
    component('application', { name: 'node', version: node }, `pkg:generic/node@${node}`),
    ...npm.map((one) => component('library', one, `pkg:npm/${one.name.replace('@', '%40')}@${one.version}`)),
    ...debian.map((one) =>
      component('library', one, `pkg:deb/debian/${one.name}@${encodeURIComponent(one.version)}${one.arch ? `?arch=${one.arch}` : ''}`),
    ),
  ];
  const image = component('container', { name: 'keepalived-operator', version }, `pkg:oci/keepalived-operator@${version}`);
  return {
    ...{ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 },
    metadata: { component: image },
    components: components.sort((a, b) => (a.purl < b.purl ? -1 : 1)),
  };
}

interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly peer?: boolean;
}

/** The packages of a package-lock.json that a program of ours may contain: neither for development nor Node itself, nor mere types. */
export const npmPackages = ({ packages }: Lock): Package[] =>
  Object.entries(packages).flatMap(([path, { version, license, dev, optional, peer }]) => {
    const name = path.replace(/^.*node_modules\//, '');
    if (path === '' || version === undefined || dev || optional || peer || name.startsWith('@types/')) return [];
    return [{ name, version, ...(license !== undefined && { license }) }];
  });

// --- internal ---

function component(type: Component['type'], { name, version, license }: Package, purl: string): Component {
  return { type, name, version, purl, 'bom-ref': purl, ...(license !== undefined && { licenses: [{ expression: license }] }) };
}
