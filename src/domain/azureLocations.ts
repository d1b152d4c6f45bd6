/**
 * Azure's public locations: ARM name, display name, and whether the location has availability zones.
 * Source: learn.microsoft.com/azure/reliability/regions-list, checked 2026-11. Sovereign clouds are not served.
 */
interface AzureLocation {
  readonly name: string;
  readonly displayName: string;
  readonly hasZones: boolean;
}

const withZones = [
  "Australia East",
  "Austria East",
  "Belgium Central",
  "Brazil South",
  "Canada Central",
  "Central India",
  "Central US",
  "Chile Central",
  "Denmark East",
  "East Asia",
  "East US",
  "East US 2",
  "France Central",
  "Germany West Central",
  "Indonesia Central",
  "Israel Central",
  "Italy North",
  "Japan East",
  "Japan West",
  "Korea Central",
  "Malaysia West",
  "Mexico Central",
  "New Zealand North",
  "North Europe",
  "Norway East",
  "Poland Central",
  "Qatar Central",
  "South Africa North",
  "South Central US",
  "Southeast Asia",
  "Spain Central",
  "Sweden Central",
  "Switzerland North",
  "UAE North",
  "UK South",
  "West Europe",
  "West US 2",
  "West US 3",
] as const;

const withoutZones = [
  "Australia Central",
  "Australia Central 2",
  "Australia Southeast",
  "Brazil Southeast",
  "Canada East",
  "France South",
  "Germany North",
  "Jio India Central",
  "Jio India West",
  "Korea South",
  "North Central US",
  "Norway West",
  "South Africa West",
  "South India",
  "Sweden South",
  "Switzerland West",
  "UAE Central",
  "UK West",
  "West Central US",
  "West India",
  "West US",
] as const;

export const azureLocations: readonly AzureLocation[] = [
  ...withZones.map((displayName) => ({ name: squeezed(displayName), displayName, hasZones: true })),
  ...withoutZones.map((displayName) => ({ name: squeezed(displayName), displayName, hasZones: false })),
];

const byName = new Map(azureLocations.map((location) => [location.name, location]));

/** ARM's name of a location ("West Europe" → "westeurope"); undefined when Azure has no such location. */
export function canonicalLocation(text: string): string | undefined {
  return byName.get(squeezed(text))?.name;
}

/** Whether a location (in ARM's name) has availability zones. */
export function locationHasZones(name: string): boolean {
  return byName.get(name)?.hasZones ?? false;
}

/** ARM's spelling of any location text: lower case, no blanks. */
export function squeezed(text: string): string {
  return text.toLowerCase().replace(/\s+/g, "");
}
