import { ArmError } from "../core/armError.ts";
import type { ArmOperation } from "../core/resourceType.ts";
import { addressWithLabel, isDnsLabel } from "./publicIpAddress.ts";

/** Whether a label for <label>.<location>.cloudapp.azure.com is free. */
export const dnsNameAvailability: ArmOperation = {
  method: "GET",
  path: "/subscriptions/{subscriptionId}/providers/Microsoft.Network/locations/{location}/checkDnsNameAvailability",
  action: "Microsoft.Network/locations/checkDnsNameAvailability/read",
  handle: ({ world, params, query }) => {
    const label = query?.domainnamelabel ?? "";
    if (!isDnsLabel(label)) {
      throw new ArmError(
        400,
        "InvalidDomainNameLabel",
        `The domain name label ${label} is invalid. It must conform to the following regular expression: ^[a-z][a-z0-9-]{1,61}[a-z0-9]$.`,
      );
    }
    return { status: 200, body: { available: addressWithLabel(world, label, params.location ?? "") === undefined } };
  },
};
