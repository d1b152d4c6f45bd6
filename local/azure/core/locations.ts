import { gatewayError } from "./gatewayError.ts";
import type { Json } from "./resourceType.ts";

/**
 * Azure's public regions, name and display name.
 * Source: `az account list-locations` (physical regions), checked 2026-11.
 */
export const regions: readonly (readonly [name: string, displayName: string])[] = [
  ["australiacentral", "Australia Central"],
  ["australiaeast", "Australia East"],
  ["australiasoutheast", "Australia Southeast"],
  ["austriaeast", "Austria East"],
  ["belgiumcentral", "Belgium Central"],
  ["brazilsouth", "Brazil South"],
  ["canadacentral", "Canada Central"],
  ["canadaeast", "Canada East"],
  ["centralindia", "Central India"],
  ["centralus", "Central US"],
  ["chilecentral", "Chile Central"],
  ["eastasia", "East Asia"],
  ["eastus", "East US"],
  ["eastus2", "East US 2"],
  ["francecentral", "France Central"],
  ["germanywestcentral", "Germany West Central"],
  ["indonesiacentral", "Indonesia Central"],
  ["israelcentral", "Israel Central"],
  ["italynorth", "Italy North"],
  ["japaneast", "Japan East"],
  ["japanwest", "Japan West"],
  ["koreacentral", "Korea Central"],
  ["koreasouth", "Korea South"],
  ["malaysiawest", "Malaysia West"],
  ["mexicocentral", "Mexico Central"],
  ["newzealandnorth", "New Zealand North"],
  ["northcentralus", "North Central US"],
  ["northeurope", "North Europe"],
  ["norwayeast", "Norway East"],
  ["polandcentral", "Poland Central"],
  ["qatarcentral", "Qatar Central"],
  ["southafricanorth", "South Africa North"],
  ["southcentralus", "South Central US"],
  ["southeastasia", "Southeast Asia"],
  ["southindia", "South India"],
  ["spaincentral", "Spain Central"],
  ["swedencentral", "Sweden Central"],
  ["switzerlandnorth", "Switzerland North"],
  ["uaenorth", "UAE North"],
  ["uksouth", "UK South"],
  ["ukwest", "UK West"],
  ["westcentralus", "West Central US"],
  ["westeurope", "West Europe"],
  ["westus", "West US"],
  ["westus2", "West US 2"],
  ["westus3", "West US 3"],
];

/** "westeurope" for "West Europe". */
export function normalLocation(location: string): string {
  return location.replaceAll(" ", "").toLowerCase();
}

/** The location of a tracked resource's body in its normal form; throws as ARM does when it is missing or unknown. */
export function requireLocation(location: Json | undefined, type: string, allowsGlobal: boolean): string {
  if (typeof location !== "string" || location.trim() === "") {
    throw gatewayError(400, "LocationRequired", "The location property is required for this definition.");
  }
  const normal = normalLocation(location);
  if (regions.some(([name]) => name === normal) || (allowsGlobal && normal === "global")) return normal;
  const available = [...regions.map(([name]) => name), ...(allowsGlobal ? ["global"] : [])].join(",");
  if (type === "Microsoft.Resources/resourceGroups") {
    throw gatewayError(
      400,
      "LocationNotAvailableForResourceGroup",
      `The provided location '${location}' is not available for resource group. List of available regions is '${available}'.`,
    );
  }
  throw gatewayError(
    400,
    "LocationNotAvailableForResourceType",
    `The provided location '${location}' is not available for resource type '${type}'. List of available regions for the resource type is '${available}'.`,
  );
}
