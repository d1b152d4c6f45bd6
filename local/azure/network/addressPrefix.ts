import { ArmError } from "../core/armError.ts";
import type { WriteContext } from "../core/resourceType.ts";
import { notModelled } from "./bodyShape.ts";
import { type AddressRange, formatAddress, isNetworkAddress, parsePrefix } from "./ipv4.ts";
import { oneOrMany } from "./jsonRead.ts";

/** Reads the prefixes of a network or subnet from a body, or throws the network provider's error for the first that is none. */
export function parseAddressPrefixes(context: WriteContext, manyPath: string, onePath = ""): AddressRange[] {
  return oneOrMany(context.body, onePath, manyPath).map((text) => parseAddressPrefix(context.id.id, text));
}

function parseAddressPrefix(resourceId: string, text: string): AddressRange {
  if (text.includes(":")) throw notModelled("IPv6", `Leave the prefix ${text} out of ${resourceId}.`);
  const prefix = text.includes("/") ? parsePrefix(text) : undefined;
  if (prefix === undefined) {
    throw new ArmError(
      400,
      "InvalidAddressPrefixFormat",
      `Address prefix ${text} of resource ${resourceId} is not formatted correctly. It should follow CIDR notation, for example 10.0.0.0/24.`,
    );
  }
  if (!isNetworkAddress(prefix)) {
    throw new ArmError(
      400,
      "InvalidCIDRNotation",
      `The address prefix ${text} in resource ${resourceId} has an invalid CIDR notation. For the given prefix length, the address prefix should be ${formatAddress(prefix.first)}/${prefix.lengthBits}.`,
    );
  }
  return prefix;
}
