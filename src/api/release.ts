/** The operator's image of this version, which an installation that names no other runs; npm run gen writes it here from package.json. */
export const RELEASED_IMAGE = 'quay.io/redhat-cop/keepalived-operator:v2.0.0-alpha.1';
